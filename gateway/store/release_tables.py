"""Lay out the tables of releases of the planning side: what was asked for, how far it is, and who fetched what of it.

As in `tables.py`: nothing of any person, and a change here needs a migration. A row is never deleted: of what has ended
it is the tombstone.
"""

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    Uuid,
)

from gateway.store.metadata import metadata, one_of
from gateway.store.types import UtcDateTime
from gateway.store.words import ReleaseState
from rbac.types import Purpose

data_release = Table(
    "data_release",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("project", String(64), nullable=False, index=True),
    Column("recipient", String(64), nullable=False),
    Column("dataset", String(64), nullable=False),
    Column("purpose_of_use", String(16), nullable=False),
    Column("purpose", Text, nullable=False),
    Column("legal_basis", Text, nullable=False),
    Column("agreement", String(64), nullable=False),
    Column("ends_on", Date, nullable=False),
    Column("setting", Text, nullable=False),
    Column("requested_at", UtcDateTime, nullable=False),
    Column("requested_by", Text, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("state", String(16), nullable=False, index=True),
    Column("generation", Integer, nullable=False),
    Column("approved_at", UtcDateTime, nullable=True),
    Column("approved_by", Text, nullable=True),
    Column("epoch", Integer, nullable=True),
    Column("plan", LargeBinary, nullable=True),
    Column("published_at", UtcDateTime, nullable=True),
    Column("manifest_sha256", String(64), nullable=True),
    Column("expires_at", UtcDateTime, nullable=True),
    Column("ended_at", UtcDateTime, nullable=True),
    Column("ended_by", Text, nullable=True),
    Column("why", LargeBinary, nullable=False),
    Column("certificate", LargeBinary, nullable=True),
    CheckConstraint(one_of("purpose_of_use", Purpose), name="purpose_of_use"),
    CheckConstraint(one_of("state", ReleaseState), name="state"),
    CheckConstraint("generation > 0", name="generation"),
    CheckConstraint(
        "(approved_at IS NULL) = (approved_by IS NULL) AND (approved_by IS NULL OR approved_by <> requested_by)",
        name="somebody_else",
    ),
    CheckConstraint(
        "(published_at IS NULL) = (manifest_sha256 IS NULL) AND (published_at IS NULL) = (expires_at IS NULL)"
        " AND (published_at IS NULL"
        " OR (approved_at IS NOT NULL AND epoch IS NOT NULL AND plan IS NOT NULL))",
        name="published",
    ),
    CheckConstraint("(ended_at IS NULL) = (ended_by IS NULL)", name="ended"),
    CheckConstraint("state <> 'destroyed' OR certificate IS NOT NULL", name="certified"),
)

data_release_use = Table(
    "data_release_use",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("release", Uuid, ForeignKey("data_release.id"), nullable=False, index=True),
    Column("file", String(200), nullable=False),
    Column("user_id", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    CheckConstraint("length(file) > 0", name="file"),
    CheckConstraint("length(user_id) > 0", name="user_id"),
)

data_release_progress = Table(
    "data_release_progress",
    metadata,
    Column("release", Uuid, ForeignKey("data_release.id"), primary_key=True),
    Column("step", String(200), nullable=False),
    Column("done", Integer, nullable=False),
    Column("steps", Integer, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)
