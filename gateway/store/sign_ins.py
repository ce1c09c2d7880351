"""Keep the server's side of web sessions.

Does not decide when a session has idled too long: `gateway/identity` does. Holds a hash of the session
id, so that reading the table does not let anyone in (OWASP ASVS 3.2).
"""

from dataclasses import asdict, dataclass, field
from datetime import datetime

from sqlalchemy import bindparam, delete, insert, select, update

from gateway.store.engine import Store
from gateway.store.sessions import ExemptWriting, Reading, Writing
from gateway.store.tables import sign_in as table


@dataclass(frozen=True, slots=True)
class SignIn:
    """One web session: `subject` is JSON of who it is, `provider_session` the OpenID provider's `sid`."""

    id_hash: str = field(repr=False)
    user_id: str
    subject: bytes
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    provider_session: str | None = None


_BY_ID = select(
    table.c.id_hash,
    table.c.user_id,
    table.c.subject,
    table.c.created_at,
    table.c.last_seen_at,
    table.c.expires_at,
    table.c.provider_session,
).where(table.c.id_hash == bindparam("id_hash"))


def sign_in_of(reading: Reading, id_hash: str) -> SignIn | None:
    """Find a session, expired or not."""
    row = reading.connection.execute(_BY_ID, {"id_hash": id_hash}).one_or_none()
    return None if row is None else SignIn(*row)


def begin_sign_in(writing: Writing, sign_in: SignIn) -> None:
    """Keep a new session."""
    writing.connection.execute(insert(table).values(asdict(sign_in)))


def end_sign_in(writing: Writing, id_hash: str) -> bool:
    """End a session; say whether there was one."""
    return writing.connection.execute(delete(table).where(table.c.id_hash == id_hash)).rowcount > 0


def end_provider_session(writing: Writing, provider_session: str) -> int:
    """End every session that came of one session at the OpenID provider; say how many."""
    return writing.connection.execute(
        delete(table).where(table.c.provider_session == provider_session)
    ).rowcount


async def touch_sign_in(store: Store, id_hash: str, at: datetime) -> None:
    """Note that a session was used; exempt from "a write needs an event", and never moves back."""
    await store.write_exempt(_touch, id_hash, at)


async def drop_expired_sign_ins(store: Store, at: datetime) -> int:
    """Delete sessions past their absolute end; say how many."""
    return await store.write_exempt(_delete_expired, at)


def _touch(writing: ExemptWriting, id_hash: str, at: datetime) -> None:
    writing.connection.execute(
        update(table)
        .where(table.c.id_hash == id_hash, table.c.last_seen_at < at)
        .values(last_seen_at=at)
    )


def _delete_expired(writing: ExemptWriting, at: datetime) -> int:
    return writing.connection.execute(delete(table).where(table.c.expires_at <= at)).rowcount
