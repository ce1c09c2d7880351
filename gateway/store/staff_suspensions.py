"""Keep who among the staff is suspended: a person, or one role profile of theirs.

Does not decide what a suspension bars: `gateway/access` does.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, delete, exists, insert, select

from gateway.store.sessions import Reading, Writing
from gateway.store.tables import staff_suspension as table

EVERY_PROFILE = "*"
"""In place of a role profile's id: the person in whatever role."""

_BARS = select(
    exists(
        select(table.c.user_id).where(
            table.c.user_id == bindparam("user_id"),
            table.c.role_profile_id.in_((EVERY_PROFILE, bindparam("role_profile_id"))),
        )
    )
)


@dataclass(frozen=True, slots=True)
class StaffSuspension:
    """One suspension. `user_id` is the subject of the person's tokens; `why` is for people."""

    user_id: str
    role_profile_id: str
    since: datetime
    suspended_by: str
    why: str


def is_suspended(reading: Reading, user_id: str, role_profile_id: str) -> bool:
    """Say whether a person is suspended, in every role or in this one."""
    found = {"user_id": user_id, "role_profile_id": role_profile_id}
    return bool(reading.connection.execute(_BARS, found).scalar_one())


def suspensions(reading: Reading) -> tuple[StaffSuspension, ...]:
    """List the suspensions in force, the oldest first."""
    columns = (getattr(table.c, name) for name in StaffSuspension.__slots__)
    rows = reading.connection.execute(select(*columns).order_by(table.c.since, table.c.user_id))
    return tuple(StaffSuspension(*row) for row in rows)


def suspend(writing: Writing, suspension: StaffSuspension) -> None:
    """Keep a suspension, in place of an earlier one of the same role profile."""
    restore(writing, suspension.user_id, suspension.role_profile_id)
    values = {name: getattr(suspension, name) for name in StaffSuspension.__slots__}
    writing.connection.execute(insert(table).values(values))


def restore(writing: Writing, user_id: str, role_profile_id: str) -> bool:
    """Lift a suspension; say whether there was one."""
    gone = writing.connection.execute(
        delete(table).where(table.c.user_id == user_id, table.c.role_profile_id == role_profile_id)
    )
    return gone.rowcount > 0
