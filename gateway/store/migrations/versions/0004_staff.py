"""Who is suspended, of which role profile and provider a session is, and with which job roles the gateway started."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _suspensions()
    _sessions()
    _job_roles()


def _suspensions() -> None:
    op.create_table(
        "staff_suspension",
        sa.Column("user_id", sa.String(200), nullable=False),
        sa.Column("role_profile_id", sa.String(200), nullable=False),
        sa.Column("since", INSTANT, nullable=False),
        sa.Column("suspended_by", sa.Text, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("user_id", "role_profile_id", name="pk_staff_suspension"),
        sa.CheckConstraint("length(user_id) > 0", name=op.f("ck_staff_suspension_user_id")),
        sa.CheckConstraint(
            "length(role_profile_id) > 0", name=op.f("ck_staff_suspension_role_profile_id")
        ),
    )


def _sessions() -> None:
    # A session from before says neither: everybody signs in again.
    op.execute("DELETE FROM sign_in")
    op.add_column("sign_in", sa.Column("role_profile_id", sa.Text, nullable=True))
    op.add_column("sign_in", sa.Column("issuer", sa.Text, nullable=True))
    op.create_index("ix_sign_in_user_id", "sign_in", ["user_id"])
    op.create_table(
        "logout_token",
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_logout_token"),
    )
    op.create_index("ix_logout_token_expires_at", "logout_token", ["expires_at"])


def _job_roles() -> None:
    op.create_table(
        "job_role_digest",
        sa.Column("id", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_job_role_digest"),
        sa.CheckConstraint("id = 1", name=op.f("ck_job_role_digest_single_row")),
    )
