"""Who reviewed a safety event, and what became of an identity hold."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("safety_event", sa.Column("reviewed_at", INSTANT, nullable=True))
    op.add_column("safety_event", sa.Column("reviewed_by", sa.Text, nullable=True))
    op.add_column("identity_hold", sa.Column("decision_id", sa.Uuid, nullable=True))
    op.add_column("identity_hold", sa.Column("rejected_at", INSTANT, nullable=True))
    op.add_column("identity_hold", sa.Column("rejected_by", sa.Text, nullable=True))
