"""Keep what a person answered when a user asked, in one session, whether their record may be viewed.

Decides nothing: `gateway/access` does. A person is a keyed hash; why they could not be asked stands in the audit alone.
"""

from dataclasses import asdict, dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, insert, select, update

from gateway.store.engine import Store
from gateway.store.sessions import ExemptWriting, Reading, Writing
from gateway.store.tables import view_permission as table
from gateway.store.words import PermissionAnswer


@dataclass(frozen=True, slots=True)
class ViewPermission:
    """One answer. `session` is a hash."""

    id: UUID
    decision_id: UUID
    patient_key: str = field(repr=False)
    user_id: str
    session: str = field(repr=False)
    answer: PermissionAnswer
    recorded_at: datetime


def permissions_of_session(
    reading: Reading, user_id: str, session: str
) -> tuple[ViewPermission, ...]:
    """List the answers that a user recorded in a session, the first first."""
    rows = reading.connection.execute(
        select(table)
        .where(table.c.user_id == user_id, table.c.session == session)
        .order_by(table.c.recorded_at, table.c.id)
    ).mappings()
    return tuple(
        ViewPermission(**{**row, "answer": PermissionAnswer(row["answer"])}) for row in rows
    )


def keep_permission(writing: Writing, permission: ViewPermission) -> None:
    """Keep a new answer."""
    writing.connection.execute(insert(table).values(asdict(permission)))


def move_permissions(writing: Writing, session: str, to_session: str) -> None:
    """Let a session's answers go on under the session's new id."""
    writing.connection.execute(
        update(table).where(table.c.session == session).values(session=to_session)
    )


async def drop_permissions_until(store: Store, at: datetime) -> int:
    """Delete what was recorded by an instant; say how many. The audit keeps each answer all the same."""
    return await store.write_exempt(_delete_until, at)


def _delete_until(writing: ExemptWriting, at: datetime) -> int:
    return writing.connection.execute(delete(table).where(table.c.recorded_at <= at)).rowcount
