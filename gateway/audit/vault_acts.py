"""Name the acts by which people of the planning store are led back to, or left out of it.

Pure: stores nothing. None of them names a person, nor what a project calls one: together with the patient in row A that
would be the map which nobody is to have.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from gateway.audit.words import AuditAction


@dataclass(frozen=True, slots=True)
class VaultFilled:
    """A pull is about to put so many people's sealed numbers into the vault, new or not."""

    action: ClassVar[AuditAction] = AuditAction.VAULT_FILLED
    at: datetime
    user_id: str
    people: int
    epoch: int


@dataclass(frozen=True, slots=True)
class VaultOpened:
    """The vault is about to be opened; `why` is one of its two questions, `decision_id` whose answer it is."""

    action: ClassVar[AuditAction] = AuditAction.VAULT_OPENED
    at: datetime
    user_id: str
    why: str
    decision_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class ReidentificationAsked:
    """Somebody asked whose one coded record is, in their own words; nothing is opened until somebody else agrees."""

    action: ClassVar[AuditAction] = AuditAction.REIDENTIFICATION_ASKED
    at: datetime
    user_id: str
    decision_id: UUID
    decided_under: str
    reidentification: UUID
    project: str
    recipient: str
    epoch: int
    reason_code: str
    reason: str = field(repr=False)
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class ReidentificationSettled:
    """Somebody agreed to that or did not, or it was used; `outcome` says which."""

    action: ClassVar[AuditAction] = AuditAction.REIDENTIFICATION_SETTLED
    at: datetime
    user_id: str
    decision_id: UUID
    decided_under: str
    reidentification: UUID
    outcome: str
