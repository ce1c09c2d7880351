"""Take new entries into the tree of the log: find the hashes that are to be kept above them.

Pure: reads and keeps nothing itself. The same entries always give the same hashes, whoever takes them in.
"""

from collections.abc import Iterator, Mapping, Sequence

from gateway.audit.tree import TILE_LEVELS, TILE_WIDTH, Tiles, folded
from gateway.store.audit_tree import StoredNode


def new_nodes(tiles: Tiles, kept: Mapping[int, int], size: int) -> tuple[StoredNode, ...]:
    """List the hashes above the first `size` entries that are not kept yet.

    `kept` counts those that are, by tile level.
    """
    found: dict[tuple[int, int], bytes] = {}
    level = 1
    while size >> level * TILE_LEVELS:
        for position in range(kept.get(level, 0), size >> level * TILE_LEVELS):
            below = _tile(tiles, found, level - 1, position)
            found[level, position] = folded(below)
        level += 1
    return tuple(StoredNode(level, position, hash_) for (level, position), hash_ in found.items())


def _tile(
    tiles: Tiles, found: Mapping[tuple[int, int], bytes], level: int, position: int
) -> Sequence[bytes]:
    kept = tiles(level, position)
    return [*kept, *_after(found, level, position * TILE_WIDTH + len(kept), position)]


def _after(
    found: Mapping[tuple[int, int], bytes], level: int, first: int, tile: int
) -> Iterator[bytes]:
    for position in range(first, (tile + 1) * TILE_WIDTH):
        hash_ = found.get((level, position))
        if hash_ is None:
            return
        yield hash_
