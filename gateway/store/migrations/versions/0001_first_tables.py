"""First tables: policy, audit, relationships, objections, snapshots, sign-ins, safety."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0001"
down_revision: str | None = None
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _policy()
    _audit()
    _standing()
    _sessions()
    _safety()


def _policy() -> None:
    op.create_table(
        "policy_version",
        sa.Column("version", sa.String(64), nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("created_by", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("version", name="pk_policy_version"),
    )
    op.create_table(
        "active_policy",
        sa.Column("id", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("version", sa.String(64), nullable=False),
        sa.Column("activated_at", INSTANT, nullable=False),
        sa.Column("generation", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_active_policy"),
        sa.CheckConstraint("id = 1", name=op.f("ck_active_policy_single_row")),
        sa.CheckConstraint("generation > 0", name=op.f("ck_active_policy_generation")),
        sa.ForeignKeyConstraint(
            ["version"], ["policy_version.version"], name="fk_active_policy_version"
        ),
    )


def _audit() -> None:
    op.create_table(
        "audit_entry",
        sa.Column(
            "sequence",
            sa.BigInteger().with_variant(sa.Integer, "sqlite"),
            nullable=False,
            autoincrement=False,
        ),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("decision_id", sa.Uuid, nullable=True),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column("patient", sa.Text, nullable=True),
        sa.Column("user_id", sa.Text, nullable=True),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("sequence", name="pk_audit_entry"),
        sa.CheckConstraint("sequence > 0", name=op.f("ck_audit_entry_sequence")),
        sa.CheckConstraint("length(kind) > 0", name=op.f("ck_audit_entry_kind")),
    )
    op.create_index("ix_audit_entry_decision_id", "audit_entry", ["decision_id"])
    op.create_index("ix_audit_entry_patient", "audit_entry", ["patient"])


def _standing() -> None:
    op.create_table(
        "relationship",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("patient_key", sa.String(64), nullable=False),
        sa.Column("organisation", sa.String(16), nullable=False),
        sa.Column("team", sa.Text, nullable=True),
        sa.Column("user_id", sa.Text, nullable=True),
        sa.Column("type", sa.String(32), nullable=False),
        sa.Column("basis", sa.Text, nullable=False),
        sa.Column("starts_at", INSTANT, nullable=False),
        sa.Column("ends_at", INSTANT, nullable=True),
        sa.Column("source", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_relationship"),
        sa.CheckConstraint(
            "type IN ('registered_gp', 'inpatient', 'ed_attendance', 'referral', "
            "'ambulance_contact', 'caseload', 'self_claimed')",
            name=op.f("ck_relationship_type"),
        ),
        sa.CheckConstraint(
            "ends_at IS NULL OR ends_at >= starts_at", name=op.f("ck_relationship_period")
        ),
        sa.CheckConstraint("length(patient_key) = 64", name=op.f("ck_relationship_patient_key")),
    )
    op.create_index("ix_relationship_patient_key", "relationship", ["patient_key"])
    op.create_table(
        "objection",
        sa.Column("patient_key", sa.String(64), nullable=False),
        sa.Column("source", sa.String(64), nullable=False),
        sa.Column("exceptions", sa.String(16), nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("patient_key", "source", name="pk_objection"),
        sa.CheckConstraint(
            "exceptions IN ('break-glass', 'none')", name=op.f("ck_objection_exceptions")
        ),
        sa.CheckConstraint("length(patient_key) = 64", name=op.f("ck_objection_patient_key")),
    )


def _sessions() -> None:
    op.create_table(
        "page_snapshot",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("session_id", sa.Text, nullable=False),
        sa.Column("patient", sa.Text, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_page_snapshot"),
    )
    op.create_index("ix_page_snapshot_expires_at", "page_snapshot", ["expires_at"])
    op.create_table(
        "sign_in",
        sa.Column("id_hash", sa.String(64), nullable=False),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("provider_session", sa.Text, nullable=True),
        sa.Column("subject", sa.LargeBinary, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("last_seen_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id_hash", name="pk_sign_in"),
        sa.CheckConstraint("expires_at > created_at", name=op.f("ck_sign_in_period")),
    )
    op.create_index("ix_sign_in_provider_session", "sign_in", ["provider_session"])
    op.create_index("ix_sign_in_expires_at", "sign_in", ["expires_at"])


def _safety() -> None:
    op.create_table(
        "safety_event",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("source", sa.String(64), nullable=False),
        sa.Column("patient", sa.Text, nullable=True),
        sa.Column("reason", sa.String(64), nullable=False),
        sa.Column("decision_id", sa.Uuid, nullable=True),
        sa.Column("occurred_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_safety_event"),
        sa.CheckConstraint("length(kind) > 0", name=op.f("ck_safety_event_kind")),
    )
    op.create_index("ix_safety_event_patient", "safety_event", ["patient"])
    op.create_table(
        "identity_hold",
        sa.Column("patient_key", sa.String(64), nullable=False),
        sa.Column("source", sa.String(64), nullable=False),
        sa.Column("reason", sa.String(64), nullable=False),
        sa.Column("held_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("patient_key", "source", name="pk_identity_hold"),
        sa.CheckConstraint("length(patient_key) = 64", name=op.f("ck_identity_hold_patient_key")),
    )
