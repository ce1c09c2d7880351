"""Find in a source's answer the credentials that we showed it.

Decides nothing about the answer. Follows RFC 6750 section 5.3: a token goes to nobody but whom it is for.
"""

from collections.abc import Iterable, Mapping

# Anything shorter may well stand in an answer of its own accord.
_SHORTEST = 16


def echoes(body: bytes, sent: Mapping[str, str]) -> bool:
    """Say whether a body holds a credential of the request's headers, as it is or with JSON's slashes."""
    return any(secret in body for secret in _written(sent))


def _written(sent: Mapping[str, str]) -> Iterable[bytes]:
    for name, value in sent.items():
        # "Bearer x": the scheme is no secret.
        secret = value.rpartition(" ")[2]
        if name.lower() == "authorization" and len(secret) >= _SHORTEST:
            yield secret.encode()
            if "/" in secret:
                yield secret.replace("/", "\\/").encode()
