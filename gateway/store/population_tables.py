"""Lay out the tables by which the planning side is held to agreements, and led back to people.

As in `tables.py`: a change here needs a migration. The one table with NHS numbers in it has them sealed under a key that no
database holds, and a database role of its own.
"""

from sqlalchemy import (
    CheckConstraint,
    Column,
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
from gateway.store.words import ReidentificationEnd, ReidentificationReason

agreement_feed = Table(
    "agreement_feed",
    metadata,
    Column("agreement", ForeignKey("agreement.id"), primary_key=True),
    Column("dataset", String(64), primary_key=True),
    Column("project", String(64), primary_key=True),
    Column("recipient", String(64), primary_key=True, index=True),
    Column("ethics", String(64), nullable=True),
    Column("ethics_ends_at", UtcDateTime, nullable=True),
    CheckConstraint("length(dataset) > 0", name="dataset"),
    CheckConstraint("length(project) > 0", name="project"),
    CheckConstraint("(ethics IS NULL) = (ethics_ends_at IS NULL)", name="ethics"),
)

reidentification = Table(
    "reidentification",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("decision_id", Uuid, nullable=False),
    Column("project", String(64), nullable=False),
    Column("recipient", String(64), nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("person", String(26), nullable=True),
    Column("user_id", Text, nullable=False, index=True),
    Column("role", String(64), nullable=False),
    Column("organisation", String(16), nullable=False, index=True),
    Column("reason_code", String(64), nullable=False),
    Column("reason", Text, nullable=False),
    Column("asked_at", UtcDateTime, nullable=False),
    Column("ends_at", UtcDateTime, nullable=False),
    Column("approved_at", UtcDateTime, nullable=True),
    Column("approved_by", Text, nullable=True),
    Column("ended_at", UtcDateTime, nullable=True),
    Column("ended_by", String(16), nullable=True),
    CheckConstraint(one_of("reason_code", ReidentificationReason), name="reason_code"),
    CheckConstraint(one_of("ended_by", ReidentificationEnd), name="ended_by"),
    CheckConstraint("length(reason) >= 10", name="reason"),
    CheckConstraint("epoch > 0", name="epoch"),
    CheckConstraint("ends_at >= asked_at", name="period"),
    CheckConstraint("approved_by IS NULL OR approved_by <> user_id", name="two_people"),
    CheckConstraint("(approved_by IS NULL) = (approved_at IS NULL)", name="approved"),
    # Who was asked about is forgotten with the end: no map from projects' names to people comes about.
    CheckConstraint(
        "(ended_at IS NULL) = (ended_by IS NULL) AND (ended_at IS NULL) = (person IS NOT NULL)",
        name="ended",
    ),
)

vault_entry = Table(
    "vault_entry",
    metadata,
    Column("subject", LargeBinary, primary_key=True),
    Column("epoch", Integer, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    CheckConstraint("length(subject) = 16", name="subject"),
    CheckConstraint("length(sealed) = 26", name="sealed"),
    CheckConstraint("epoch > 0", name="epoch"),
)
