"""Keep which releases an agreement names: of which dataset, for which project, to whom.

Does not decide what follows from it: `gateway/access` does. What an agreement names is never changed; it ends with it.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import RowMapping, insert, select

from gateway.store.sessions import Reading, Writing
from gateway.store.tables import agreement_feed as table


@dataclass(frozen=True, slots=True, order=True)
class Feed:
    """What one project's recipient may be given. `ethics` is an ethics approval's id, with its end, where there is one."""

    dataset: str
    project: str
    recipient: str
    ethics: str | None = None
    ethics_ends_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class AgreedFeed:
    """A feed, and the agreement that names it."""

    agreement: str
    feed: Feed


def feeds_to(reading: Reading, recipient: str) -> tuple[AgreedFeed, ...]:
    """List what was ever agreed to be given to a recipient, in force or not."""
    wanted = select(table).where(table.c.recipient == recipient).order_by(table.c.agreement)
    return tuple(_feed(row) for row in reading.connection.execute(wanted).mappings())


def feeds_of(reading: Reading) -> tuple[AgreedFeed, ...]:
    """List what every agreement names."""
    return tuple(_feed(row) for row in reading.connection.execute(select(table)).mappings())


def add_feeds(writing: Writing, agreement: str, feeds: Iterable[Feed]) -> None:
    """Keep what a new agreement names."""
    rows = [{"agreement": agreement, **asdict(each)} for each in feeds]
    if rows:
        writing.connection.execute(insert(table), rows)


def _feed(row: RowMapping) -> AgreedFeed:
    told = dict(row)
    return AgreedFeed(told.pop("agreement"), Feed(**told))
