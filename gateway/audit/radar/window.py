"""Read the last days of the audit for the radar, newest first, so that years of it are not gone through."""

from datetime import datetime

from sqlalchemy import select

from gateway.audit.entries import AuditEntry, entries_between
from gateway.audit.radar.accesses import Access, accesses_in
from gateway.store.sessions import Reading
from gateway.store.tables import audit_entry

AT_ONCE = 5_000
"""Entries of one read: a few megabytes."""


def accesses_since(reading: Reading, since: datetime) -> tuple[Access, ...]:
    """Give every opening and look-up recorded since an instant, in order of time.

    Numbers follow the order of commits and clocks nearly do: reading ends with the first part that is all older.
    """
    newest = audit_entry.c.sequence
    last = reading.connection.execute(select(newest).order_by(newest.desc()).limit(1)).scalar()
    found: list[AuditEntry] = []
    while last:
        part = entries_between(reading, last - AT_ONCE + 1, last)
        young = [each for each in part if each.recorded_at >= since]
        found += young
        last = max(0, last - AT_ONCE) if young else 0
    return accesses_in(found)
