"""Which organisations share what with one another, for which purposes and until when."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

INSTANT = sa.DateTime(timezone=True)

ITEMS = (
    "item IN ('name-contact-age', 'equalities', 'health-records', 'sex-life', 'social-services', "
    "'housing', 'criminal-matters', 'education-work-money', 'images')"
)
PURPOSES = "purpose IN ('TREAT', 'ETREAT', 'BTG', 'PUBHLTH', 'HOPERAT', 'HRESCH', 'HSYSADMIN')"


def upgrade() -> None:
    _agreements()
    _parties()
    _part("agreement_item", "item", 32, ITEMS)
    _part("agreement_purpose", "purpose", 16, PURPOSES)


def _agreements() -> None:
    op.create_table(
        "agreement",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("starts_at", INSTANT, nullable=False),
        sa.Column("ends_at", INSTANT, nullable=False),
        sa.Column("review_at", INSTANT, nullable=False),
        sa.Column("contact", sa.Text, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_agreement"),
        sa.CheckConstraint("length(id) > 0", name=op.f("ck_agreement_id")),
        sa.CheckConstraint("ends_at >= starts_at", name=op.f("ck_agreement_period")),
    )


def _parties() -> None:
    op.create_table(
        "agreement_party",
        sa.Column("party", sa.String(64), nullable=False),
        sa.Column("agreement", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("party", "agreement", name="pk_agreement_party"),
        sa.CheckConstraint("length(party) > 0", name=op.f("ck_agreement_party_party")),
        sa.ForeignKeyConstraint(
            ["agreement"], ["agreement.id"], name="fk_agreement_party_agreement"
        ),
    )


def _part(table: str, column: str, length: int, words: str) -> None:
    op.create_table(
        table,
        sa.Column("agreement", sa.String(64), nullable=False),
        sa.Column(column, sa.String(length), nullable=False),
        sa.PrimaryKeyConstraint("agreement", column, name=f"pk_{table}"),
        sa.CheckConstraint(words, name=op.f(f"ck_{table}_{column}")),
        sa.ForeignKeyConstraint(["agreement"], ["agreement.id"], name=f"fk_{table}_agreement"),
    )
