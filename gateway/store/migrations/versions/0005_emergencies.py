"""Who broke the glass, and what a privacy officer is told."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _grants()
    _alerts()


def _grants() -> None:
    op.create_table(
        "break_glass_grant",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("decision_id", sa.Uuid, nullable=False),
        sa.Column("patient_key", sa.String(64), nullable=False),
        sa.Column("patient", sa.Text, nullable=False),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("session", sa.String(64), nullable=False),
        sa.Column("role", sa.String(64), nullable=False),
        sa.Column("organisation", sa.String(16), nullable=False),
        sa.Column("step", sa.String(16), nullable=False),
        sa.Column("reason_code", sa.String(64), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("granted_at", INSTANT, nullable=False),
        sa.Column("ends_at", INSTANT, nullable=False),
        sa.Column("first_step", sa.Uuid, nullable=True),
        sa.Column("relationship", sa.Uuid, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_break_glass_grant"),
        sa.ForeignKeyConstraint(
            ["first_step"], ["break_glass_grant.id"], name="fk_break_glass_grant_first_step"
        ),
        sa.CheckConstraint("step IN ('ETREAT', 'BTG')", name=op.f("ck_break_glass_grant_step")),
        sa.CheckConstraint(
            "(step = 'BTG') = (first_step IS NOT NULL)",
            name=op.f("ck_break_glass_grant_second_after_first"),
        ),
        sa.CheckConstraint(
            "reason_code IN ('risk-to-life', 'cannot-be-asked', 'urgent-unplanned-care', "
            "'risk-of-harm-to-others', 'other-emergency')",
            name=op.f("ck_break_glass_grant_reason_code"),
        ),
        sa.CheckConstraint("length(reason) >= 10", name=op.f("ck_break_glass_grant_reason")),
        sa.CheckConstraint("ends_at >= granted_at", name=op.f("ck_break_glass_grant_period")),
        sa.CheckConstraint("length(session) = 64", name=op.f("ck_break_glass_grant_session")),
        sa.CheckConstraint(
            "length(patient_key) = 64", name=op.f("ck_break_glass_grant_patient_key")
        ),
    )
    op.create_index("ix_break_glass_grant_session", "break_glass_grant", ["session"])


def _alerts() -> None:
    op.create_table(
        "privacy_alert",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("decision_id", sa.Uuid, nullable=False),
        sa.Column("patient", sa.Text, nullable=True),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("user_name", sa.Text, nullable=False),
        sa.Column("role", sa.String(64), nullable=False),
        sa.Column("organisation", sa.String(16), nullable=False),
        sa.Column("act", sa.String(32), nullable=False),
        sa.Column("purpose", sa.String(16), nullable=True),
        sa.Column("reason_code", sa.String(64), nullable=True),
        sa.Column("refusal", sa.String(64), nullable=True),
        sa.Column("basis", sa.Uuid, nullable=True),
        sa.Column("tell", sa.Text, nullable=False),
        sa.Column("raised_at", INSTANT, nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("outcome", sa.String(32), nullable=True),
        sa.Column("settled_at", INSTANT, nullable=True),
        sa.Column("settled_by", sa.Text, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_privacy_alert"),
        sa.CheckConstraint(
            "kind IN ('break-glass', 'self-claim', 'unauthorised-attempt', 'restricted-person')",
            name=op.f("ck_privacy_alert_kind"),
        ),
        sa.CheckConstraint(
            "outcome IN ('justified', 'not-justified', 'escalated')",
            name=op.f("ck_privacy_alert_outcome"),
        ),
        sa.CheckConstraint(
            "(outcome IS NULL) = (settled_at IS NULL) AND (outcome IS NULL) = (settled_by IS NULL)",
            name=op.f("ck_privacy_alert_settled"),
        ),
        sa.CheckConstraint(
            "settled_by IS NULL OR settled_by <> user_id",
            name=op.f("ck_privacy_alert_somebody_else"),
        ),
    )
    op.create_index("ix_privacy_alert_patient", "privacy_alert", ["patient"])
