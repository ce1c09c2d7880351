"""Name the acts by which staff come in, go, and are turned away.

Pure: stores nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from gateway.audit.canonical import Detail
from gateway.audit.words import AuditAction


@dataclass(frozen=True, slots=True)
class Who:
    """The person who acts, as they were at that time; organisation is an ODS code."""

    user_id: str
    role: str
    organisation: str
    organisation_kind: str
    name: str
    role_profile_id: str


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Somebody began a session by the way that `method` names."""

    action: ClassVar[AuditAction] = AuditAction.SIGNED_IN
    at: datetime
    who: Who
    method: str
    details: Mapping[str, Detail] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class SignInFailed:
    """Somebody did not get in; `user_id` is what they claimed, if anything."""

    action: ClassVar[AuditAction] = AuditAction.SIGN_IN_FAILED
    at: datetime
    reason: str
    user_id: str | None = None
    details: Mapping[str, Detail] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class SignedOut:
    """A session ended, by the user or by the provider, as `reason` says."""

    action: ClassVar[AuditAction] = AuditAction.SIGNED_OUT
    at: datetime
    user_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class CallerRefused:
    """Somebody whose token is right was turned away before anything was asked, for the reason that is named."""

    action: ClassVar[AuditAction] = AuditAction.CALLER_REFUSED
    at: datetime
    user_id: str
    request_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class RoleChosen:
    """Somebody who holds several roles took one of them for a session that goes on in it alone."""

    action: ClassVar[AuditAction] = AuditAction.ROLE_CHOSEN
    at: datetime
    who: Who


@dataclass(frozen=True, slots=True)
class ProviderSignedOut:
    """An OpenID provider ended somebody's sessions here; `sessions` is how many there were."""

    action: ClassVar[AuditAction] = AuditAction.PROVIDER_SIGNED_OUT
    at: datetime
    user_id: str | None
    issuer: str
    sessions: int


@dataclass(frozen=True, slots=True)
class StaffSuspended:
    """A member of staff was suspended, in one role profile or (`*`) in all; their sessions ended with it."""

    action: ClassVar[AuditAction] = AuditAction.STAFF_SUSPENDED
    at: datetime
    user_id: str
    subject: str
    role_profile_id: str
    why: str


@dataclass(frozen=True, slots=True)
class StaffRestored:
    """A suspension was lifted."""

    action: ClassVar[AuditAction] = AuditAction.STAFF_RESTORED
    at: datetime
    user_id: str
    subject: str
    role_profile_id: str


@dataclass(frozen=True, slots=True)
class StaffKnown:
    """What an organisation says of its staff took the place of what it said before; `count` is of how many."""

    action: ClassVar[AuditAction] = AuditAction.STAFF_KNOWN
    at: datetime
    user_id: str
    organisation: str
    count: int


@dataclass(frozen=True, slots=True)
class TeamMemberAdded:
    """Somebody was put on a team, which opens to them the records that the team has to do with."""

    action: ClassVar[AuditAction] = AuditAction.TEAM_MEMBER_ADDED
    at: datetime
    user_id: str
    subject: str
    organisation: str
    team: str
    starts_at: datetime
    ends_at: datetime | None


@dataclass(frozen=True, slots=True)
class TeamMemberEnded:
    """Somebody is on a team no longer."""

    action: ClassVar[AuditAction] = AuditAction.TEAM_MEMBER_ENDED
    at: datetime
    user_id: str
    subject: str
    organisation: str
    team: str
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class JobRolesChanged:
    """The gateway started with other job roles than before; `digest` is the hash of all, `rows` those of the settings."""

    action: ClassVar[AuditAction] = AuditAction.JOB_ROLES_CHANGED
    at: datetime
    user_id: str
    digest: str
    rows: tuple[str, ...]
