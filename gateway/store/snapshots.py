"""Keep the encrypted snapshots from which further pages are served.

Does not encrypt: only the cursor holds the key. Exempt from "a write needs an event", because every
page served from one has its own audit entries.
"""

from dataclasses import asdict, dataclass, field
from datetime import datetime

from sqlalchemy import delete, insert, select

from gateway.store.engine import Store
from gateway.store.sessions import ExemptWriting, Reading
from gateway.store.tables import page_snapshot as table


@dataclass(frozen=True, slots=True)
class SnapshotBinding:
    """Whose snapshot it is; nobody else finds it."""

    snapshot_id: str
    user_id: str
    session_id: str
    patient: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class PageSnapshot:
    """An encrypted snapshot and the instant from which it is gone."""

    binding: SnapshotBinding
    body: bytes = field(repr=False)
    expires_at: datetime


def snapshot_of(reading: Reading, binding: SnapshotBinding, at: datetime) -> bytes | None:
    """Give the encrypted body, or None if there is none for this user, session and patient any more."""
    return reading.connection.execute(
        select(table.c.body).where(
            table.c.id == binding.snapshot_id,
            table.c.user_id == binding.user_id,
            table.c.session_id == binding.session_id,
            table.c.patient == binding.patient,
            table.c.expires_at > at,
        )
    ).scalar_one_or_none()


async def keep_snapshot(store: Store, snapshot: PageSnapshot) -> None:
    """Keep a snapshot until it expires."""
    await store.write_exempt(_insert, snapshot)


async def drop_expired_snapshots(store: Store, at: datetime) -> int:
    """Delete what has expired; say how many."""
    return await store.write_exempt(_delete_expired, at)


def _insert(writing: ExemptWriting, snapshot: PageSnapshot) -> None:
    row = asdict(snapshot.binding)
    row["id"] = row.pop("snapshot_id")
    writing.connection.execute(
        insert(table).values(body=snapshot.body, expires_at=snapshot.expires_at, **row)
    )


def _delete_expired(writing: ExemptWriting, at: datetime) -> int:
    return writing.connection.execute(delete(table).where(table.c.expires_at <= at)).rowcount
