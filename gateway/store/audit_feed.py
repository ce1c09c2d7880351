"""Keep how far a receiver of the audit has confirmed what it was sent.

Sends nothing. Going on is exempt from "a write needs an event" (design decision 10): it is where a task stands, and says
nothing of anybody. Going back is part of beginning a log anew.
"""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import delete, insert, select, update

from gateway.store.engine import Store
from gateway.store.sessions import ExemptWriting, Reading, Writing
from gateway.store.tables import audit_feed as table


@dataclass(frozen=True, slots=True)
class Advance:
    """A receiver confirmed all through `through` at an instant, having confirmed all through `after` before."""

    receiver: str = field(repr=False)
    after: int
    through: int
    at: datetime


def fed_through(reading: Reading, receiver: str) -> int:
    """Give the number of the last entry that a receiver confirmed; 0 for one that confirmed none."""
    found = reading.connection.execute(
        select(table.c.sequence).where(table.c.receiver == receiver)
    ).scalar_one_or_none()
    return found or 0


async def advance(store: Store, by: Advance) -> bool:
    """Go on from where it stood; say whether it stood there, for somebody else may have gone on meanwhile.

    Raises: UnavailableError.
    """
    return await store.write_exempt(_advance, by)


def set_back(writing: Writing, through: int, at: datetime) -> None:
    """Have every receiver sent again what comes after an entry, whatever it confirmed under those numbers."""
    beyond = table.c.sequence > through
    if through == 0:
        # To stand at no entry is to have no row.
        writing.connection.execute(delete(table).where(beyond))
    else:
        moved = update(table).where(beyond).values(sequence=through, confirmed_at=at)
        writing.connection.execute(moved)


def _advance(writing: ExemptWriting, by: Advance) -> bool:
    if fed_through(writing, by.receiver) != by.after:
        return False
    if by.after == 0:
        writing.connection.execute(
            insert(table).values(receiver=by.receiver, sequence=by.through, confirmed_at=by.at)
        )
        return True
    moved = writing.connection.execute(
        update(table)
        .where(table.c.receiver == by.receiver, table.c.sequence == by.after)
        .values(sequence=by.through, confirmed_at=by.at)
    )
    return moved.rowcount > 0
