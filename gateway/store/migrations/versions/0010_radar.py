"""What is known of staff themselves, and what the radar told of which access."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

INSTANT = sa.DateTime(timezone=True)
KINDS = "'break-glass', 'self-claim', 'unauthorised-attempt', 'restricted-person'"


def upgrade() -> None:
    _staff()
    _one_more_kind()
    _hits()


def _staff() -> None:
    op.create_table(
        "staff_member",
        sa.Column("organisation", sa.String(16), nullable=False),
        sa.Column("user_id", sa.String(200), nullable=False),
        sa.Column("patient_key", sa.String(64), nullable=True),
        sa.Column("household_key", sa.String(64), nullable=True),
        sa.Column("known_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("organisation", "user_id", name="pk_staff_member"),
        sa.CheckConstraint("length(user_id) > 0", name=op.f("ck_staff_member_user_id")),
        sa.CheckConstraint("length(patient_key) = 64", name=op.f("ck_staff_member_patient_key")),
        sa.CheckConstraint(
            "length(household_key) = 64", name=op.f("ck_staff_member_household_key")
        ),
    )
    op.create_index("ix_staff_member_user_id", "staff_member", ["user_id"])
    op.create_index("ix_staff_member_patient_key", "staff_member", ["patient_key"])


def _one_more_kind() -> None:
    # SQLite can change no check: the table is made anew and its rows are copied.
    name = op.f("ck_privacy_alert_kind")
    with op.batch_alter_table("privacy_alert", copy_from=_alerts_as_they_were()) as alerts:
        alerts.drop_constraint(name, type_="check")
        alerts.create_check_constraint(name, sa.text(f"kind IN ({KINDS}, 'radar')"))


def _alerts_as_they_were() -> sa.Table:
    table = sa.Table(
        "privacy_alert",
        sa.MetaData(),
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
        sa.CheckConstraint(f"kind IN ({KINDS})", name=op.f("ck_privacy_alert_kind")),
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
    sa.Index("ix_privacy_alert_patient", table.c.patient)
    return table


def _hits() -> None:
    op.create_table(
        "radar_hit",
        sa.Column("alert", sa.Uuid, nullable=False),
        sa.Column("rule", sa.String(32), nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("accesses", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("alert", "rule", name="pk_radar_hit"),
        sa.ForeignKeyConstraint(
            ["alert"], ["privacy_alert.id"], name="fk_radar_hit_alert_privacy_alert"
        ),
        sa.CheckConstraint("accesses > 0", name=op.f("ck_radar_hit_accesses")),
    )
