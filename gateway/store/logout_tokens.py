"""Remember which logout tokens were heard, until they run out, so that each counts once.

Knows no provider: only a hash is kept.
"""

from datetime import datetime

from sqlalchemy import delete, exists, insert, select

from gateway.store.engine import Store
from gateway.store.sessions import ExemptWriting, Writing
from gateway.store.tables import logout_token as table


def take_once(writing: Writing, digest: str, expires_at: datetime) -> bool:
    """Remember a token; say whether it had not been heard before."""
    known = select(exists(select(table.c.digest).where(table.c.digest == digest)))
    if writing.connection.execute(known).scalar_one():
        return False
    writing.connection.execute(insert(table).values(digest=digest, expires_at=expires_at))
    return True


async def drop_expired_logout_tokens(store: Store, at: datetime) -> int:
    """Forget tokens that have run out; say how many."""
    return await store.write_exempt(_delete_expired, at)


def _delete_expired(writing: ExemptWriting, at: datetime) -> int:
    return writing.connection.execute(delete(table).where(table.c.expires_at <= at)).rowcount
