"""Keep who broke the glass about whom, why, and until when.

Decides nothing: `gateway/access` does. A person is a keyed hash and an opaque id; the reason's text stands here and
in the audit, nowhere else.
"""

from dataclasses import asdict, dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import RowMapping, insert, or_, select, update

from gateway.store.sessions import Reading, Writing
from gateway.store.tables import break_glass_grant as table
from gateway.store.words import EmergencyReason
from rbac.types import Purpose


@dataclass(frozen=True, slots=True)
class Grant:
    """One step of one emergency, from `granted_at` until just before `ends_at`.

    `session` is a hash. `first_step` is the first step that a second one belongs to; `relationship` the row that it founded.
    """

    id: UUID
    decision_id: UUID
    patient_key: str = field(repr=False)
    patient: str = field(repr=False)
    user_id: str
    session: str = field(repr=False)
    role: str
    organisation: str
    step: Purpose
    reason_code: EmergencyReason
    reason: str = field(repr=False)
    granted_at: datetime
    ends_at: datetime
    first_step: UUID | None = None
    relationship: UUID | None = None


_ALL = select(table).order_by(table.c.granted_at.desc(), table.c.id)


def grants_of_session(
    reading: Reading, user_id: str, session: str, at: datetime
) -> tuple[Grant, ...]:
    """List a session's grants that are in force at an instant, latest first."""
    rows = reading.connection.execute(
        _ALL.where(
            table.c.user_id == user_id,
            table.c.session == session,
            table.c.granted_at <= at,
            table.c.ends_at > at,
        )
    ).mappings()
    return tuple(_grant(row) for row in rows)


def grant_of(reading: Reading, grant_id: UUID) -> Grant | None:
    """Give one grant, or None."""
    row = reading.connection.execute(_ALL.where(table.c.id == grant_id)).mappings().one_or_none()
    return None if row is None else _grant(row)


def ends_with_first(reading: Reading, grant: Grant) -> bool:
    """Say whether the first step of a second one still ends when it does; of a first step there is nothing to say."""
    if grant.first_step is None:
        return True
    first = grant_of(reading, grant.first_step)
    return first is not None and first.ends_at == grant.ends_at


def keep_grant(writing: Writing, grant: Grant) -> None:
    """Keep a new grant."""
    writing.connection.execute(insert(table).values(asdict(grant)))


def end_grant(writing: Writing, grant: Grant, at: datetime) -> bool:
    """End a grant early, and the second steps that belong to it; say whether it was in force until now."""
    ended = writing.connection.execute(
        update(table)
        .where(or_(table.c.id == grant.id, table.c.first_step == grant.id), table.c.ends_at > at)
        .values(ends_at=at)
    )
    return ended.rowcount > 0


def move_grants(writing: Writing, session: str, to_session: str) -> None:
    """Let a session's grants go on under the session's new id."""
    writing.connection.execute(
        update(table).where(table.c.session == session).values(session=to_session)
    )


def _grant(row: RowMapping) -> Grant:
    words = {"step": Purpose(row["step"]), "reason_code": EmergencyReason(row["reason_code"])}
    return Grant(**{**row, **words})
