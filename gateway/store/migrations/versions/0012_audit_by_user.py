"""Find audit entries by who acted and by their kind."""

from collections.abc import Sequence

from alembic import op

revision: str = "0012"
down_revision: str | None = "0011"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_index("ix_audit_entry_user_id", "audit_entry", ["user_id", "sequence"])
    op.create_index("ix_audit_entry_kind", "audit_entry", ["kind", "sequence"])
