"""Search the audit for what was done about one person, the latest first, a page at a time.

Reads only, and says nothing of who may: `gateway/patient/audit_reading.py` does.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, select

from gateway.audit.canonical import escaped
from gateway.audit.entries import entries_between, last_sequence, latest_entries
from gateway.audit.told import Told, told_with_row_a
from gateway.store.sessions import Reading
from gateway.store.tables import audit_entry

NOBODYS_NUMBER = 0
"""Entries are numbered from one."""


@dataclass(frozen=True, slots=True)
class AuditSearch:
    """What is searched for: `patients` are all the opaque ids of one person, `since` is inclusive and `until` exclusive."""

    patients: frozenset[str] = field(repr=False)
    user_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class AuditPlace:
    """Where a search goes on: below `before`, among what was there when it began, up to `newest`."""

    newest: int
    before: int


@dataclass(frozen=True, slots=True)
class AuditPage:
    """A page of a search: the latest first, how many there are on all pages, and where the next begins, if one does."""

    told: Sequence[Told]
    total: int
    following: AuditPlace | None


def page_of(
    reading: Reading, search: AuditSearch, place: AuditPlace | None, count: int
) -> AuditPage:
    """Read one page; `place` is None for the first, which says where the search ends for good."""
    at = place or _start(reading)
    matching = _condition(search, at.newest)
    total = reading.connection.execute(
        select(func.count()).select_from(audit_entry).where(matching)
    ).scalar_one()
    entries = latest_entries(reading, count + 1, matching, audit_entry.c.sequence < at.before)
    shown = entries[:count]
    following = AuditPlace(at.newest, shown[-1].sequence) if len(entries) > count else None
    return AuditPage(told_with_row_a(reading, shown), total, following)


def numbered(reading: Reading, sequence: int) -> Told | None:
    """Read one entry by its number."""
    return next(iter(told_with_row_a(reading, entries_between(reading, sequence, sequence))), None)


def _start(reading: Reading) -> AuditPlace:
    newest = last_sequence(reading)
    return AuditPlace(newest, newest + 1)


def _condition(search: AuditSearch, newest: int) -> ColumnElement[bool]:
    conditions = [
        audit_entry.c.patient.in_(search.patients),
        audit_entry.c.sequence <= newest,
        audit_entry.c.body.is_not(None),
    ]
    if search.user_id is not None:
        conditions.append(audit_entry.c.user_id == escaped(search.user_id))
    if search.since is not None:
        conditions.append(audit_entry.c.recorded_at >= search.since)
    if search.until is not None:
        conditions.append(audit_entry.c.recorded_at < search.until)
    return and_(*conditions)
