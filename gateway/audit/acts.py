"""Name the acts that the audit keeps, and write each as one canonical entry.

Pure: stores nothing. Content follows the GP Connect audit extract and IHE BALP; `docs/audit.md` says
which field holds what.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, TypeAlias
from uuid import UUID

import orjson

from adapters.contract import Outcome, Reason
from gateway.audit.agreement_acts import AgreementAdded as AgreementAdded
from gateway.audit.agreement_acts import AgreementEnded as AgreementEnded
from gateway.audit.canonical import TEXT_LIMIT_BYTES as TEXT_LIMIT_BYTES
from gateway.audit.canonical import Detail, fields_of
from gateway.audit.canonical import escaped as escaped
from gateway.audit.emergency_acts import EmergencyEnded as EmergencyEnded
from gateway.audit.emergency_acts import GlassBroken as GlassBroken
from gateway.audit.emergency_acts import PermissionRecorded as PermissionRecorded
from gateway.audit.emergency_acts import PrivacyAlertSettled as PrivacyAlertSettled
from gateway.audit.emergency_acts import RelationshipClaimed as RelationshipClaimed
from gateway.audit.log_acts import AuditExported as AuditExported
from gateway.audit.log_acts import EntriesPurged as EntriesPurged
from gateway.audit.log_acts import LogBegunAnew as LogBegunAnew
from gateway.audit.policy_acts import AdministratorsNamed as AdministratorsNamed
from gateway.audit.policy_acts import PolicyActivated as PolicyActivated
from gateway.audit.policy_acts import PolicyApproved as PolicyApproved
from gateway.audit.policy_acts import PolicyProposed as PolicyProposed
from gateway.audit.radar_acts import RadarAlertRaised as RadarAlertRaised
from gateway.audit.release_acts import PullBegun as PullBegun
from gateway.audit.release_acts import PullEnded as PullEnded
from gateway.audit.release_acts import ReleaseApproved as ReleaseApproved
from gateway.audit.release_acts import ReleaseBegun as ReleaseBegun
from gateway.audit.release_acts import ReleaseEnded as ReleaseEnded
from gateway.audit.release_acts import ReleaseFetched as ReleaseFetched
from gateway.audit.release_acts import ReleasePublished as ReleasePublished
from gateway.audit.release_acts import ReleaseRequested as ReleaseRequested
from gateway.audit.staff_acts import CallerRefused as CallerRefused
from gateway.audit.staff_acts import JobRolesChanged as JobRolesChanged
from gateway.audit.staff_acts import ProviderSignedOut as ProviderSignedOut
from gateway.audit.staff_acts import RoleChosen as RoleChosen
from gateway.audit.staff_acts import SignedIn as SignedIn
from gateway.audit.staff_acts import SignedOut as SignedOut
from gateway.audit.staff_acts import SignInFailed as SignInFailed
from gateway.audit.staff_acts import StaffKnown as StaffKnown
from gateway.audit.staff_acts import StaffRestored as StaffRestored
from gateway.audit.staff_acts import StaffSuspended as StaffSuspended
from gateway.audit.staff_acts import TeamMemberAdded as TeamMemberAdded
from gateway.audit.staff_acts import TeamMemberEnded as TeamMemberEnded
from gateway.audit.staff_acts import Who as Who
from gateway.audit.vault_acts import ReidentificationAsked as ReidentificationAsked
from gateway.audit.vault_acts import ReidentificationSettled as ReidentificationSettled
from gateway.audit.vault_acts import VaultFilled as VaultFilled
from gateway.audit.vault_acts import VaultOpened as VaultOpened
from gateway.audit.words import AskedAct as AskedAct
from gateway.audit.words import AuditAction as AuditAction
from gateway.audit.words import Decision as Decision
from gateway.audit.words import DisclosureOutcome as DisclosureOutcome
from rbac.types import Purpose


@dataclass(frozen=True, slots=True)
class Asked:
    """Row A: somebody asked, and this was decided. A denial is this row alone.

    `patient` is the opaque id, None for a search by name. `reason` is a closed word of the decider.
    `purpose` is None where what was sent is not one. `levels` is the hash of what the role may see, where that counted.
    `agreements` are those that it rests on, where any was needed.
    """

    action: ClassVar[AuditAction] = AuditAction.ASKED
    decision_id: UUID
    at: datetime
    who: Who
    request_id: str
    act: AskedAct
    purpose: Purpose | None
    patient: str | None = field(repr=False)
    decision: Decision
    reason: str
    policy_version: str
    relationship: str | None = None
    levels: str | None = None
    agreements: tuple[str, ...] = ()
    details: Mapping[str, Detail] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Disclosed:
    """Row B: what is about to be shown; durable before its first byte leaves.

    `sources`: each source's true outcome. `shown` and `withheld`: counts by category, by reason.
    `view_hash`: keyed hash of the view, empty when there is none.
    """

    action: ClassVar[AuditAction] = AuditAction.DISCLOSED
    decision_id: UUID
    at: datetime
    user_id: str
    patient: str | None = field(repr=False)
    outcome: DisclosureOutcome
    sources: Mapping[str, tuple[Outcome, Reason]]
    shown: Mapping[str, int]
    withheld: Mapping[str, int]
    view_hash: str = ""
    details: Mapping[str, Detail] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class RelationshipsImported:
    """A registry's relationships were taken in."""

    action: ClassVar[AuditAction] = AuditAction.RELATIONSHIPS_IMPORTED
    at: datetime
    user_id: str
    source: str
    count: int


@dataclass(frozen=True, slots=True)
class SafetyEventRaised:
    """A source's answer to this decision is for the safety team to look at."""

    action: ClassVar[AuditAction] = AuditAction.SAFETY_EVENT_RAISED
    at: datetime
    user_id: str
    patient: str | None = field(repr=False)
    decision_id: UUID
    source: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class SafetyEventReviewed:
    """Somebody looked at a safety event, under their own decision to be allowed that."""

    action: ClassVar[AuditAction] = AuditAction.SAFETY_EVENT_REVIEWED
    at: datetime
    user_id: str
    patient: str | None = field(repr=False)
    decision_id: UUID
    safety_event: UUID


@dataclass(frozen=True, slots=True)
class IdentityHoldReleased:
    """Somebody let a source be asked about a person again; `held_under` is the decision that found the doubt."""

    action: ClassVar[AuditAction] = AuditAction.IDENTITY_HOLD_RELEASED
    at: datetime
    user_id: str
    patient: str | None = field(repr=False)
    decision_id: UUID
    held_under: UUID
    source: str


@dataclass(frozen=True, slots=True)
class IdentityHoldRejected:
    """Somebody found that what a source holds under a person's number is somebody else's."""

    action: ClassVar[AuditAction] = AuditAction.IDENTITY_HOLD_REJECTED
    at: datetime
    user_id: str
    patient: str | None = field(repr=False)
    decision_id: UUID
    held_under: UUID
    source: str


AuditEvent: TypeAlias = (
    Asked
    | Disclosed
    | SignedIn
    | SignInFailed
    | SignedOut
    | CallerRefused
    | StaffSuspended
    | StaffRestored
    | StaffKnown
    | RadarAlertRaised
    | TeamMemberAdded
    | TeamMemberEnded
    | ProviderSignedOut
    | RoleChosen
    | JobRolesChanged
    | AdministratorsNamed
    | PolicyProposed
    | PolicyApproved
    | PolicyActivated
    | RelationshipsImported
    | AgreementAdded
    | AgreementEnded
    | VaultFilled
    | VaultOpened
    | ReidentificationAsked
    | ReidentificationSettled
    | SafetyEventRaised
    | SafetyEventReviewed
    | IdentityHoldReleased
    | IdentityHoldRejected
    | GlassBroken
    | EmergencyEnded
    | PrivacyAlertSettled
    | RelationshipClaimed
    | PermissionRecorded
    | AuditExported
    | EntriesPurged
    | LogBegunAnew
    | PullBegun
    | PullEnded
    | ReleaseRequested
    | ReleaseApproved
    | ReleaseBegun
    | ReleasePublished
    | ReleaseEnded
    | ReleaseFetched
)


@dataclass(frozen=True, slots=True)
class Entry:
    """An event as it is stored: canonical JSON, and the few fields by which it is found again.

    `decided_under` is the policy version that must still be active when the entry is committed, `rests_on` the
    agreements of which none may have ended.
    """

    action: AuditAction
    decision_id: UUID | None
    patient: str | None = field(repr=False)
    user_id: str | None
    decided_under: str | None
    body: bytes = field(repr=False)
    rests_on: tuple[str, ...] = ()


def entry_of(event: AuditEvent) -> Entry:
    """Write an event as canonical JSON: keys sorted, instants in UTC, text escaped and capped.

    Raises: ValueError for an instant without a time zone.
    """
    decision_id, patient, user_id, decided_under = _found_by(event)
    return Entry(
        action=event.action,
        decision_id=decision_id,
        patient=None if patient is None else escaped(patient),
        user_id=None if user_id is None else escaped(user_id),
        decided_under=decided_under,
        body=orjson.dumps(
            {"action": event.action, **fields_of(event)},
            option=orjson.OPT_SORT_KEYS | orjson.OPT_UTC_Z,
        ),
        rests_on=event.agreements if isinstance(event, Asked) else (),
    )


def _found_by(event: AuditEvent) -> tuple[UUID | None, str | None, str | None, str | None]:
    # By name: an event that has the field is found by it, whichever it is.
    who: Who | None = getattr(event, "who", None)
    user_id: str | None = getattr(event, "user_id", None) if who is None else who.user_id
    decided_under = (
        event.policy_version if isinstance(event, Asked) else getattr(event, "decided_under", None)
    )
    return (
        getattr(event, "decision_id", None),
        getattr(event, "patient", None),
        user_id,
        decided_under,
    )
