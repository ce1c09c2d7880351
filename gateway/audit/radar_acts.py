"""Name the act by which the radar tells privacy officers of an access.

Pure: stores nothing.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from gateway.audit.words import AuditAction


@dataclass(frozen=True, slots=True)
class RadarAlertRaised:
    """The radar found that an officer should look at what somebody did, by these rules.

    The entry is about no person's record: their statement tells what was found, not what was suspected. The alert has both.
    """

    action: ClassVar[AuditAction] = AuditAction.RADAR_ALERT_RAISED
    at: datetime
    user_id: str
    alert: UUID
    subject: str
    rules: tuple[str, ...]
    accesses: int
