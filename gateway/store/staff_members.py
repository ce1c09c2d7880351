"""Keep what the radar must know of staff themselves: their own key as patients, and that of their home.

Both are keyed hashes that the caller makes. Does not compare: `gateway/access/likeness.py` does.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime

from sqlalchemy import bindparam, delete, insert, or_, select

from gateway.store.radar_tables import staff_member as table
from gateway.store.sessions import Reading, Writing


@dataclass(frozen=True, slots=True)
class StaffMember:
    """One member of staff of one organisation; `user_id` is the subject of their tokens. A key is None if unknown."""

    organisation: str
    user_id: str
    patient_key: str | None = field(repr=False)
    household_key: str | None = field(repr=False)
    known_at: datetime


_ALL = select(*(table.c[name] for name in StaffMember.__slots__))
_CONCERNED = _ALL.where(
    or_(
        table.c.user_id == bindparam("user_id"),
        table.c.patient_key.in_(bindparam("patient_keys", expanding=True)),
    )
)


def staff_concerned(
    reading: Reading, user_id: str, patient_keys: Sequence[str]
) -> tuple[StaffMember, ...]:
    """List what is known of a member of staff, and of those who are themselves one of these patients."""
    given = {"user_id": user_id, "patient_keys": list(patient_keys)}
    return tuple(StaffMember(*row) for row in reading.connection.execute(_CONCERNED, given))


def replace_staff_members(
    writing: Writing, organisation: str, members: Sequence[StaffMember]
) -> None:
    """Keep these as the organisation's staff, and nobody else: who left is forgotten."""
    writing.connection.execute(delete(table).where(table.c.organisation == organisation))
    if members:
        writing.connection.execute(insert(table), [asdict(each) for each in members])
