"""Keep who has to do with whose care, and since when.

Does not decide whether a relationship suffices: `gateway/access` does.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, delete, insert, or_, select, update

from gateway.errors import ConflictError
from gateway.store.sessions import Reading, Writing
from gateway.store.tables import relationship as table
from gateway.store.words import RelationshipType


@dataclass(frozen=True, slots=True)
class Relationship:
    """One reason to be involved in a person's care, from `starts_at` until just before `ends_at`.

    `patient_key` is a keyed hash of the NHS number in hex. `team` and `user_id` narrow it within the
    organisation; None means all of it. `basis` says what founds it, `source` who said so.
    """

    id: UUID
    patient_key: str = field(repr=False)
    organisation: str
    type: RelationshipType
    basis: str
    starts_at: datetime
    ends_at: datetime | None
    source: str
    team: str | None = None
    user_id: str | None = None


_IN_FORCE = (
    select(
        table.c.id,
        table.c.patient_key,
        table.c.organisation,
        table.c.type,
        table.c.basis,
        table.c.starts_at,
        table.c.ends_at,
        table.c.source,
        table.c.team,
        table.c.user_id,
    )
    .where(
        table.c.patient_key == bindparam("patient_key"),
        table.c.starts_at <= bindparam("at"),
        or_(table.c.ends_at.is_(None), table.c.ends_at > bindparam("at")),
    )
    .order_by(table.c.starts_at, table.c.id)
)


def relationships_of(reading: Reading, patient_key: str, at: datetime) -> tuple[Relationship, ...]:
    """List the relationships of a person that are in force at an instant, oldest first."""
    rows = reading.connection.execute(_IN_FORCE, {"patient_key": patient_key, "at": at})
    return tuple(
        Relationship(id_, key, organisation, RelationshipType(type_), *rest)
        for id_, key, organisation, type_, *rest in rows
    )


def add_relationships(writing: Writing, relationships: Sequence[Relationship]) -> None:
    """Keep new relationships."""
    if relationships:
        writing.connection.execute(insert(table), [asdict(each) for each in relationships])


def replace_relationships(
    writing: Writing, source: str, relationships: Sequence[Relationship]
) -> None:
    """Keep these as all that `source` says, in place of what it said before."""
    writing.connection.execute(delete(table).where(table.c.source == source))
    add_relationships(writing, relationships)


def end_relationship(writing: Writing, relationship_id: UUID, ends_at: datetime) -> bool:
    """End a relationship that has not ended; say whether there was one.

    Raises ConflictError when it starts later than that: what never was in force is not ended, it is replaced.
    """
    starts_later = select(table.c.id).where(
        table.c.id == relationship_id, table.c.starts_at > ends_at
    )
    if writing.connection.execute(starts_later).first() is not None:
        raise ConflictError("The relationship starts later than that, so it cannot end then.")
    ended = writing.connection.execute(
        update(table)
        .where(
            table.c.id == relationship_id, or_(table.c.ends_at.is_(None), table.c.ends_at > ends_at)
        )
        .values(ends_at=ends_at)
    )
    return ended.rowcount > 0
