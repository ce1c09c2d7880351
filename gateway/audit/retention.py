"""Delete what old entries say once their time of retention is over, so that the rest can still be proven.

The leaf hash of each stays, and so does its number. The deletion is an entry itself, and the first entry that it leaves
shows how old those before it were (docs/audit-format.md, section 5, rule 7). Needs the database's owner: the service's own
role may not change an entry (docs/audit.md).
"""

import asyncio
from datetime import datetime

from sqlalchemy import ColumnElement, func, select, update

from gateway.audit.acts import AuditAction, EntriesPurged
from gateway.audit.log import AuditLog
from gateway.store.audit_tree import latest_checkpoint
from gateway.store.engine import Store
from gateway.store.sessions import Reading, Writing
from gateway.store.tables import audit_entry

LEAST_YEARS = 8
"""As long as an adult's record after its last use (Records Management Code of Practice 2021); that the audit follows
the record is judgement. Records of children, of mental health and of general practice are kept longer: their audit is
kept by asking for an earlier date."""


_STAYING = (AuditAction.ENTRIES_PURGED.value, AuditAction.LOG_BEGUN_ANEW.value)
"""Without them nobody could check the log any more. They name nobody but a command."""

ROWS_AT_ONCE = 5_000
"""A fraction of a second: within the time that a statement has, and that other writers wait for their turn."""

_READ_AT_ONCE = 50_000
"""Likewise, of a reading that only compares."""

PAUSE_SECONDS = 0.2
"""As long as a writer of SQLite sleeps at most before it tries again, and once more: requests go on meanwhile."""


async def purge_old(
    store: Store, log: AuditLog, event: EntriesPurged, rows_at_once: int = ROWS_AT_ONCE
) -> int:
    """Delete what the entries below the number `through` of an event say, by steps that are each on record.

    Gives how many it were. What a step that failed has left is deleted by the next purge.
    """
    gone = 0
    for first in range(1, event.through, rows_at_once):
        last = min(first + rows_at_once, event.through) - 1
        if await store.read(_is_any_left, first, last):
            gone += await _purge(log, event, first, last)
            await asyncio.sleep(PAUSE_SECONDS)
    return gone


def purgeable_through(reading: Reading, recorded_before: datetime) -> int:
    """Give the number of the last entry before which, and with which, all were recorded earlier and are proven."""
    checkpoint = latest_checkpoint(reading)
    proven = 0 if checkpoint is None else checkpoint.size
    for first in range(1, proven + 1, _READ_AT_ONCE):
        last = min(first + _READ_AT_ONCE - 1, proven)
        younger = audit_entry.c.recorded_at >= recorded_before
        found = select(func.min(audit_entry.c.sequence)).where(_numbered(first, last), younger)
        first_kept: int | None = reading.connection.execute(found).scalar_one()
        if first_kept is not None:
            return first_kept - 1
    return proven


def purge(writing: Writing, first: int, last: int) -> int:
    """Delete what these entries say, but for those that tell of the log itself; give how many it were."""
    done = writing.connection.execute(
        update(audit_entry)
        .where(*_left(first, last))
        .values(body=None, patient=None, user_id=None, decision_id=None)
    )
    return done.rowcount


async def _purge(log: AuditLog, event: EntriesPurged, first: int, last: int) -> int:
    async with log.recorded(event) as session:
        return await session.do(purge, first, last)


def _is_any_left(reading: Reading, first: int, last: int) -> bool:
    found = select(audit_entry.c.sequence).where(*_left(first, last)).limit(1)
    return reading.connection.execute(found).first() is not None


def _left(first: int, last: int) -> tuple[ColumnElement[bool], ...]:
    saying = audit_entry.c.body.is_not(None)
    return _numbered(first, last), saying, audit_entry.c.kind.not_in(_STAYING)


def _numbered(first: int, last: int) -> ColumnElement[bool]:
    return audit_entry.c.sequence.between(first, last)
