"""Name the acts by which people get at a record without a recorded relationship, and what is found of that later.

Pure: stores nothing. `decided_under` is the policy version whose rules allow the act, and must still be active.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from gateway.audit.words import AuditAction


@dataclass(frozen=True, slots=True)
class GlassBroken:
    """Somebody broke the glass about a person, in their own words; `tell` says whose privacy officers learn of it."""

    action: ClassVar[AuditAction] = AuditAction.GLASS_BROKEN
    at: datetime
    user_id: str
    patient: str = field(repr=False)
    decision_id: UUID
    decided_under: str
    grant: UUID
    step: str
    reason_code: str
    reason: str = field(repr=False)
    ends_at: datetime
    tell: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EmergencyEnded:
    """Somebody ended their emergency before its time."""

    action: ClassVar[AuditAction] = AuditAction.EMERGENCY_ENDED
    at: datetime
    user_id: str
    patient: str = field(repr=False)
    decision_id: UUID
    grant: UUID


@dataclass(frozen=True, slots=True)
class PrivacyAlertSettled:
    """A privacy officer or Caldicott Guardian found whether an act was justified."""

    action: ClassVar[AuditAction] = AuditAction.PRIVACY_ALERT_SETTLED
    at: datetime
    user_id: str
    patient: str | None = field(repr=False)
    decision_id: UUID
    alert: UUID
    outcome: str


@dataclass(frozen=True, slots=True)
class RelationshipClaimed:
    """Somebody said in their own words that they care for a person."""

    action: ClassVar[AuditAction] = AuditAction.RELATIONSHIP_CLAIMED
    at: datetime
    user_id: str
    patient: str = field(repr=False)
    decision_id: UUID
    decided_under: str
    claim: UUID
    reason_code: str
    reason: str = field(repr=False)
    ends_at: datetime
    tell: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PermissionRecorded:
    """Somebody recorded what a person answered when asked whether their record may be viewed."""

    action: ClassVar[AuditAction] = AuditAction.PERMISSION_RECORDED
    at: datetime
    user_id: str
    patient: str = field(repr=False)
    decision_id: UUID
    decided_under: str
    permission: UUID
    answer: str
    reason_code: str | None
    reason: str | None = field(repr=False)
    ends_at: datetime
