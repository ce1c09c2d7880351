"""Let one worker at a time do a task that all could do.

A lease saves work and guards nothing: its holder may be cut off and another take over, so what is done under it must
come out right if two do it. Exempt from "a write needs an event" (design decision 10).
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, or_, update

from gateway.store.engine import Store
from gateway.store.sessions import ExemptWriting
from gateway.store.tables import lease as table


@dataclass(frozen=True, slots=True)
class Lease:
    """A task by name, who would do it, and until when nobody else may."""

    name: str
    holder: str
    ends_at: datetime


async def take_lease(store: Store, wanted: Lease, now: datetime) -> bool:
    """Take or prolong a lease; say whether it is the holder's until it ends.

    One that ends more than twice as late as the wanted one was taken before the clock was set back, and is over.
    Raises: UnavailableError; also when another took it in the same moment.
    """
    return await store.write_exempt(_take, wanted, now)


def _take(writing: ExemptWriting, wanted: Lease, now: datetime) -> bool:
    # Hosts' clocks differ by a little: only an end that no clock near this one can have set is passed over (AI-07).
    too_late = wanted.ends_at + (wanted.ends_at - now)
    mine_or_over = or_(
        table.c.holder == wanted.holder, table.c.ends_at <= now, table.c.ends_at > too_late
    )
    taken = writing.connection.execute(
        update(table)
        .where(table.c.name == wanted.name, mine_or_over)
        .values(holder=wanted.holder, ends_at=wanted.ends_at)
    )
    return taken.rowcount > 0 or _begin(writing, wanted)


def _begin(writing: ExemptWriting, wanted: Lease) -> bool:
    there = writing.connection.execute(
        table.select().with_only_columns(table.c.name).where(table.c.name == wanted.name)
    ).first()
    if there is not None:
        return False
    writing.connection.execute(
        insert(table).values(name=wanted.name, holder=wanted.holder, ends_at=wanted.ends_at)
    )
    return True
