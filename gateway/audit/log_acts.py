"""Name the acts upon the audit itself.

Pure: stores nothing. They are done by whoever runs the service, so no decision stands behind them.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from gateway.audit.words import AuditAction


@dataclass(frozen=True, slots=True)
class AuditExported:
    """The first `entries` entries of the log were written to a file."""

    action: ClassVar[AuditAction] = AuditAction.AUDIT_EXPORTED
    at: datetime
    user_id: str
    entries: int


@dataclass(frozen=True, slots=True)
class EntriesPurged:
    """What the entries up to number `through` said was deleted, as they were all recorded before `recorded_before`.

    Their leaf hashes stay. `rule` names the time of retention.
    """

    action: ClassVar[AuditAction] = AuditAction.ENTRIES_PURGED
    at: datetime
    user_id: str
    through: int
    recorded_before: datetime
    rule: str
