"""Keep the tree of the audit log: hashes above its leaves, and signed checkpoints.

Computes and checks nothing: `gateway/audit` does. Only ever adds, and what it adds follows from the entries alone, so
two workers that do it at once add the same. Exempt from "a write needs an event" (design decision 10).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, insert, select

from gateway.store.dialects import take_turn
from gateway.store.engine import Store
from gateway.store.sessions import ExemptWriting, Reading
from gateway.store.tables import audit_checkpoint, audit_entry, audit_node

TILE_WIDTH = 256


@dataclass(frozen=True, slots=True)
class StoredNode:
    """The hash of 256 hashes of the tile level below; level 0 are the leaves."""

    tile_level: int
    position: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class StoredCheckpoint:
    """A signed note about the first `size` entries."""

    size: int
    note: str
    signed_at: datetime


_CHECKPOINTS = select(
    audit_checkpoint.c.size, audit_checkpoint.c.note, audit_checkpoint.c.signed_at
)


def tile_of(reading: Reading, tile_level: int, position: int) -> Sequence[bytes]:
    """Give the kept hashes of one tile, in order; fewer than 256 at the right edge."""
    first = position * TILE_WIDTH
    if tile_level == 0:
        wanted = _leaves(first)
    else:
        column = audit_node.c.position
        wanted = (
            select(column, audit_node.c.hash)
            .where(audit_node.c.tile_level == tile_level)
            .where(column.between(first, first + TILE_WIDTH - 1))
            .order_by(column)
        )
    return _without_gaps(reading, wanted, first)


def kept_nodes(reading: Reading) -> Mapping[int, int]:
    """Count the kept hashes of each tile level above the leaves."""
    rows = reading.connection.execute(
        select(audit_node.c.tile_level, func.max(audit_node.c.position) + 1).group_by(
            audit_node.c.tile_level
        )
    )
    return {row[0]: row[1] for row in rows}


def latest_checkpoint(reading: Reading) -> StoredCheckpoint | None:
    """Give the checkpoint of the most entries."""
    found = _checkpoints(reading, _CHECKPOINTS.order_by(audit_checkpoint.c.size.desc()).limit(1))
    return found[0] if found else None


def checkpoints_between(reading: Reading, first: int, last: int) -> tuple[StoredCheckpoint, ...]:
    """List checkpoints by size, both ends included, the smallest first."""
    wanted = _CHECKPOINTS.where(audit_checkpoint.c.size.between(first, last))
    return _checkpoints(reading, wanted.order_by(audit_checkpoint.c.size))


async def keep_tree(
    store: Store, nodes: Sequence[StoredNode], checkpoint: StoredCheckpoint | None = None
) -> None:
    """Add what is not there yet; no checkpoint once there is one of as many entries or more.

    Raises: UnavailableError, also when the writers' turn does not come in time.
    """
    await store.write_exempt(_keep, nodes, checkpoint)


def _keep(
    writing: ExemptWriting, nodes: Iterable[StoredNode], checkpoint: StoredCheckpoint | None
) -> None:
    # By turns: of two workers that sign at once the slower one must see what the other added.
    take_turn(writing.connection)
    kept = kept_nodes(writing)
    new = [
        {"tile_level": each.tile_level, "position": each.position, "hash": each.hash}
        for each in nodes
        if each.position >= kept.get(each.tile_level, 0)
    ]
    if new:
        writing.connection.execute(insert(audit_node), new)
    latest = latest_checkpoint(writing)
    # Out of order it would never be held in the second place, which is filled in the order of sizes.
    if checkpoint is not None and (latest is None or latest.size < checkpoint.size):
        writing.connection.execute(
            insert(audit_checkpoint).values(
                size=checkpoint.size, note=checkpoint.note, signed_at=checkpoint.signed_at
            )
        )


def _checkpoints(reading: Reading, wanted: Select[Any]) -> tuple[StoredCheckpoint, ...]:
    return tuple(StoredCheckpoint(*row) for row in reading.connection.execute(wanted))


def _leaves(first: int) -> Select[Any]:
    column = audit_entry.c.sequence
    return (
        select(column - 1, audit_entry.c.leaf)
        .where(column.between(first + 1, first + TILE_WIDTH))
        .order_by(column)
    )


def _without_gaps(reading: Reading, wanted: Select[Any], first: int) -> Sequence[bytes]:
    hashes: list[bytes] = []
    for position, kept in reading.connection.execute(wanted):
        if position != first + len(hashes):
            break
        hashes.append(kept)
    return hashes
