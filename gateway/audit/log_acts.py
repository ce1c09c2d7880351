"""Name the acts upon the audit itself.

Pure: stores nothing. They are done by whoever runs the service, so no decision stands behind them.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from gateway.audit.words import AuditAction


@dataclass(frozen=True, slots=True)
class AuditExported:
    """The first `entries` entries of the log were given out, or one of them, the one numbered `only`."""

    action: ClassVar[AuditAction] = AuditAction.AUDIT_EXPORTED
    at: datetime
    user_id: str
    entries: int
    only: int | None = None


@dataclass(frozen=True, slots=True)
class EntriesPurged:
    """What entries below number `through` said was deleted, as they were all recorded before `recorded_before`.

    That one stays, to show it, and so do their leaf hashes. `rule` names the time of retention.
    """

    action: ClassVar[AuditAction] = AuditAction.ENTRIES_PURGED
    at: datetime
    user_id: str
    through: int
    recorded_before: datetime
    rule: str


@dataclass(frozen=True, slots=True)
class LogBegunAnew:
    """After a loss the log goes on under the name `origin`; `why` is in the words of whoever did it.

    Under `former_origin` it was last signed with `former_size` entries and the root `former_root` (base64). The entries from
    `first_lost` to that size are not in it any more, or not as they were signed; `fault` is what the check found. `proven` is
    how many of its first entries a checkpoint that was held elsewhere proves, `kept` how many it had when it was begun anew.
    """

    action: ClassVar[AuditAction] = AuditAction.LOG_BEGUN_ANEW
    at: datetime
    user_id: str
    origin: str
    former_origin: str
    former_size: int
    former_root: str
    first_lost: int
    proven: int
    kept: int
    fault: str
    why: str
