"""Read a signed compact token strictly, before anybody looks at its signature: one spelling, one meaning, bounded.

Checks no signature and no claim. RFC 7515 section 7.1; RFC 4648 section 5; RFC 8725 sections 2.4, 3.1 and 3.10.
"""

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from gateway.errors import NotAuthenticatedError

TOKEN_CHARACTERS_AT_MOST = 16_384
"""Header limit of the front door; a longer token cannot have come through it."""

KEY_ID_CHARACTERS_AT_MOST = 200
"""Far beyond a thumbprint, which has 43."""

DEPTH_AT_MOST = 16
"""CIS2's deepest claim (activities of a role of a list) lies four levels down."""

_COMPACT = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")

_REFUSED_IN_HEADERS = frozenset({"jwk", "jku", "x5u", "x5c", "crit", "b64"})
"""Keys that a token brings along are nobody's, and no extension that must be understood is understood here."""


@dataclass(frozen=True, slots=True)
class CompactToken:
    """A token that can be read in one way only; nothing of it is proven."""

    text: str = field(repr=False)
    header: Mapping[str, Any] = field(repr=False)
    payload: bytes = field(repr=False)

    @property
    def algorithm(self) -> str:
        """Give the algorithm that the token names."""
        return str(self.header["alg"])

    @property
    def key_id(self) -> str:
        """Give the id of the key that the token names."""
        return str(self.header["kid"])


def read_compact(text: str) -> CompactToken:
    """Read a token.

    Raises NotAuthenticatedError for anything but three parts of exact base64url whose header is plain.
    """
    if len(text) > TOKEN_CHARACTERS_AT_MOST or not _COMPACT.fullmatch(text):
        raise NotAuthenticatedError("The token is not a signed compact JWT.")
    header, payload, _signature = map(_decoded, text.split("."))
    read = read_object(header)
    _refuse_header(read)
    return CompactToken(text, read, payload)


def read_object(raw: bytes) -> Mapping[str, Any]:
    """Read a JSON object in which no name stands twice.

    Raises NotAuthenticatedError, also for other encodings than UTF-8, lone surrogates and deep nesting.
    """
    try:
        read = json.loads(
            raw.decode("utf-8"), object_pairs_hook=_without_twins, parse_constant=_no_number
        )
        json.dumps(read, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError) as fault:
        raise NotAuthenticatedError("The token cannot be read.") from fault
    if not isinstance(read, dict) or _is_deep(read):
        raise NotAuthenticatedError("The token cannot be read.")
    return read


def _decoded(part: str) -> bytes:
    try:
        raw = urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except ValueError as fault:
        raise NotAuthenticatedError("The token cannot be read.") from fault
    # Bits beyond the last byte would give one token many spellings, and each its own place in memory.
    if urlsafe_b64encode(raw).rstrip(b"=").decode() != part:
        raise NotAuthenticatedError("The token is not written in one exact way.")
    return raw


def _refuse_header(header: Mapping[str, Any]) -> None:
    if not _REFUSED_IN_HEADERS.isdisjoint(header):
        raise NotAuthenticatedError("The token's header says what no token here may say.")
    key_id = header.get("kid")
    if not isinstance(header.get("alg"), str) or not isinstance(key_id, str):
        raise NotAuthenticatedError("The token's algorithm or key id is missing.")
    if not 0 < len(key_id) <= KEY_ID_CHARACTERS_AT_MOST:
        raise NotAuthenticatedError("The token's key id is not acceptable.")


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    read = dict(pairs)
    if len(read) != len(pairs):
        raise ValueError("a name stands twice")
    return read


def _no_number(_text: str) -> None:
    raise ValueError("not a number of JSON")


def _is_deep(read: dict[str, Any]) -> bool:
    layer: list[Any] = [read]
    for _level in range(DEPTH_AT_MOST):
        layer = [inner for each in layer for inner in _inside(each)]
    return bool(layer)


def _inside(value: object) -> Iterable[Any]:
    inner: Collection[Any] = ()
    if isinstance(value, dict):
        inner = value.values()
    elif isinstance(value, list):
        inner = value
    return [each for each in inner if isinstance(each, dict | list)]
