"""The audit's leaf hashes, its tree and its signed checkpoints; leases."""

from collections.abc import Sequence
from hashlib import sha256
from typing import Any

import orjson
import sqlalchemy as sa
from alembic import op

from gateway.store.types import UtcDateTime

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

INSTANT = sa.DateTime(timezone=True)
NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
ROWS_AT_ONCE = 5_000

ENTRY = sa.table(
    "audit_entry",
    sa.column("sequence", sa.BigInteger),
    sa.column("kind", sa.String),
    sa.column("decision_id", sa.Uuid),
    sa.column("recorded_at", UtcDateTime),
    sa.column("patient", sa.Text),
    sa.column("user_id", sa.Text),
    sa.column("body", sa.LargeBinary),
    sa.column("leaf", sa.LargeBinary),
)


def upgrade() -> None:
    op.add_column("audit_entry", sa.Column("leaf", sa.LargeBinary, nullable=True))
    _hash_what_is_there()
    with op.batch_alter_table("audit_entry") as entry:
        entry.alter_column("leaf", existing_type=sa.LargeBinary, nullable=False)
        entry.alter_column("body", existing_type=sa.LargeBinary, nullable=True)
    op.create_table(
        "audit_node",
        sa.Column("tile_level", sa.SmallInteger, autoincrement=False, nullable=False),
        sa.Column("position", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("hash", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("tile_level", "position", name="pk_audit_node"),
        sa.CheckConstraint("tile_level > 0", name=op.f("ck_audit_node_tile_level")),
        sa.CheckConstraint("length(hash) = 32", name=op.f("ck_audit_node_hash")),
    )
    op.create_table(
        "audit_checkpoint",
        sa.Column("size", NUMBER, autoincrement=False, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("signed_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("size", name="pk_audit_checkpoint"),
        sa.CheckConstraint("size > 0", name=op.f("ck_audit_checkpoint_size")),
    )
    op.create_table(
        "lease",
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("holder", sa.String(64), nullable=False),
        sa.Column("ends_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_lease"),
    )


def _hash_what_is_there() -> None:
    # What was written before there was a tree is hashed as it is now: what was changed until today is not found.
    connection, last = op.get_bind(), 0
    columns = [each for each in ENTRY.c if each.name != "leaf"]
    while True:
        wanted = sa.select(*columns).where(ENTRY.c.sequence > last).order_by(ENTRY.c.sequence)
        rows = connection.execute(wanted.limit(ROWS_AT_ONCE)).all()
        if not rows:
            return
        last = rows[-1].sequence
        connection.execute(
            sa.update(ENTRY)
            .where(ENTRY.c.sequence == sa.bindparam("number"))
            .values(leaf=sa.bindparam("hash")),
            [{"number": row.sequence, "hash": _leaf_of(row)} for row in rows],
        )


def _leaf_of(row: sa.Row[Any]) -> bytes:
    # docs/audit-format.md, sections 1 and 2, as they were at this migration.
    found_by = {
        "sequence": row.sequence,
        "recorded_at": row.recorded_at,
        "action": row.kind,
        "decision_id": row.decision_id,
        "patient": row.patient,
        "user_id": row.user_id,
    }
    head = orjson.dumps(found_by, option=orjson.OPT_UTC_Z)[:-1]
    return sha256(b'\x00%b,"body":%b}' % (head, row.body)).digest()
