"""Keep proposed changes of policy, and the list of the people who may make them.

Decides nothing: `gateway/access` says who may, `gateway/policy` what a draft is.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import orjson
from sqlalchemy import Row, delete, insert, select, update

from gateway.store.sessions import Reading, Writing
from gateway.store.tables import policy_administrator as administrator_table
from gateway.store.tables import policy_draft as draft_table


@dataclass(frozen=True, slots=True)
class Draft:
    """A proposed change: rules, and the list of administrators where that is to change too.

    `digest` is the hash of what was proposed.
    """

    id: UUID
    based_on: str
    version: str
    administrators: tuple[str, ...] | None
    why: str
    needs_guardian: bool
    digest: str
    proposed_at: datetime
    proposed_by: str
    approved_at: datetime | None = None
    approved_by: str | None = None
    activated_at: datetime | None = None
    activated_by: str | None = None


def draft_of(reading: Reading, draft_id: UUID) -> Draft | None:
    """Give one draft."""
    row = reading.connection.execute(
        select(draft_table).where(draft_table.c.id == draft_id)
    ).one_or_none()
    return None if row is None else _draft(row)


def drafts(reading: Reading, at_most: int) -> tuple[Draft, ...]:
    """List drafts, latest first."""
    rows = reading.connection.execute(
        select(draft_table)
        .order_by(draft_table.c.proposed_at.desc(), draft_table.c.id)
        .limit(at_most)
    )
    return tuple(_draft(row) for row in rows)


def add_draft(writing: Writing, draft: Draft) -> None:
    """Keep a draft that nobody has approved."""
    writing.connection.execute(
        insert(draft_table).values(
            id=draft.id,
            based_on=draft.based_on,
            version=draft.version,
            administrators=_written(draft.administrators),
            why=draft.why,
            needs_guardian=draft.needs_guardian,
            digest=draft.digest,
            proposed_at=draft.proposed_at,
            proposed_by=draft.proposed_by,
        )
    )


def approve_draft(writing: Writing, draft: Draft, by: str, at: datetime) -> bool:
    """Note a second person's agreement to a draft as it was read; say whether it was still open to one."""
    changed = writing.connection.execute(
        update(draft_table)
        .where(draft_table.c.id == draft.id, draft_table.c.digest == draft.digest)
        .where(draft_table.c.approved_by.is_(None), draft_table.c.proposed_by != by)
        .values(approved_at=at, approved_by=by)
    )
    return changed.rowcount == 1


def use_draft(writing: Writing, draft: Draft, by: str, at: datetime) -> bool:
    """Note that a draft became active, and name its administrators; say whether it was still open to that."""
    changed = writing.connection.execute(
        update(draft_table)
        .where(draft_table.c.id == draft.id, draft_table.c.digest == draft.digest)
        .where(draft_table.c.approved_by.is_not(None), draft_table.c.activated_at.is_(None))
        .values(activated_at=at, activated_by=by)
    )
    if changed.rowcount == 1 and draft.administrators is not None:
        writing.connection.execute(delete(administrator_table))
        _name(writing, draft.administrators, at)
    return changed.rowcount == 1


def administrators(reading: Reading) -> tuple[str, ...]:
    """List who may change the policy, by subject; nobody before the first are named."""
    rows = reading.connection.execute(
        select(administrator_table.c.user_id).order_by(administrator_table.c.user_id)
    )
    return tuple(rows.scalars())


def name_first_administrators(writing: Writing, subjects: tuple[str, ...], at: datetime) -> bool:
    """Name them if nobody was named before; say whether they were."""
    if administrators(writing):
        return False
    _name(writing, subjects, at)
    return True


def _name(writing: Writing, subjects: tuple[str, ...], at: datetime) -> None:
    rows = [{"user_id": subject, "named_at": at} for subject in subjects]
    writing.connection.execute(insert(administrator_table), rows)


def _draft(row: Row[tuple[object, ...]]) -> Draft:
    fields = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's public name for a row by column
    named = fields["administrators"]
    return Draft(
        **{**fields, "administrators": None if named is None else tuple(orjson.loads(named))}
    )


def _written(subjects: tuple[str, ...] | None) -> bytes | None:
    return None if subjects is None else orjson.dumps(subjects)
