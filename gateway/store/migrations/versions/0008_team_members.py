"""Who is on which team of an organisation."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "team_member",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("organisation", sa.String(16), nullable=False),
        sa.Column("team", sa.String(200), nullable=False),
        sa.Column("user_id", sa.String(200), nullable=False),
        sa.Column("starts_at", INSTANT, nullable=False),
        sa.Column("ends_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_team_member"),
        sa.CheckConstraint("length(team) > 0", name=op.f("ck_team_member_team")),
        sa.CheckConstraint("length(user_id) > 0", name=op.f("ck_team_member_user_id")),
        sa.CheckConstraint(
            "ends_at IS NULL OR ends_at >= starts_at", name=op.f("ck_team_member_period")
        ),
    )
    op.create_index("ix_team_member_user_id", "team_member", ["user_id"])
