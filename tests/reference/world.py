"""Hold the plain facts a decision is made from, the question, and the answer.

It decides nothing. All times are `datetime`, all of one kind (all aware, or all naive),
and every end is exclusive: identity, section 5, "effective to empty or > now".
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal

from tests.reference import settled
from tests.reference.policy_evaluator import PolicyIndex, PolicyRow, effective_labels
from tests.reference.vocabulary import Level, lowest

PdsStatus = Literal["found", "not-found", "unavailable"]
Stage = Literal["shadow", "safety", "pilot", "open"]
Act = Literal[
    "view", "search", "open-document", "export", "edit-policy", "read-audit", "break-glass"
]
RouteKind = Literal["record", "find", "break-glass", "population", "policy", "audit"]
Outward = Literal["not-found-uniform", "forbidden", "unavailable"]
Item = tuple[str, frozenset[str]]
# The label set whose level is that of the `own` row alone (decisions, section 9).
OWN_ROW: Final = frozenset({"own", "sexual-health"})


@dataclass(frozen=True, slots=True)
class Person:
    """A patient as PDS answers now; `registered_practice` is an ODS code."""

    id: str
    pds: PdsStatus = "found"
    restricted: bool = False
    registered_practice: str | None = None
    legal_hold: bool = False


@dataclass(frozen=True, slots=True)
class Organisation:
    """An organisation; `kind` is the word that policy rows use."""

    ods: str
    kind: str
    live: bool = True


@dataclass(frozen=True, slots=True)
class Agreement:
    """A data sharing agreement; `items` are categories, `purposes` are purpose codes."""

    parties: frozenset[str]
    items: frozenset[str]
    purposes: frozenset[str]
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Relationship:
    """A registered relationship; `end` is when the contact ended, before any days of grace."""

    patient: str
    type: str
    start: datetime
    end: datetime | None = None
    organisation: str | None = None
    team: str | None = None
    user: str | None = None


@dataclass(frozen=True, slots=True)
class Encounter:
    """An encounter that an organisation's own source would tell of; no end means open."""

    patient: str
    organisation: str
    start: datetime
    end: datetime | None = None


@dataclass(frozen=True, slots=True)
class Objection:
    """An objection to one source, or to all (`source` None).

    Shape: `exceptions` holds "emergency" where break-glass is allowed, and is empty for
    an objection marked "no exceptions".
    """

    patient: str
    source: str | None = None
    exceptions: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class BreakGlassGrant:
    """A break-glass already granted; `step` is 1 or 2."""

    user: str
    patient: str
    session: str
    step: int
    start: datetime


@dataclass(frozen=True, slots=True)
class SelfClaim:
    """A relationship that a user claimed with a reason."""

    user: str
    patient: str
    organisation: str
    start: datetime


@dataclass(frozen=True, slots=True)
class RoleProfile:
    """One role of one person at one organisation."""

    role: str
    organisation: str
    start: datetime
    end: datetime | None = None


@dataclass(frozen=True, slots=True)
class Staff:
    """A member of staff; no profile means no role."""

    user: str
    profiles: tuple[RoleProfile, ...]
    teams: frozenset[str] = frozenset()
    suspended: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """A source of the deployment; `organisation` is the ODS code of its controller."""

    id: str
    organisation: str
    kind: str = "fhir-r4"
    stage: Stage = "open"
    pilot_roles: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class World:
    """Everything that is true when the question is put."""

    people: tuple[Person, ...] = ()
    organisations: tuple[Organisation, ...] = ()
    staff: tuple[Staff, ...] = ()
    sources: tuple[Source, ...] = ()
    agreements: tuple[Agreement, ...] = ()
    relationships: tuple[Relationship, ...] = ()
    encounters: tuple[Encounter, ...] = ()
    objections: tuple[Objection, ...] = ()
    grants: tuple[BreakGlassGrant, ...] = ()
    self_claims: tuple[SelfClaim, ...] = ()
    rows: PolicyIndex | tuple[PolicyRow, ...] = ()
    audit_store_up: bool = True


@dataclass(frozen=True, slots=True)
class Request:
    """One question, its caller already authenticated.

    Shape: `purposes_asked` holds every Purpose-Of-Use value sent. `organisation_asked` is
    an organisation named in query, body or header. `step_asked`, `reason_code` and
    `reason_text` are for the break-glass route alone.
    """

    user: str
    role: str
    organisation: str
    kind: str
    session: str
    token_purposes: frozenset[str]
    purposes_asked: tuple[str, ...]
    patient: str | None
    act: Act
    route_kind: RouteKind
    time: datetime
    organisation_asked: str | None = None
    step_asked: int = 1
    reason_code: str = ""
    reason_text: str = ""


@dataclass(frozen=True, slots=True)
class SourceAccess:
    """A source that may be asked, with the categories that its agreements cover."""

    source: str
    categories: frozenset[str]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is decided, and what the caller is shown of it.

    Shape: `outward` is None when allowed. `rule` names the rule that hit and is for the
    audit alone. `levels` has every category with every single label, and with OWN_ROW; ask
    `level_for` about sets. `alerts` go to the privacy officer; `offers` depend on the role
    alone.
    """

    allowed: bool
    rule: str
    outward: Outward | None = None
    levels: Mapping[Item, Level] = field(default_factory=dict)
    sources: tuple[SourceAccess, ...] = ()
    field_filters: frozenset[str] = frozenset()
    alerts: frozenset[str] = frozenset()
    offers: frozenset[str] = frozenset()

    def level_for(self, category: str, labels: frozenset[str]) -> Level:
        """Return the level of an item whose source is not in question."""
        wanted = [
            OWN_ROW if label == "own" else frozenset({label}) for label in effective_labels(labels)
        ]
        return lowest([self.levels.get((category, one), "none") for one in wanted])

    def level_from(self, source: str, category: str, labels: frozenset[str]) -> Level:
        """Return the level of an item that one source sent."""
        asked = any(
            access.source == source and settled.lets_through(access.categories, category, labels)
            for access in self.sources
        )
        return self.level_for(category, labels) if asked else "none"
