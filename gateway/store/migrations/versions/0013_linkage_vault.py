"""Which releases agreements name, who asked whose a coded record is, and the vault that can tell."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0013"
down_revision: str | None = "0012"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

INSTANT = sa.DateTime(timezone=True)
REASONS = "'care-to-be-offered', 'risk-found', 'error-to-be-corrected'"
ENDS = "'declined', 'used', 'expired'"


def upgrade() -> None:
    _feeds()
    _reidentifications()
    _vault()


def _feeds() -> None:
    table = "agreement_feed"
    keys = ("dataset", "project", "recipient")
    op.create_table(
        table,
        sa.Column("agreement", sa.String(64), nullable=False),
        *(sa.Column(each, sa.String(64), nullable=False) for each in keys),
        sa.Column("ethics", sa.String(64), nullable=True),
        sa.Column("ethics_ends_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("agreement", *keys, name=f"pk_{table}"),
        sa.ForeignKeyConstraint(["agreement"], ["agreement.id"], name=f"fk_{table}_agreement"),
        sa.CheckConstraint("length(dataset) > 0", name=op.f(f"ck_{table}_dataset")),
        sa.CheckConstraint("length(project) > 0", name=op.f(f"ck_{table}_project")),
        sa.CheckConstraint(
            "(ethics IS NULL) = (ethics_ends_at IS NULL)", name=op.f(f"ck_{table}_ethics")
        ),
    )
    op.create_index(f"ix_{table}_recipient", table, ["recipient"])


def _reidentifications() -> None:
    table = "reidentification"
    op.create_table(
        table,
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("decision_id", sa.Uuid, nullable=False),
        sa.Column("project", sa.String(64), nullable=False),
        sa.Column("recipient", sa.String(64), nullable=False),
        sa.Column("epoch", sa.Integer, nullable=False),
        sa.Column("person", sa.String(26), nullable=True),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("role", sa.String(64), nullable=False),
        sa.Column("organisation", sa.String(16), nullable=False),
        sa.Column("reason_code", sa.String(64), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("ends_at", INSTANT, nullable=False),
        sa.Column("approved_at", INSTANT, nullable=True),
        sa.Column("approved_by", sa.Text, nullable=True),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("ended_by", sa.String(16), nullable=True),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        *(sa.CheckConstraint(says, name=op.f(f"ck_{table}_{name}")) for name, says in _checks()),
    )
    op.create_index(f"ix_{table}_user_id", table, ["user_id"])
    op.create_index(f"ix_{table}_organisation", table, ["organisation"])


def _checks() -> Sequence[tuple[str, str]]:
    return (
        ("reason_code", f"reason_code IN ({REASONS})"),
        ("ended_by", f"ended_by IN ({ENDS})"),
        ("reason", "length(reason) >= 10"),
        ("epoch", "epoch > 0"),
        ("period", "ends_at >= asked_at"),
        ("two_people", "approved_by IS NULL OR approved_by <> user_id"),
        ("approved", "(approved_by IS NULL) = (approved_at IS NULL)"),
        (
            "ended",
            "(ended_at IS NULL) = (ended_by IS NULL) AND (ended_at IS NULL) = (person IS NOT NULL)",
        ),
    )


def _vault() -> None:
    op.create_table(
        "vault_entry",
        sa.Column("subject", sa.LargeBinary, nullable=False),
        sa.Column("epoch", sa.Integer, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("subject", name="pk_vault_entry"),
        sa.CheckConstraint("length(subject) = 16", name=op.f("ck_vault_entry_subject")),
        sa.CheckConstraint("length(sealed) = 26", name=op.f("ck_vault_entry_sealed")),
        sa.CheckConstraint("epoch > 0", name=op.f("ck_vault_entry_epoch")),
    )
