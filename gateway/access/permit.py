"""Hold what a caller may do with one person's record, and why a caller may not.

Only `gateway/access` constructs these; every function that fetches or returns a person's data takes one.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from adapters.contract import Demographics
from fhir_profiles.nhs_number import NhsNumber
from gateway.access.likeness import Mark
from gateway.access.scopes import EVERYTHING, Granted
from gateway.access.sharing import Sharing
from gateway.identity import Principal
from rbac.types import Levels, Purpose


class RefusalReason(StrEnum):
    """Closed list of reasons for saying no."""

    UNKNOWN_PERSON = "unknown-person"
    AGREEMENT_MISSING = "agreement-missing"
    AGREEMENT_ENDED = "agreement-ended"
    AGREEMENT_NOT_STARTED = "agreement-not-started"
    NO_ROLE = "no-role"
    SUSPENDED = "suspended"
    PURPOSE_NOT_ALLOWED = "purpose-not-allowed"
    BREAK_GLASS_REQUIRED = "break-glass-required"
    NO_PATIENT_ACCESS = "no-patient-access"
    NOT_FOR_ROLE = "not-for-role"
    NO_RELATIONSHIP = "no-relationship"
    ALREADY_RELATED = "already-related"
    TOO_MANY_CLAIMS = "too-many-claims"
    SHARING_RESTRICTED = "sharing-restricted"
    PERMISSION_TO_VIEW_REQUIRED = "permission-to-view-required"
    PERMISSION_REFUSED = "permission-refused"
    PERMISSION_NOT_ASKED_FOR = "permission-not-asked-for"
    CHECK_FAILED = "check-failed"
    NOT_ADMINISTRATOR = "not-an-administrator"
    OWN_CHANGE = "own-change"
    OWN_ACT = "own-act"
    GUARDIAN_NEEDED = "guardian-needed"
    SECOND_PERSON_NEEDED = "second-person-needed"
    OUT_OF_SCOPE = "out-of-scope"
    NOT_THE_LAUNCHED = "not-the-launched"
    FEED_NOT_AGREED = "feed-not-agreed"
    NOT_THE_RECIPIENT = "not-the-recipient"
    ETHICS_MISSING = "ethics-missing"
    ETHICS_ENDED = "ethics-ended"
    TOO_MANY_REIDENTIFICATIONS = "too-many-re-identifications"
    NOT_APPROVED = "not-approved"


_TOLD_ALIKE = dict.fromkeys(
    (
        RefusalReason.AGREEMENT_MISSING,
        RefusalReason.AGREEMENT_ENDED,
        RefusalReason.AGREEMENT_NOT_STARTED,
    ),
    "no-agreement",
)
"""What callers are told with one word; the audit keeps which it was."""


class Offer(StrEnum):
    """What a caller whom a record stays closed to may do."""

    SELF_CLAIM = "self-claim"
    BREAK_GLASS = "break-glass"
    RECORD_PERMISSION = "record-permission"


@dataclass(frozen=True, slots=True)
class Permit:
    """Allow one caller to see one person's record, at these levels, until `expires_at`.

    `objected_sources` and `held_sources` are not asked. `hides_whereabouts` is set for people whom PDS restricts.
    `levels` are the policy's; `granted` is what the token's scopes leave of them, by type of resource.
    `grant` is the broken glass under which an emergency permit was given.
    `agreements` are those in force that the levels rest on; `sharing` says what each organisation shares by them.
    `marks` say what the caller is to the person, for the audit alone.
    """

    decision_id: UUID
    patient: NhsNumber
    patient_id: str
    person: Demographics
    principal: Principal
    purpose: Purpose
    levels: Levels
    policy_version: str
    relationship: str
    objected_sources: frozenset[str]
    hides_whereabouts: bool
    expires_at: datetime
    held_sources: frozenset[str] = frozenset()
    granted: Granted = EVERYTHING
    grant: UUID | None = None
    agreements: tuple[str, ...] = ()
    sharing: Sharing = field(default_factory=Sharing)
    marks: frozenset[Mark] = frozenset()

    @property
    def levels_in_scope(self) -> Levels:
        """Give the levels of those kinds of item that scopes leave anything of."""
        return self.granted.narrowed(self.levels)


@dataclass(frozen=True, slots=True)
class FindPermit:
    """Allow one caller to look people up in PDS; restricted people stay absent."""

    decision_id: UUID
    principal: Principal
    purpose: Purpose
    policy_version: str
    expires_at: datetime
    agreements: tuple[str, ...] = ()


class Reviewing(StrEnum):
    """Whether what waits is only looked at, or settled."""

    LOOK = "look"
    SETTLE = "settle"


@dataclass(frozen=True, slots=True)
class ReviewPermit:
    """Allow one caller to look at what waits for a privacy officer, or to settle it."""

    decision_id: UUID
    principal: Principal
    purpose: Purpose
    policy_version: str
    reviewing: Reviewing
    expires_at: datetime


class Administering(StrEnum):
    """What is done with the role policy."""

    LOOK = "look"
    PROPOSE = "propose"
    APPROVE = "approve"
    ACTIVATE = "activate"
    ROLL_BACK = "roll-back"


@dataclass(frozen=True, slots=True)
class PolicyPermit:
    """Allow one caller one act upon the role policy; it opens nobody's record."""

    decision_id: UUID
    principal: Principal
    purpose: Purpose
    policy_version: str
    administering: Administering


@dataclass(frozen=True, slots=True)
class ProbeRequest:
    """Allow the two reads that found a relationship, for one member of staff; they disclose nothing."""

    patient: NhsNumber
    organisation: str
    user_id: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """Say no. `looks_like_not_found` when even the existence of the person may not be told.

    `offers` is what the caller's role may do instead. `marks` say what the caller is to the person, for the audit alone.
    """

    decision_id: UUID
    reason: RefusalReason
    policy_version: str
    patient_id: str | None = None
    looks_like_not_found: bool = False
    offers: frozenset[Offer] = frozenset()
    marks: frozenset[Mark] = field(default=frozenset(), repr=False)

    @property
    def told(self) -> str:
        """Give the closed word that callers are told."""
        return _TOLD_ALIKE.get(self.reason, self.reason.value)
