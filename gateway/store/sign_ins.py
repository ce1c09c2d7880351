"""Keep the server's side of web sessions.

Does not decide when a session has idled too long: `gateway/identity` does. Holds a hash of the session
id, so that reading the table does not let anyone in (OWASP ASVS 3.2).
"""

from dataclasses import asdict, dataclass, field
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    and_,
    bindparam,
    delete,
    false,
    func,
    insert,
    or_,
    select,
    update,
)

from gateway.store.engine import Store
from gateway.store.sessions import ExemptWriting, Reading, Writing
from gateway.store.tables import sign_in as table


@dataclass(frozen=True, slots=True)
class SignIn:
    """One web session: `subject` is JSON of who it is, `provider_session` the `sid` of the provider `issuer`."""

    id_hash: str = field(repr=False)
    user_id: str
    subject: bytes
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    provider_session: str | None = None
    role_profile_id: str | None = None
    issuer: str | None = None


_BY_ID = select(
    table.c.id_hash,
    table.c.user_id,
    table.c.subject,
    table.c.created_at,
    table.c.last_seen_at,
    table.c.expires_at,
    table.c.provider_session,
    table.c.role_profile_id,
    table.c.issuer,
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


@dataclass(frozen=True, slots=True)
class ProviderSessions:
    """Sessions that came of one provider: of one person, of one session there, or of that person's that session."""

    issuer: str
    user_id: str | None
    provider_session: str | None

    @property
    def condition(self) -> ColumnElement[bool]:
        """Give what holds of these sessions alone."""
        told = {"user_id": self.user_id, "provider_session": self.provider_session}
        named = [table.c[name] == value for name, value in told.items() if value is not None]
        # Without either name the provider would end everybody's sessions.
        return and_(table.c.issuer == self.issuer, *(named or [false()]))


def count_provider_sessions(reading: Reading, sessions: ProviderSessions) -> int:
    """Say how many sessions came of what a provider names."""
    found = select(func.count()).select_from(table).where(sessions.condition)
    return reading.connection.execute(found).scalar_one()


def end_provider_sessions(writing: Writing, sessions: ProviderSessions) -> int:
    """End every session that came of what a provider names; say how many."""
    return writing.connection.execute(delete(table).where(sessions.condition)).rowcount


def end_sign_ins_of(writing: Writing, user_id: str, role_profile_id: str | None) -> int:
    """End a person's sessions, those in one role profile or all; say how many."""
    whose = [table.c.user_id == user_id]
    if role_profile_id is not None:
        # A session that waits for a choice may end in any role.
        whose.append(
            or_(table.c.role_profile_id == role_profile_id, table.c.role_profile_id.is_(None))
        )
    return writing.connection.execute(delete(table).where(*whose)).rowcount


def renew_sign_in(writing: Writing, id_hash: str, to_id_hash: str) -> bool:
    """Let a session go on under a new id, the old one being nobody's; say whether there was one."""
    return (
        writing.connection.execute(
            update(table).where(table.c.id_hash == id_hash).values(id_hash=to_id_hash)
        ).rowcount
        > 0
    )


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
