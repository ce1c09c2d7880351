"""How far each receiver of the audit has confirmed what it was sent."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0011"
down_revision: str | None = "0010"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "audit_feed",
        sa.Column("receiver", sa.String(500), nullable=False),
        sa.Column("sequence", sa.BigInteger, nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("receiver", name="pk_audit_feed"),
        sa.CheckConstraint("sequence > 0", name=op.f("ck_audit_feed_sequence")),
    )
