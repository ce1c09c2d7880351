"""Who may change the policy, what they propose, and what was ever active."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _activations()
    _administrators()
    _drafts()


def _activations() -> None:
    op.create_table(
        "policy_activation",
        sa.Column("generation", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("version", sa.String(64), nullable=False),
        sa.Column("activated_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("generation", name="pk_policy_activation"),
        sa.CheckConstraint("generation > 0", name=op.f("ck_policy_activation_generation")),
        sa.ForeignKeyConstraint(
            ["version"], ["policy_version.version"], name="fk_policy_activation_version"
        ),
    )
    op.execute(
        "INSERT INTO policy_activation (generation, version, activated_at) "
        "SELECT generation, version, activated_at FROM active_policy"
    )


def _administrators() -> None:
    op.create_table(
        "policy_administrator",
        sa.Column("user_id", sa.String(200), nullable=False),
        sa.Column("named_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("user_id", name="pk_policy_administrator"),
        sa.CheckConstraint("length(user_id) > 0", name=op.f("ck_policy_administrator_user_id")),
    )


def _drafts() -> None:
    op.create_table(
        "policy_draft",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("based_on", sa.String(64), nullable=False),
        sa.Column("version", sa.String(64), nullable=False),
        sa.Column("administrators", sa.LargeBinary, nullable=True),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("needs_guardian", sa.Boolean, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("proposed_at", INSTANT, nullable=False),
        sa.Column("proposed_by", sa.Text, nullable=False),
        sa.Column("approved_at", INSTANT, nullable=True),
        sa.Column("approved_by", sa.Text, nullable=True),
        sa.Column("activated_at", INSTANT, nullable=True),
        sa.Column("activated_by", sa.Text, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_policy_draft"),
        sa.CheckConstraint(
            "approved_by IS NULL OR approved_by <> proposed_by",
            name=op.f("ck_policy_draft_two_people"),
        ),
        sa.CheckConstraint(
            "activated_by IS NULL OR approved_by IS NOT NULL",
            name=op.f("ck_policy_draft_approved_first"),
        ),
        sa.ForeignKeyConstraint(
            ["based_on"], ["policy_version.version"], name="fk_policy_draft_based_on"
        ),
        sa.ForeignKeyConstraint(
            ["version"], ["policy_version.version"], name="fk_policy_draft_version"
        ),
    )
