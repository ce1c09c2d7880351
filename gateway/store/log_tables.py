"""Lay out the tables of the audit log and of its tree, of where it is fed to, and of leases for what one worker does.

The service's database role needs no more than INSERT and SELECT on the first three (docs/audit.md).
"""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    Text,
    Uuid,
)

from gateway.store.metadata import metadata
from gateway.store.types import UtcDateTime

# SQLite makes only a column typed INTEGER its row id; a BIGINT key would cost a second index.
_NUMBER = BigInteger().with_variant(Integer, "sqlite")

audit_entry = Table(
    "audit_entry",
    metadata,
    Column("sequence", _NUMBER, primary_key=True, autoincrement=False),
    Column("kind", String(64), nullable=False),
    Column("decision_id", Uuid, nullable=True, index=True),
    Column("recorded_at", UtcDateTime, nullable=False),
    Column("patient", Text, nullable=True, index=True),
    Column("user_id", Text, nullable=True),
    Column("body", LargeBinary, nullable=True),
    Column("leaf", LargeBinary, nullable=False),
    CheckConstraint("sequence > 0", name="sequence"),
    CheckConstraint("length(kind) > 0", name="kind"),
    # In order of their numbers, or PostgreSQL looks for somebody's last entry by reading the log backwards.
    Index("ix_audit_entry_user_id", "user_id", "sequence"),
    Index("ix_audit_entry_kind", "kind", "sequence"),
)

audit_node = Table(
    "audit_node",
    metadata,
    Column("tile_level", SmallInteger, primary_key=True, autoincrement=False),
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("hash", LargeBinary, nullable=False),
    CheckConstraint("tile_level > 0", name="tile_level"),
    CheckConstraint("length(hash) = 32", name="hash"),
)

audit_checkpoint = Table(
    "audit_checkpoint",
    metadata,
    Column("size", _NUMBER, primary_key=True, autoincrement=False),
    Column("note", Text, nullable=False),
    Column("signed_at", UtcDateTime, nullable=False),
    CheckConstraint("size > 0", name="size"),
)

# By receiver, so that a new one is sent everything.
audit_feed = Table(
    "audit_feed",
    metadata,
    Column("receiver", String(500), primary_key=True),
    Column("sequence", BigInteger, nullable=False),
    Column("confirmed_at", UtcDateTime, nullable=False),
    CheckConstraint("sequence > 0", name="sequence"),
)

lease = Table(
    "lease",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("holder", String(64), nullable=False),
    Column("ends_at", UtcDateTime, nullable=False),
)
