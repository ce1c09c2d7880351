"""Name the acts by which people change the role policy.

Pure: stores nothing. `decided_under` is the version whose rules let the person do it, and must still be active.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from gateway.audit.words import AuditAction


@dataclass(frozen=True, slots=True)
class AdministratorsNamed:
    """The first people who may change the policy were named, by whoever runs the service."""

    action: ClassVar[AuditAction] = AuditAction.ADMINISTRATORS_NAMED
    at: datetime
    user_id: str
    administrators: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PolicyProposed:
    """A change was drafted. `digest` is the hash of all that it says; no administrators: they stay as they are."""

    action: ClassVar[AuditAction] = AuditAction.POLICY_PROPOSED
    at: datetime
    user_id: str
    decision_id: UUID
    decided_under: str
    draft: UUID
    version: str
    administrators: tuple[str, ...] | None
    digest: str


@dataclass(frozen=True, slots=True)
class PolicyApproved:
    """A second person agreed to exactly what the digest says."""

    action: ClassVar[AuditAction] = AuditAction.POLICY_APPROVED
    at: datetime
    user_id: str
    decision_id: UUID
    decided_under: str
    draft: UUID
    digest: str


@dataclass(frozen=True, slots=True)
class PolicyActivated:
    """A policy version became the one that decides; `previous` is None for the first.

    `draft` is what it came of; None for the first, and for a rollback.
    """

    action: ClassVar[AuditAction] = AuditAction.POLICY_ACTIVATED
    at: datetime
    user_id: str
    version: str
    previous: str | None
    draft: UUID | None = None
    decision_id: UUID | None = None
    decided_under: str | None = None
