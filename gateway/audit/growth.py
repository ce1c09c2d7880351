"""Take new entries into the tree of the log: find the hashes that are to be kept above them.

Pure: reads and keeps nothing itself. The same entries always give the same hashes, whoever takes them in.
"""

from collections.abc import Mapping, Sequence

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
    first, end = position * TILE_WIDTH + len(kept), (position + 1) * TILE_WIDTH
    # New ones follow the kept ones without a gap.
    new = (found.get((level, each)) for each in range(first, end))
    return [*kept, *(each for each in new if each is not None)]
