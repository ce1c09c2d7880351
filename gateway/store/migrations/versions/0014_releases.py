"""What was released of the planning side, to whom, and who fetched which file of it."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0014"
down_revision: str | None = "0013"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

INSTANT = sa.DateTime(timezone=True)
STATES = (
    "'requested', 'approved', 'running', 'published', 'refused', 'cancelled', 'expired', "
    "'recalled', 'destroyed'"
)
PURPOSES = (
    "purpose_of_use IN ('TREAT', 'ETREAT', 'BTG', 'PUBHLTH', 'HOPERAT', 'HRESCH', 'HSYSADMIN')"
)
SOMEBODY_ELSE = (
    "(approved_at IS NULL) = (approved_by IS NULL)"
    " AND (approved_by IS NULL OR approved_by <> requested_by)"
)
PUBLISHED = (
    "(published_at IS NULL) = (manifest_sha256 IS NULL)"
    " AND (published_at IS NULL) = (expires_at IS NULL)"
    " AND (published_at IS NULL"
    " OR (approved_at IS NOT NULL AND epoch IS NOT NULL AND plan IS NOT NULL))"
)


def upgrade() -> None:
    _releases()
    _uses()
    _progress()


def _releases() -> None:
    op.create_table(
        "data_release",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("project", sa.String(64), nullable=False),
        sa.Column("recipient", sa.String(64), nullable=False),
        sa.Column("dataset", sa.String(64), nullable=False),
        sa.Column("purpose_of_use", sa.String(16), nullable=False),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("legal_basis", sa.Text, nullable=False),
        sa.Column("agreement", sa.String(64), nullable=False),
        sa.Column("ends_on", sa.Date, nullable=False),
        sa.Column("setting", sa.Text, nullable=False),
        sa.Column("requested_at", INSTANT, nullable=False),
        sa.Column("requested_by", sa.Text, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("generation", sa.Integer, nullable=False),
        sa.Column("approved_at", INSTANT, nullable=True),
        sa.Column("approved_by", sa.Text, nullable=True),
        sa.Column("epoch", sa.Integer, nullable=True),
        sa.Column("plan", sa.LargeBinary, nullable=True),
        sa.Column("published_at", INSTANT, nullable=True),
        sa.Column("manifest_sha256", sa.String(64), nullable=True),
        sa.Column("expires_at", INSTANT, nullable=True),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("ended_by", sa.Text, nullable=True),
        sa.Column("why", sa.LargeBinary, nullable=False),
        sa.Column("certificate", sa.LargeBinary, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_data_release"),
        *_checks(),
    )
    op.create_index("ix_data_release_project", "data_release", ["project"])
    op.create_index("ix_data_release_state", "data_release", ["state"])


def _checks() -> list[sa.CheckConstraint]:
    checks = {
        "purpose_of_use": PURPOSES,
        "state": f"state IN ({STATES})",
        "generation": "generation > 0",
        "somebody_else": SOMEBODY_ELSE,
        "published": PUBLISHED,
        "ended": "(ended_at IS NULL) = (ended_by IS NULL)",
        "certified": "state <> 'destroyed' OR certificate IS NOT NULL",
    }
    return [
        sa.CheckConstraint(rule, name=op.f(f"ck_data_release_{name}"))
        for name, rule in checks.items()
    ]


def _uses() -> None:
    op.create_table(
        "data_release_use",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("release", sa.Uuid, nullable=False),
        sa.Column("file", sa.String(200), nullable=False),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_data_release_use"),
        sa.ForeignKeyConstraint(
            ["release"], ["data_release.id"], name="fk_data_release_use_release"
        ),
        sa.CheckConstraint("length(file) > 0", name=op.f("ck_data_release_use_file")),
        sa.CheckConstraint("length(user_id) > 0", name=op.f("ck_data_release_use_user_id")),
    )
    op.create_index("ix_data_release_use_release", "data_release_use", ["release"])


def _progress() -> None:
    op.create_table(
        "data_release_progress",
        sa.Column("release", sa.Uuid, nullable=False),
        sa.Column("step", sa.String(200), nullable=False),
        sa.Column("done", sa.Integer, nullable=False),
        sa.Column("steps", sa.Integer, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("release", name="pk_data_release_progress"),
        sa.ForeignKeyConstraint(
            ["release"], ["data_release.id"], name="fk_data_release_progress_release"
        ),
    )
