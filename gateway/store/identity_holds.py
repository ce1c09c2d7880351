"""Keep which source's data about which person is held back until its identity is settled.

Never keeps the answer itself: source, reason, a keyed hash, and the decision under which it was found.
"""

from dataclasses import asdict, dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, delete, insert, select, update

from gateway.store.sessions import Reading, Writing
from gateway.store.tables import identity_hold as table
from gateway.store.tables import safety_event


@dataclass(frozen=True, slots=True)
class IdentityHold:
    """Doubt that one source's data is about one person.

    It stands until it is released; a rejected one was looked at, and the data found to be somebody else's.
    """

    patient_key: str = field(repr=False)
    source: str
    reason: str
    held_at: datetime
    decision_id: UUID | None = None
    rejected_at: datetime | None = None
    rejected_by: str | None = None


@dataclass(frozen=True, slots=True)
class HeldAnswer:
    """A hold as it waits for somebody to decide; `patient` is the opaque id that was asked for."""

    decision_id: UUID
    source: str
    reason: str
    held_at: datetime
    rejected_at: datetime | None
    rejected_by: str | None
    patient: str | None = field(repr=False)


def holds_of(reading: Reading, patient_key: str) -> tuple[IdentityHold, ...]:
    """List a person's holds, sorted by source."""
    rows = reading.connection.execute(
        select(
            table.c.patient_key,
            table.c.source,
            table.c.reason,
            table.c.held_at,
            table.c.decision_id,
            table.c.rejected_at,
            table.c.rejected_by,
        )
        .where(table.c.patient_key == patient_key)
        .order_by(table.c.source)
    )
    return tuple(IdentityHold(*row) for row in rows)


_HELD = (
    select(
        table.c.decision_id,
        table.c.source,
        table.c.reason,
        table.c.held_at,
        table.c.rejected_at,
        table.c.rejected_by,
        safety_event.c.patient,
    )
    .outerjoin(
        safety_event,
        and_(
            safety_event.c.decision_id == table.c.decision_id,
            safety_event.c.source == table.c.source,
        ),
    )
    .where(table.c.decision_id.is_not(None))
    .order_by(table.c.held_at, table.c.decision_id, table.c.source)
)


def held_answers(reading: Reading, at_most: int) -> tuple[HeldAnswer, ...]:
    """List what is held, rejected or not yet decided, oldest first."""
    return tuple(HeldAnswer(*row) for row in reading.connection.execute(_HELD.limit(at_most)))


def held_answer(reading: Reading, decision_id: UUID, source: str) -> HeldAnswer | None:
    """Give the one hold that was found under a decision at a source, or None."""
    row = reading.connection.execute(
        _HELD.where(table.c.decision_id == decision_id, table.c.source == source)
    ).first()
    return None if row is None else HeldAnswer(*row)


def hold_identity(writing: Writing, hold: IdentityHold) -> None:
    """Keep a hold, in place of an earlier one on the same source."""
    release_identity(writing, hold.patient_key, hold.source)
    writing.connection.execute(insert(table).values(asdict(hold)))


def release_identity(writing: Writing, patient_key: str, source: str) -> bool:
    """End a hold; say whether there was one."""
    gone = writing.connection.execute(
        delete(table).where(table.c.patient_key == patient_key, table.c.source == source)
    )
    return gone.rowcount > 0


def release_held(writing: Writing, decision_id: UUID, source: str) -> bool:
    """End the hold that was found under a decision; say whether it stood."""
    gone = writing.connection.execute(
        delete(table).where(table.c.decision_id == decision_id, table.c.source == source)
    )
    return gone.rowcount > 0


def reject_held(
    writing: Writing, decision_id: UUID, source: str, at: datetime, user_id: str
) -> bool:
    """Note that held data is somebody else's; say whether that was undecided until now."""
    done = writing.connection.execute(
        update(table)
        .where(
            table.c.decision_id == decision_id,
            table.c.source == source,
            table.c.rejected_at.is_(None),
        )
        .values(rejected_at=at, rejected_by=user_id)
    )
    return done.rowcount > 0
