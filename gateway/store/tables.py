"""Lay out the tables, in SQL that SQLite and PostgreSQL both speak.

Holds no NHS number in clear: a person is a keyed hash (`patient_key`) or an opaque id (`patient`), both made by
the caller, or sealed in the vault's own table. A change here needs a migration; a test compares the two.
"""

from sqlalchemy import (
    Boolean,
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

from gateway.store.emergency_tables import break_glass_grant as break_glass_grant
from gateway.store.emergency_tables import privacy_alert as privacy_alert
from gateway.store.emergency_tables import relationship_claim as relationship_claim
from gateway.store.emergency_tables import view_permission as view_permission
from gateway.store.log_tables import audit_checkpoint as audit_checkpoint
from gateway.store.log_tables import audit_entry as audit_entry
from gateway.store.log_tables import audit_feed as audit_feed
from gateway.store.log_tables import audit_node as audit_node
from gateway.store.log_tables import lease as lease
from gateway.store.metadata import metadata as metadata
from gateway.store.metadata import one_of
from gateway.store.population_tables import agreement_feed as agreement_feed
from gateway.store.population_tables import reidentification as reidentification
from gateway.store.population_tables import vault_entry as vault_entry
from gateway.store.radar_tables import radar_hit as radar_hit
from gateway.store.radar_tables import staff_member as staff_member
from gateway.store.release_tables import data_release as data_release
from gateway.store.release_tables import data_release_progress as data_release_progress
from gateway.store.release_tables import data_release_use as data_release_use
from gateway.store.types import UtcDateTime
from gateway.store.words import DataItem, ObjectionExceptions, RelationshipType
from rbac.types import Purpose

policy_version = Table(
    "policy_version",
    metadata,
    Column("version", String(64), primary_key=True),
    Column("body", LargeBinary, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("created_by", Text, nullable=False),
)

active_policy = Table(
    "active_policy",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("version", ForeignKey("policy_version.version"), nullable=False),
    Column("activated_at", UtcDateTime, nullable=False),
    Column("generation", Integer, nullable=False),
    CheckConstraint("id = 1", name="single_row"),
    CheckConstraint("generation > 0", name="generation"),
)

policy_activation = Table(
    "policy_activation",
    metadata,
    Column("generation", Integer, primary_key=True, autoincrement=False),
    Column("version", ForeignKey("policy_version.version"), nullable=False),
    Column("activated_at", UtcDateTime, nullable=False),
    CheckConstraint("generation > 0", name="generation"),
)

policy_administrator = Table(
    "policy_administrator",
    metadata,
    Column("user_id", String(200), primary_key=True),
    Column("named_at", UtcDateTime, nullable=False),
    CheckConstraint("length(user_id) > 0", name="user_id"),
)

policy_draft = Table(
    "policy_draft",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("based_on", ForeignKey("policy_version.version"), nullable=False),
    Column("version", ForeignKey("policy_version.version"), nullable=False),
    Column("administrators", LargeBinary, nullable=True),
    Column("why", Text, nullable=False),
    Column("needs_guardian", Boolean, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("proposed_at", UtcDateTime, nullable=False),
    Column("proposed_by", Text, nullable=False),
    Column("approved_at", UtcDateTime, nullable=True),
    Column("approved_by", Text, nullable=True),
    Column("activated_at", UtcDateTime, nullable=True),
    Column("activated_by", Text, nullable=True),
    CheckConstraint("approved_by IS NULL OR approved_by <> proposed_by", name="two_people"),
    CheckConstraint("activated_by IS NULL OR approved_by IS NOT NULL", name="approved_first"),
)

relationship = Table(
    "relationship",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("patient_key", String(64), nullable=False, index=True),
    Column("organisation", String(16), nullable=False),
    Column("team", Text, nullable=True),
    Column("user_id", Text, nullable=True),
    Column("type", String(32), nullable=False),
    Column("basis", Text, nullable=False),
    Column("starts_at", UtcDateTime, nullable=False),
    Column("ends_at", UtcDateTime, nullable=True),
    Column("source", Text, nullable=False),
    CheckConstraint(one_of("type", RelationshipType), name="type"),
    CheckConstraint("ends_at IS NULL OR ends_at >= starts_at", name="period"),
    CheckConstraint("length(patient_key) = 64", name="patient_key"),
)

objection = Table(
    "objection",
    metadata,
    Column("patient_key", String(64), primary_key=True),
    Column("source", String(64), primary_key=True),
    Column("exceptions", String(16), nullable=False),
    Column("recorded_at", UtcDateTime, nullable=False),
    CheckConstraint(one_of("exceptions", ObjectionExceptions), name="exceptions"),
    CheckConstraint("length(patient_key) = 64", name="patient_key"),
)

agreement = Table(
    "agreement",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("starts_at", UtcDateTime, nullable=False),
    Column("ends_at", UtcDateTime, nullable=False),
    Column("review_at", UtcDateTime, nullable=False),
    Column("contact", Text, nullable=False),
    Column("document", Text, nullable=False),
    Column("recorded_at", UtcDateTime, nullable=False),
    CheckConstraint("length(id) > 0", name="id"),
    CheckConstraint("ends_at >= starts_at", name="period"),
)

agreement_party = Table(
    "agreement_party",
    metadata,
    Column("party", String(64), primary_key=True),
    Column("agreement", ForeignKey("agreement.id"), primary_key=True),
    CheckConstraint("length(party) > 0", name="party"),
)

agreement_item = Table(
    "agreement_item",
    metadata,
    Column("agreement", ForeignKey("agreement.id"), primary_key=True),
    Column("item", String(32), primary_key=True),
    CheckConstraint(one_of("item", DataItem), name="item"),
)

agreement_purpose = Table(
    "agreement_purpose",
    metadata,
    Column("agreement", ForeignKey("agreement.id"), primary_key=True),
    Column("purpose", String(16), primary_key=True),
    CheckConstraint(one_of("purpose", Purpose), name="purpose"),
)

page_snapshot = Table(
    "page_snapshot",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("body", LargeBinary, nullable=False),
    Column("user_id", Text, nullable=False),
    Column("session_id", Text, nullable=False),
    Column("patient", Text, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False, index=True),
)

sign_in = Table(
    "sign_in",
    metadata,
    Column("id_hash", String(64), primary_key=True),
    Column("user_id", Text, nullable=False, index=True),
    Column("provider_session", Text, nullable=True, index=True),
    Column("role_profile_id", Text, nullable=True),
    Column("issuer", Text, nullable=True),
    Column("subject", LargeBinary, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("last_seen_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False, index=True),
    CheckConstraint("expires_at > created_at", name="period"),
)

logout_token = Table(
    "logout_token",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("expires_at", UtcDateTime, nullable=False, index=True),
)

job_role_digest = Table(
    "job_role_digest",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("digest", String(64), nullable=False),
    CheckConstraint("id = 1", name="single_row"),
)

staff_suspension = Table(
    "staff_suspension",
    metadata,
    Column("user_id", String(200), primary_key=True),
    Column("role_profile_id", String(200), primary_key=True),
    Column("since", UtcDateTime, nullable=False),
    Column("suspended_by", Text, nullable=False),
    Column("why", Text, nullable=False),
    CheckConstraint("length(user_id) > 0", name="user_id"),
    CheckConstraint("length(role_profile_id) > 0", name="role_profile_id"),
)

team_member = Table(
    "team_member",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("organisation", String(16), nullable=False),
    Column("team", String(200), nullable=False),
    Column("user_id", String(200), nullable=False, index=True),
    Column("starts_at", UtcDateTime, nullable=False),
    Column("ends_at", UtcDateTime, nullable=True),
    CheckConstraint("length(team) > 0", name="team"),
    CheckConstraint("length(user_id) > 0", name="user_id"),
    CheckConstraint("ends_at IS NULL OR ends_at >= starts_at", name="period"),
)

safety_event = Table(
    "safety_event",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("kind", String(64), nullable=False),
    Column("source", String(64), nullable=False),
    Column("patient", Text, nullable=True, index=True),
    Column("reason", String(64), nullable=False),
    Column("decision_id", Uuid, nullable=True),
    Column("occurred_at", UtcDateTime, nullable=False),
    Column("reviewed_at", UtcDateTime, nullable=True),
    Column("reviewed_by", Text, nullable=True),
    CheckConstraint("length(kind) > 0", name="kind"),
)

identity_hold = Table(
    "identity_hold",
    metadata,
    Column("patient_key", String(64), primary_key=True),
    Column("source", String(64), primary_key=True),
    Column("reason", String(64), nullable=False),
    Column("held_at", UtcDateTime, nullable=False),
    Column("decision_id", Uuid, nullable=True),
    Column("rejected_at", UtcDateTime, nullable=True),
    Column("rejected_by", Text, nullable=True),
    CheckConstraint("length(patient_key) = 64", name="patient_key"),
)
