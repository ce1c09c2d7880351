"""Keep the vault's entries: by subject of the planning store, a number sealed under a key that no database holds.

Opens none. On PostgreSQL only the vault's own role reaches this table. That entries are kept is on record in the service's own
database, before (docs/decisions/0038): one transaction cannot span two roles.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

from sqlalchemy import bindparam, insert, select, update

from gateway.store.engine import Store
from gateway.store.sessions import ExemptWriting, Reading
from gateway.store.tables import vault_entry as table


@dataclass(frozen=True, slots=True)
class VaultEntry:
    """Whose number a subject stands for, sealed under the vault's key of this epoch."""

    subject: bytes = field(repr=False)
    epoch: int
    sealed: bytes = field(repr=False)


_AGAIN = (
    update(table)
    .where(table.c.subject == bindparam("of"))
    .values(epoch=bindparam("now_epoch"), sealed=bindparam("now_sealed"))
)


async def keep_entries(store: Store, entries: Sequence[VaultEntry]) -> None:
    """Keep entries, in place of older ones of the same subjects.

    Raises: UnavailableError; also when another kept one of them in the same moment.
    """
    await store.write_exempt(_keep, entries)


def entries_after(reading: Reading, subject: bytes, at_most: int) -> tuple[VaultEntry, ...]:
    """List so many entries in order of subjects, from the one after this; none when there are no more."""
    wanted = select(table).where(table.c.subject > subject).order_by(table.c.subject).limit(at_most)
    return tuple(VaultEntry(**row) for row in reading.connection.execute(wanted).mappings())


def _keep(writing: ExemptWriting, entries: Sequence[VaultEntry]) -> None:
    subjects = [each.subject for each in entries]
    found = select(table.c.subject, table.c.sealed).where(table.c.subject.in_(subjects))
    kept = {row.subject: row.sealed for row in writing.connection.execute(found)}
    new = [asdict(each) for each in entries if each.subject not in kept]
    again = [
        {"of": each.subject, "now_epoch": each.epoch, "now_sealed": each.sealed}
        for each in entries
        if kept.get(each.subject, each.sealed) != each.sealed
    ]
    if new:
        writing.connection.execute(insert(table), new)
    if again:
        writing.connection.execute(_AGAIN, again)
