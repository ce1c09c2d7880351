"""Say what a piece of database work may do, by the type of the session that it takes.

Opens nothing. `Writing` is made by `gateway/audit` alone, after the event that allows it
(architecture, "No record, no effect"); a test keeps it so.
"""

from dataclasses import dataclass

from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class Reading:
    """One snapshot of the database; used in the thread that was given it, never kept."""

    connection: Connection


@dataclass(frozen=True, slots=True)
class Writing(Reading):
    """A transaction that already holds the audit entry of what is done in it."""


@dataclass(frozen=True, slots=True)
class ExemptWriting(Reading):
    """A transaction for the few writes that need no audit entry: session touch, page snapshots, expiry."""
