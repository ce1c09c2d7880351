"""Lay out the tables of access without a recorded relationship, and of what a privacy officer is told of it.

As in `tables.py`: no NHS number, and a change here needs a migration.
"""

from sqlalchemy import CheckConstraint, Column, ForeignKey, String, Table, Text, Uuid

from gateway.store.metadata import metadata, one_of
from gateway.store.types import UtcDateTime
from gateway.store.words import (
    AlertKind,
    AlertOutcome,
    ClaimReason,
    EmergencyReason,
    PermissionAnswer,
)

break_glass_grant = Table(
    "break_glass_grant",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("decision_id", Uuid, nullable=False),
    Column("patient_key", String(64), nullable=False),
    Column("patient", Text, nullable=False),
    Column("user_id", Text, nullable=False),
    Column("session", String(64), nullable=False, index=True),
    Column("role", String(64), nullable=False),
    Column("organisation", String(16), nullable=False),
    Column("step", String(16), nullable=False),
    Column("reason_code", String(64), nullable=False),
    Column("reason", Text, nullable=False),
    Column("granted_at", UtcDateTime, nullable=False),
    Column("ends_at", UtcDateTime, nullable=False),
    Column("first_step", ForeignKey("break_glass_grant.id"), nullable=True),
    Column("relationship", Uuid, nullable=True),
    CheckConstraint("step IN ('ETREAT', 'BTG')", name="step"),
    CheckConstraint("(step = 'BTG') = (first_step IS NOT NULL)", name="second_after_first"),
    CheckConstraint(one_of("reason_code", EmergencyReason), name="reason_code"),
    CheckConstraint("length(reason) >= 10", name="reason"),
    CheckConstraint("ends_at >= granted_at", name="period"),
    CheckConstraint("length(session) = 64", name="session"),
    CheckConstraint("length(patient_key) = 64", name="patient_key"),
)

relationship_claim = Table(
    "relationship_claim",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("decision_id", Uuid, nullable=False),
    Column("relationship", Uuid, nullable=False),
    Column("patient", Text, nullable=False),
    Column("user_id", Text, nullable=False, index=True),
    Column("reason_code", String(64), nullable=False),
    Column("reason", Text, nullable=False),
    Column("claimed_at", UtcDateTime, nullable=False),
    Column("ends_at", UtcDateTime, nullable=False),
    CheckConstraint(one_of("reason_code", ClaimReason), name="reason_code"),
    CheckConstraint("length(reason) >= 10", name="reason"),
    CheckConstraint("ends_at >= claimed_at", name="period"),
)

view_permission = Table(
    "view_permission",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("decision_id", Uuid, nullable=False),
    Column("patient_key", String(64), nullable=False),
    Column("user_id", Text, nullable=False),
    Column("session", String(64), nullable=False, index=True),
    Column("answer", String(16), nullable=False),
    Column("recorded_at", UtcDateTime, nullable=False),
    CheckConstraint(one_of("answer", PermissionAnswer), name="answer"),
    CheckConstraint("length(session) = 64", name="session"),
    CheckConstraint("length(patient_key) = 64", name="patient_key"),
)

privacy_alert = Table(
    "privacy_alert",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("kind", String(32), nullable=False),
    Column("decision_id", Uuid, nullable=False),
    Column("patient", Text, nullable=True, index=True),
    Column("user_id", Text, nullable=False),
    Column("user_name", Text, nullable=False),
    Column("role", String(64), nullable=False),
    Column("organisation", String(16), nullable=False),
    Column("act", String(32), nullable=False),
    Column("purpose", String(16), nullable=True),
    Column("reason_code", String(64), nullable=True),
    Column("refusal", String(64), nullable=True),
    Column("basis", Uuid, nullable=True),
    Column("tell", Text, nullable=False),
    Column("raised_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("outcome", String(32), nullable=True),
    Column("settled_at", UtcDateTime, nullable=True),
    Column("settled_by", Text, nullable=True),
    CheckConstraint(one_of("kind", AlertKind), name="kind"),
    CheckConstraint(one_of("outcome", AlertOutcome), name="outcome"),
    CheckConstraint(
        "(outcome IS NULL) = (settled_at IS NULL) AND (outcome IS NULL) = (settled_by IS NULL)",
        name="settled",
    ),
    CheckConstraint("settled_by IS NULL OR settled_by <> user_id", name="somebody_else"),
)
