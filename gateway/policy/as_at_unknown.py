"""Name what of a past instant cannot be rebuilt, so that nobody takes an answer for more than it is.

Pure. The list is closed; each is told wherever it matters.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from gateway.audit.past import Past

UNDER_WAY = timedelta(seconds=10)
"""As long as a view may take (docs/decisions/0008, section 7)."""


class Unknown(StrEnum):
    """What nobody can tell any more, or never could."""

    ROLES_NOT_USED = "roles-not-used"
    SESSIONS = "sessions"
    SCOPES = "scopes"
    SETTINGS = "settings"
    UNDER_WAY = "under-way"
    PURGED = "purged"
    SOURCES = "sources"
    DEMOGRAPHICS = "demographics"
    CONTACTS = "contacts"
    OBJECTIONS = "objections"
    IDENTITY_HOLDS = "identity-holds"
    RELATIONSHIPS_REPLACED = "relationships-replaced"


TOLD: Mapping[Unknown, str] = MappingProxyType(
    {
        Unknown.ROLES_NOT_USED: (
            "Which other roles they held: a role stands in the log only once somebody acts in it."
        ),
        Unknown.SESSIONS: (
            "Whether a session of the pages had lapsed by then, and which tokens an application held for them."
        ),
        Unknown.SCOPES: (
            "Which purposes and scopes their token had. They can only have made it less. Row A of a request names the"
            " application and the token."
        ),
        Unknown.SETTINGS: (
            "The service's settings of that time: job roles, organisations, providers, sources, and who must ask before"
            " they look."
        ),
        Unknown.UNDER_WAY: (
            "Something changed in the ten seconds before. A request that was under way may have been answered by what"
            " held until then, also where this says that nothing could be shown."
        ),
        Unknown.PURGED: (
            "What old entries said, which were deleted when their time was over. What they told is missing here, unless"
            " it still holds."
        ),
        Unknown.SOURCES: "What the sources held, and whether they answered.",
        Unknown.DEMOGRAPHICS: (
            "What the demographics service said: practice, restriction, death, and other numbers of the person. A"
            " registration with their own practice was a relationship; a restriction closed the record to others."
        ),
        Unknown.CONTACTS: (
            "Encounters at their own organisation, which were looked up and not kept. One of them was a relationship."
        ),
        Unknown.OBJECTIONS: (
            "Whether the person objected to sharing: kept without history. It can only have made it less."
        ),
        Unknown.IDENTITY_HOLDS: (
            "Whether a source was held back for doubt about whose its data was. It can only have made it less."
        ),
        Unknown.RELATIONSHIPS_REPLACED: (
            "Recorded relationships that a later import took the place of, of which nothing is left. What is listed is"
            " what the registry says now of that time."
        ),
    }
)
"""Each in words for the reader."""

_ALWAYS = (Unknown.ROLES_NOT_USED, Unknown.SESSIONS, Unknown.SCOPES, Unknown.SETTINGS)
_OF_A_PERSON = (
    *(Unknown.SOURCES, Unknown.DEMOGRAPHICS, Unknown.CONTACTS),
    *(Unknown.OBJECTIONS, Unknown.IDENTITY_HOLDS),
)


def unknown_of(past: Past, at: datetime, *, is_about_somebody: bool) -> tuple[Unknown, ...]:
    """List what cannot be told of an instant, in the order of the list."""
    found = {*_ALWAYS}
    if any(at - UNDER_WAY < each <= at for each in _changes(past)):
        found.add(Unknown.UNDER_WAY)
    if past.purges:
        found.add(Unknown.PURGED)
    if is_about_somebody:
        found.update(_OF_A_PERSON)
        if past.imports:
            found.add(Unknown.RELATIONSHIPS_REPLACED)
    return tuple(each for each in Unknown if each in found)


def _changes(past: Past) -> Iterable[datetime]:
    if past.activation is not None:
        yield past.activation.activated_at
    for entry in (*past.staff, *past.agreements):
        yield entry.recorded_at
