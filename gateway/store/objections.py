"""Keep people's objections to sharing their record.

Does not decide what an objection hides: `gateway/access` does. Source: UK GDPR, article 21.
"""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import bindparam, delete, insert, select

from gateway.store.sessions import Reading, Writing
from gateway.store.tables import objection as table
from gateway.store.words import ObjectionExceptions

EVERY_SOURCE = "*"

_OF_PERSON = (
    select(table.c.patient_key, table.c.source, table.c.exceptions, table.c.recorded_at)
    .where(table.c.patient_key == bindparam("patient_key"))
    .order_by(table.c.source)
)


@dataclass(frozen=True, slots=True)
class Objection:
    """One person's objection to one source, or to all (`EVERY_SOURCE`)."""

    patient_key: str = field(repr=False)
    source: str
    exceptions: ObjectionExceptions
    recorded_at: datetime


def objections_of(reading: Reading, patient_key: str) -> tuple[Objection, ...]:
    """List a person's objections, sorted by source."""
    rows = reading.connection.execute(_OF_PERSON, {"patient_key": patient_key})
    return tuple(
        Objection(key, source, ObjectionExceptions(exceptions), recorded_at)
        for key, source, exceptions, recorded_at in rows
    )


def record_objection(writing: Writing, objection: Objection) -> None:
    """Keep an objection, in place of an earlier one to the same source."""
    withdraw_objection(writing, objection.patient_key, objection.source)
    writing.connection.execute(
        insert(table).values(
            patient_key=objection.patient_key,
            source=objection.source,
            exceptions=objection.exceptions,
            recorded_at=objection.recorded_at,
        )
    )


def withdraw_objection(writing: Writing, patient_key: str, source: str) -> bool:
    """Forget an objection; say whether there was one."""
    gone = writing.connection.execute(
        delete(table).where(table.c.patient_key == patient_key, table.c.source == source)
    )
    return gone.rowcount > 0
