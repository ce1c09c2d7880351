"""Keep what the safety team must look at, such as a source that answered about another person.

Does not decide what is unsafe: `gateway/patient` does. Holds no clinical content.
"""

from dataclasses import asdict, dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, select

from gateway.store.sessions import Reading, Writing
from gateway.store.tables import safety_event as table


@dataclass(frozen=True, slots=True)
class SafetyEvent:
    """One event; `patient` is the opaque id of the person asked for."""

    id: UUID
    kind: str
    source: str
    reason: str
    occurred_at: datetime
    patient: str | None = field(default=None, repr=False)
    decision_id: UUID | None = None


def safety_events_since(reading: Reading, since: datetime) -> tuple[SafetyEvent, ...]:
    """List events from an instant on, oldest first."""
    rows = reading.connection.execute(
        select(
            table.c.id,
            table.c.kind,
            table.c.source,
            table.c.reason,
            table.c.occurred_at,
            table.c.patient,
            table.c.decision_id,
        )
        .where(table.c.occurred_at >= since)
        .order_by(table.c.occurred_at, table.c.id)
    )
    return tuple(SafetyEvent(*row) for row in rows)


def record_safety_event(writing: Writing, safety_event: SafetyEvent) -> None:
    """Keep an event for the safety team."""
    writing.connection.execute(insert(table).values(asdict(safety_event)))
