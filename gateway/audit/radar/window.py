"""Read the last days of the audit for the radar, newest first, so that years of it are not gone through."""

from datetime import datetime

from sqlalchemy import select

from gateway.audit.entries import AuditEntry, entries_between
from gateway.audit.radar.accesses import Access, accesses_in
from gateway.store.engine import Store
from gateway.store.sessions import Reading
from gateway.store.tables import audit_entry

AT_ONCE = 1_000
"""Entries of one read: far less than a busy database gives within its deadline."""


async def accesses_since(store: Store, since: datetime) -> tuple[Access, ...]:
    """Give every opening and look-up recorded since an instant, in order of time.

    Numbers follow the order of commits and clocks nearly do: reading ends with the first part that is all older.
    Raises UnavailableError.
    """
    last = await store.read(_newest)
    found: list[AuditEntry] = []
    while last:
        part = await store.read(entries_between, last - AT_ONCE + 1, last)
        young = [each for each in part if each.recorded_at >= since]
        found += young
        last = max(0, last - AT_ONCE) if young else 0
    return accesses_in(found)


def _newest(reading: Reading) -> int:
    newest = audit_entry.c.sequence
    last = reading.connection.execute(select(newest).order_by(newest.desc()).limit(1)).scalar()
    return last or 0
