"""What is kept of a tree is one hash in 256, and every root and proof follows from it."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.audit.growth import new_nodes
from gateway.audit.merkle import Frontier, leaf_hash, verify_consistency, verify_inclusion
from gateway.audit.tree import TILE_WIDTH, Tree

LEAVES = [leaf_hash(str(number).encode()) for number in range(70_000)]
Kept = dict[tuple[int, int], bytes]


def tiles_of(size: int, kept: Kept):
    def tile(level: int, position: int) -> Sequence[bytes]:
        first = position * TILE_WIDTH
        if level == 0:
            return LEAVES[:size][first : first + TILE_WIDTH]
        found = (kept.get((level, first + each)) for each in range(TILE_WIDTH))
        return [each for each in found if each is not None]

    return tile


def counts(kept: Kept) -> dict[int, int]:
    levels = {level for level, _position in kept}
    return {each: sum(level == each for level, _position in kept) for each in levels}


def grown(*sizes: int) -> Kept:
    kept: Kept = {}
    for size in sizes:
        nodes = new_nodes(tiles_of(size, kept), counts(kept), size)
        kept |= {(each.tile_level, each.position): each.hash for each in nodes}
    return kept


WHOLE = grown(len(LEAVES))
TREE = Tree(tiles_of(len(LEAVES), WHOLE))


def plain(size: int) -> bytes:
    tree = Frontier()
    for leaf in LEAVES[:size]:
        tree = tree.with_leaf(leaf)
    return tree.root()


@pytest.mark.parametrize("size", [0, 1, 2, 255, 256, 257, 511, 512, 65_535, 65_536, 65_537, 70_000])
def test_every_root_is_that_of_its_leaves(size: int):
    assert TREE.root(size) == plain(size)


@given(steps=st.lists(st.integers(1, 3_000), min_size=1, max_size=6))
def test_growing_by_any_steps_keeps_the_same(steps: list[int]):
    sizes = [sum(steps[: each + 1]) for each in range(len(steps))]

    assert grown(*sizes) == grown(sizes[-1])


def test_one_hash_is_kept_for_each_256():
    assert counts(WHOLE) == {1: 273, 2: 1}


@given(index=st.integers(0, 69_999), size=st.integers(1, 70_000))
def test_every_entry_is_proven(index: int, size: int):
    index %= size
    proof = TREE.inclusion(index, size)

    assert verify_inclusion(index, size, LEAVES[index], proof, TREE.root(size))


@given(one=st.integers(1, 70_000), other=st.integers(1, 70_000))
def test_every_growth_is_proven(one: int, other: int):
    earlier, later = sorted((one, other))
    proof = TREE.consistency(earlier, later)

    assert verify_consistency(earlier, later, proof, TREE.root(earlier), TREE.root(later))


@pytest.mark.parametrize("size", [70_001, 70_144, 131_072])
def test_a_tree_that_is_not_there_has_no_root(size: int):
    with pytest.raises(IndexError, match="is kept"):
        TREE.root(size)
