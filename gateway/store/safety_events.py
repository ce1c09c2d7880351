"""Keep what the safety team must look at, such as a source that answered about another person.

Does not decide what is unsafe: `gateway/patient` does. Holds no clinical content.
"""

from dataclasses import asdict, dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, select, update

from gateway.store.sessions import Reading, Writing
from gateway.store.tables import safety_event as table


@dataclass(frozen=True, slots=True)
class SafetyEvent:
    """One event; `patient` is the opaque id of the person asked for. Open until somebody reviewed it."""

    id: UUID
    kind: str
    source: str
    reason: str
    occurred_at: datetime
    patient: str | None = field(default=None, repr=False)
    decision_id: UUID | None = None
    reviewed_at: datetime | None = None
    reviewed_by: str | None = None


_ALL = select(
    table.c.id,
    table.c.kind,
    table.c.source,
    table.c.reason,
    table.c.occurred_at,
    table.c.patient,
    table.c.decision_id,
    table.c.reviewed_at,
    table.c.reviewed_by,
).order_by(table.c.occurred_at, table.c.id)


def safety_events_since(reading: Reading, since: datetime) -> tuple[SafetyEvent, ...]:
    """List events from an instant on, oldest first."""
    rows = reading.connection.execute(_ALL.where(table.c.occurred_at >= since))
    return tuple(SafetyEvent(*row) for row in rows)


def open_safety_events(reading: Reading, at_most: int) -> tuple[SafetyEvent, ...]:
    """List events that nobody has reviewed, oldest first."""
    rows = reading.connection.execute(_ALL.where(table.c.reviewed_at.is_(None)).limit(at_most))
    return tuple(SafetyEvent(*row) for row in rows)


def reviewed_safety_events(reading: Reading, at_most: int) -> tuple[SafetyEvent, ...]:
    """List events that were reviewed, the latest review first."""
    latest = _ALL.where(table.c.reviewed_at.is_not(None)).order_by(None)
    rows = reading.connection.execute(
        latest.order_by(table.c.reviewed_at.desc(), table.c.id).limit(at_most)
    )
    return tuple(SafetyEvent(*row) for row in rows)


def safety_event_of(reading: Reading, event_id: UUID) -> SafetyEvent | None:
    """Give one event, or None."""
    row = reading.connection.execute(_ALL.where(table.c.id == event_id)).one_or_none()
    return None if row is None else SafetyEvent(*row)


def record_safety_event(writing: Writing, safety_event: SafetyEvent) -> None:
    """Keep an event for the safety team."""
    writing.connection.execute(insert(table).values(asdict(safety_event)))


def review_safety_event(writing: Writing, event_id: UUID, at: datetime, user_id: str) -> bool:
    """Note that somebody looked at an event; say whether it was open until now."""
    done = writing.connection.execute(
        update(table)
        .where(table.c.id == event_id, table.c.reviewed_at.is_(None))
        .values(reviewed_at=at, reviewed_by=user_id)
    )
    return done.rowcount > 0
