"""Who claimed a relationship by their own word, and what people answered when asked."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _claims()
    _permissions()


def _claims() -> None:
    op.create_table(
        "relationship_claim",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("decision_id", sa.Uuid, nullable=False),
        sa.Column("relationship", sa.Uuid, nullable=False),
        sa.Column("patient", sa.Text, nullable=False),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("reason_code", sa.String(64), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("claimed_at", INSTANT, nullable=False),
        sa.Column("ends_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_relationship_claim"),
        sa.CheckConstraint(
            "reason_code IN ('referral-not-recorded', 'attendance-not-recorded', "
            "'transfer-of-care', 'advice-asked-for', 'other-care')",
            name=op.f("ck_relationship_claim_reason_code"),
        ),
        sa.CheckConstraint("length(reason) >= 10", name=op.f("ck_relationship_claim_reason")),
        sa.CheckConstraint("ends_at >= claimed_at", name=op.f("ck_relationship_claim_period")),
    )
    op.create_index("ix_relationship_claim_user_id", "relationship_claim", ["user_id"])


def _permissions() -> None:
    op.create_table(
        "view_permission",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("decision_id", sa.Uuid, nullable=False),
        sa.Column("patient_key", sa.String(64), nullable=False),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("session", sa.String(64), nullable=False),
        sa.Column("answer", sa.String(16), nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_view_permission"),
        sa.CheckConstraint(
            "answer IN ('yes', 'unable', 'no')", name=op.f("ck_view_permission_answer")
        ),
        sa.CheckConstraint("length(session) = 64", name=op.f("ck_view_permission_session")),
        sa.CheckConstraint("length(patient_key) = 64", name=op.f("ck_view_permission_patient_key")),
    )
    op.create_index("ix_view_permission_session", "view_permission", ["session"])
