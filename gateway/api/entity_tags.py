"""Tell a caller that what they would be given is what they have: by what was decided and by what is shown.

Saves no check: it is asked after permit, gathering, narrowing and both audit rows, as for an answer in full.
RFC 9110, sections 8.8.3 and 13.1.2; FHIR R4, section 3.1.0.1.2 (weak tags, conditional reads).
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from hmac import compare_digest

from fastapi import Request
from starlette.responses import Response

from gateway.access.permit import Permit
from rbac.canonical import digest_of_levels, length_prefixed

NARROWING = frozenset(
    {
        "principal",
        "purpose",
        "levels",
        "policy_version",
        "hides_whereabouts",
        "granted",
        "agreements",
        "sharing",
    }
)
"""What of a permit decides how much is shown; a test holds that every other field decides nothing of that."""

SEEN_IN_THE_ANSWER = frozenset({"objected_sources", "held_sources"})
"""What decides too, and is in a tag by what it leaves of the answer alone: where an agreement or the role closes a
source already, a tag made of these would tell that the person objects, or that a hold stands."""

_USE = b"entity-tag"
"""The key of the audit's view hashes makes these too; by this word no tag can be taken for one of those."""

_TAG_BYTES = 16
_TAG = re.compile(r'(?:W/)?"([0-9a-f]{32})"')


@dataclass(frozen=True, slots=True)
class EntityTags:
    """Make and compare the tags of one request's answers."""

    key: bytes = field(repr=False)
    known: Sequence[str]

    @classmethod
    def of(cls, request: Request, key: bytes) -> "EntityTags":
        """Read which tags the caller says they have; what is no tag of ours equals none."""
        sent = ",".join(request.headers.getlist("if-none-match"))
        return cls(key, tuple(_TAG.findall(sent)))

    def answer(self, permit: Permit, response: Response) -> Response:
        """Give the response with its tag, or say that it is the one that the caller has."""
        tag = self._tag(permit, response)
        response.headers["ETag"] = f'W/"{tag}"'
        if not any(compare_digest(tag, each) for each in self.known):
            return response
        kept = ("etag", "x-record-complete")
        return Response(status_code=304, headers={name: response.headers[name] for name in kept})

    def _tag(self, permit: Permit, response: Response) -> str:
        digest = blake2b(key=self.key[:64], digest_size=_TAG_BYTES, person=_USE)
        digest.update(decision_of(permit))
        digest.update(length_prefixed((response.headers["x-record-complete"],)))
        digest.update(response.body)
        return digest.hexdigest()


def decision_of(permit: Permit) -> bytes:
    """Write down what of a decision narrows and is no secret, so that no two different ones read the same."""
    principal, levels = permit.principal, permit.levels
    return length_prefixed(
        (
            principal.role,
            principal.organisation,
            principal.organisation_kind,
            permit.purpose,
            permit.policy_version,
            levels.digest or digest_of_levels(levels.view, levels.acts),
            "restricted" if permit.hides_whereabouts else "",
            *_counted(permit.granted.read),
            *_counted(permit.granted.searched),
            *_counted(permit.agreements),
            *permit.sharing.words,
        )
    )


def _counted(names: Iterable[str]) -> Sequence[str]:
    listed = sorted(names)
    return (str(len(listed)), *listed)
