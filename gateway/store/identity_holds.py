"""Keep which source's data about which person is held back until its identity is settled.

Never keeps the answer itself: source, reason and a keyed hash only.
"""

from dataclasses import asdict, dataclass, field
from datetime import datetime

from sqlalchemy import delete, insert, select

from gateway.store.sessions import Reading, Writing
from gateway.store.tables import identity_hold as table


@dataclass(frozen=True, slots=True)
class IdentityHold:
    """Doubt that one source's data is about one person."""

    patient_key: str = field(repr=False)
    source: str
    reason: str
    held_at: datetime


def holds_of(reading: Reading, patient_key: str) -> tuple[IdentityHold, ...]:
    """List a person's holds, sorted by source."""
    rows = reading.connection.execute(
        select(table.c.patient_key, table.c.source, table.c.reason, table.c.held_at)
        .where(table.c.patient_key == patient_key)
        .order_by(table.c.source)
    )
    return tuple(IdentityHold(*row) for row in rows)


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
