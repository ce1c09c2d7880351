"""Keep with which job roles the gateway last started, as a hash.

Holds no role: the settings and the built-in table do.
"""

from sqlalchemy import delete, insert, select

from gateway.store.sessions import Reading, Writing
from gateway.store.tables import job_role_digest as table


def recorded_digest(reading: Reading) -> str | None:
    """Give the hash of the job roles at the last start; None before the first that was kept."""
    return reading.connection.execute(select(table.c.digest)).scalar_one_or_none()


def keep_digest(writing: Writing, digest: str) -> None:
    """Keep the hash of the job roles of this start."""
    writing.connection.execute(delete(table))
    writing.connection.execute(insert(table).values(id=1, digest=digest))
