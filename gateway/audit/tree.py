"""Answer for the tree of the log from the hashes that are kept: its roots, and proofs about it.

Reads no database itself: `Tiles` is given. Kept are the leaf hashes, and of what is above them one hash for each 256
of the level below; all between is computed (the shape of C2SP tlog-tiles).
"""

from collections.abc import Callable, Sequence
from typing import TypeAlias

from gateway.audit.merkle import consistency_proof, inclusion_proof, node_hash, root_of

TILE_LEVELS = 8
TILE_WIDTH = 1 << TILE_LEVELS

Tiles: TypeAlias = Callable[[int, int], Sequence[bytes]]
"""Give the kept hashes of one tile, by tile level and position: at most 256, fewer at the right edge."""


class Tree:
    """The tree of the first entries, as far as its tiles go. Made for one question and thrown away."""

    def __init__(self, tiles: Tiles) -> None:
        self._tiles = tiles
        self._read: dict[tuple[int, int], Sequence[bytes]] = {}

    def root(self, size: int) -> bytes:
        """Hash the tree of the first `size` entries.

        Raises: IndexError if there are fewer.
        """
        return root_of(self._node, 0, size)

    def inclusion(self, index: int, size: int) -> tuple[bytes, ...]:
        """Prove that the entry at `index`, from 0, is in the tree of the first `size`.

        Raises: IndexError if it is not.
        """
        return inclusion_proof(self._node, index, size)

    def consistency(self, earlier: int, later: int) -> tuple[bytes, ...]:
        """Prove that the tree of the first `earlier` entries only grew to `later`.

        Raises: IndexError if it cannot have.
        """
        return consistency_proof(self._node, earlier, later)

    def _node(self, level: int, position: int) -> bytes:
        tile_level, height = divmod(level, TILE_LEVELS)
        tile, start = divmod(position << height, TILE_WIDTH)
        hashes = self._tile(tile_level, tile)[start : start + (1 << height)]
        if len(hashes) != 1 << height:
            raise IndexError(f"no node {position} of level {level} is kept")
        return folded(hashes)

    def _tile(self, level: int, position: int) -> Sequence[bytes]:
        found = self._read.get((level, position))
        if found is None:
            found = self._read[level, position] = self._tiles(level, position)
        return found


def folded(hashes: Sequence[bytes]) -> bytes:
    """Hash a full subtree from the hashes of one of its levels."""
    while len(hashes) > 1:
        hashes = [
            node_hash(left, right) for left, right in zip(hashes[::2], hashes[1::2], strict=True)
        ]
    return hashes[0]
