"""Keep who asked whose a coded record is, and who agreed.

Decides nothing. What the project calls the person stands here only until an end; whose record it was, never.
"""

from dataclasses import asdict, dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import RowMapping, Update, func, insert, select, update

from gateway.store.sessions import Reading, Writing
from gateway.store.tables import reidentification as table
from gateway.store.words import ReidentificationEnd, ReidentificationReason


@dataclass(frozen=True, slots=True)
class Reidentification:
    """One person asked about, from `asked_at` until just before `ends_at`; `person` is None once it has ended."""

    id: UUID
    decision_id: UUID
    project: str
    recipient: str
    epoch: int
    person: str | None = field(repr=False)
    user_id: str
    role: str
    organisation: str
    reason_code: ReidentificationReason
    reason: str = field(repr=False)
    asked_at: datetime
    ends_at: datetime
    approved_at: datetime | None = None
    approved_by: str | None = None
    ended_at: datetime | None = None
    ended_by: ReidentificationEnd | None = None


@dataclass(frozen=True, slots=True)
class AskedLately:
    """How many somebody, and their whole organisation, asked about."""

    by_user: int
    by_organisation: int


def reidentification_of(reading: Reading, of: UUID) -> Reidentification | None:
    """Give one, or None."""
    row = reading.connection.execute(select(table).where(table.c.id == of)).mappings().first()
    return None if row is None else _read(row)


def waiting_reidentifications(reading: Reading, now: datetime) -> tuple[Reidentification, ...]:
    """List those that wait for somebody to agree, the oldest first."""
    wanted = select(table).where(
        table.c.ended_at.is_(None), table.c.approved_at.is_(None), table.c.ends_at > now
    )
    rows = reading.connection.execute(wanted.order_by(table.c.asked_at, table.c.id)).mappings()
    return tuple(_read(row) for row in rows)


def asked_lately(reading: Reading, user_id: str, organisation: str, since: datetime) -> AskedLately:
    """Count what was asked after an instant, whatever became of it."""
    counted = select(func.count()).select_from(table).where(table.c.asked_at > since)
    by_user = counted.where(table.c.user_id == user_id)
    by_organisation = counted.where(table.c.organisation == organisation)
    return AskedLately(
        reading.connection.execute(by_user).scalar_one(),
        reading.connection.execute(by_organisation).scalar_one(),
    )


def keep_reidentification(
    writing: Writing, asked: Reidentification, most: int, since: datetime
) -> bool:
    """Keep a new one; say whether it was kept, which it is not beyond so many since an instant."""
    lately = asked_lately(writing, asked.user_id, asked.organisation, since)
    if max(lately.by_user, lately.by_organisation) >= most:
        return False
    writing.connection.execute(insert(table).values(asdict(asked)))
    return True


def approve_reidentification(writing: Writing, of: UUID, by: str, at: datetime) -> bool:
    """Note who agreed; say whether it still waited for that, and for somebody else than who asked."""
    open_yet = _open(of, at).where(table.c.approved_at.is_(None), table.c.user_id != by)
    found = writing.connection.execute(open_yet.values(approved_at=at, approved_by=by))
    return found.rowcount > 0


def end_reidentification(
    writing: Writing, of: UUID, ended_by: ReidentificationEnd, at: datetime
) -> bool:
    """End one, and forget who was asked about; say whether it was there to be ended."""
    ended = _open(of, at).values(ended_at=at, ended_by=ended_by, person=None)
    return writing.connection.execute(ended).rowcount > 0


def end_overdue_reidentifications(writing: Writing, now: datetime) -> None:
    """End all whose time is over, and forget who was asked about."""
    over = update(table).where(table.c.ended_at.is_(None), table.c.ends_at <= now)
    ended = {"ended_at": now, "ended_by": ReidentificationEnd.EXPIRED, "person": None}
    writing.connection.execute(over.values(ended))


def _open(of: UUID, at: datetime) -> Update:
    return update(table).where(table.c.id == of, table.c.ended_at.is_(None), table.c.ends_at > at)


def _read(row: RowMapping) -> Reidentification:
    told = dict(row)
    told["reason_code"] = ReidentificationReason(told["reason_code"])
    if told["ended_by"] is not None:
        told["ended_by"] = ReidentificationEnd(told["ended_by"])
    return Reidentification(**told)
