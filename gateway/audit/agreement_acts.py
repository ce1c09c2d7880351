"""Name the acts by which agreements come and go.

Pure: stores nothing. They are done by whoever runs the service, so no decision stands behind them.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from gateway.audit.words import AuditAction


@dataclass(frozen=True, slots=True)
class AgreementAdded:
    """An agreement was taken in. `digest` is the hash of all that it says; `parties` counts them.

    `feeds` are the releases that it names, each as `dataset/project/recipient`.
    """

    action: ClassVar[AuditAction] = AuditAction.AGREEMENT_ADDED
    at: datetime
    user_id: str
    checked_by: str
    agreement: str
    digest: str
    parties: int
    items: tuple[str, ...]
    purposes: tuple[str, ...]
    starts_at: datetime
    ends_at: datetime
    feeds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AgreementEnded:
    """An agreement ends earlier than it says."""

    action: ClassVar[AuditAction] = AuditAction.AGREEMENT_ENDED
    at: datetime
    user_id: str
    agreement: str
    ends_at: datetime
