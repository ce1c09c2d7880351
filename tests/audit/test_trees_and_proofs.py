"""Small trees are hashed, proven and checked in full: every size, every entry, and every proof that is one step off."""

from collections.abc import Iterator, Sequence
from hashlib import sha256
from itertools import combinations

import pytest

from gateway.audit.merkle import (
    EMPTY_ROOT,
    Frontier,
    Span,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    root_of,
    verify_consistency,
    verify_inclusion,
    verify_subtree_consistency,
    verify_subtree_inclusion,
)
from gateway.audit.proofs import Proof, read_proof, written
from gateway.audit.tree import Tree, folded
from tests.audit.signed_log import KEY

MOST = 17
LEAVES = [leaf_hash(b"%d" % number) for number in range(MOST)]
STRANGE = b"s" * 32


def plain(start: int, end: int) -> bytes:
    """Hash entries as RFC 9162 2.1.1 defines it."""
    if end - start <= 1:
        return LEAVES[start] if end > start else EMPTY_ROOT
    half = 1
    while half * 2 < end - start:
        half *= 2
    return node_hash(plain(start, start + half), plain(start + half, end))


def node(level: int, position: int) -> bytes:
    assert (position + 1) << level <= MOST
    return plain(position << level, (position + 1) << level)


def subtrees() -> Iterator[Span]:
    spans = (Span(*each) for each in combinations(range(MOST + 1), 2))
    yield from (each for each in spans if each.is_subtree)


def beside(start: int, end: int, index: int) -> list[bytes]:
    """Prove that an entry is among those of a subtree, from the definition."""
    if end - start == 1:
        return []
    half = 1
    while half * 2 < end - start:
        half *= 2
    middle = start + half
    if index < middle:
        return [*beside(start, middle, index), plain(middle, end)]
    return [*beside(middle, end, index), plain(start, middle)]


def test_leaves_and_nodes_are_hashed_as_the_standard_says():
    assert leaf_hash(b"x") == sha256(b"\x00x").digest()
    assert node_hash(b"l", b"r") == sha256(b"\x01lr").digest()
    assert sha256().digest() == EMPTY_ROOT


@pytest.mark.parametrize(
    ("start", "end", "is_subtree"),
    [
        *((0, 0, True), (0, 1, True), (0, 7, True), (3, 4, True), (4, 4, True), (4, 7, True)),
        *((4, 9, False), (2, 5, False), (1, 3, False), (-1, 0, False), (-4, -2, False)),
        *((3, 2, False), (8, 16, True), (6, 8, True), (6, 9, False)),
    ],
)
def test_a_subtree_stands_where_one_node_is_above_it(start: int, end: int, is_subtree: bool):
    assert Span(start, end).is_subtree is is_subtree


def test_every_subtree_has_the_root_of_its_entries():
    for span in subtrees():
        assert root_of(node, *span) == plain(*span)
    assert root_of(node, 4, 4) == EMPTY_ROOT


def test_a_tree_grows_by_the_nodes_that_each_leaf_makes():
    tree = Frontier()
    for number, leaf in enumerate(LEAVES):
        made = list(tree.new_nodes(leaf))
        tree = tree.with_leaf(leaf)
        levels = [level for level in range(5) if (number + 1) % (1 << level) == 0]
        at = [(level, ((number + 1) >> level) - 1) for level in levels]
        assert made == [(*each, node(*each)) for each in at]
        assert (tree.size, tree.root()) == (number + 1, plain(0, number + 1))
    assert Frontier().root() == EMPTY_ROOT


def test_every_entry_of_every_tree_is_proven_as_the_standard_proves_it():
    for size in range(1, MOST + 1):
        for index in range(size):
            proof = inclusion_proof(node, index, size)
            assert proof == tuple(beside(0, size, index))
            assert verify_inclusion(index, size, LEAVES[index], proof, plain(0, size))


def wrong(proof: Sequence[bytes]) -> Iterator[Sequence[bytes]]:
    """Give proofs that are one hash off."""
    yield (*proof, STRANGE)
    yield (STRANGE, *proof)
    for place in range(len(proof)):
        yield (*proof[:place], *proof[place + 1 :])
        yield (*proof[:place], STRANGE, *proof[place + 1 :])


def test_an_entry_is_in_a_subtree_by_its_own_proof_alone():
    for span in subtrees():
        root = plain(*span)
        for index in range(*span):
            proof, leaf = beside(*span, index), LEAVES[index]
            assert verify_subtree_inclusion(index, span, leaf, proof, root)
            assert not verify_subtree_inclusion(index, span, leaf, proof, STRANGE)
            assert not verify_subtree_inclusion(index, span, STRANGE, proof, root)
            for other in wrong(proof):
                assert not verify_subtree_inclusion(index, span, leaf, other, root)


@pytest.mark.parametrize("index", [-1, 0, 3, 8, 9])
def test_no_entry_outside_a_subtree_is_proven_to_be_in_it(index: int):
    [span] = (each for each in subtrees() if each == (4, 8))

    for inside in range(*span):
        proof = beside(*span, inside)
        assert not verify_subtree_inclusion(index, span, LEAVES[inside], proof, plain(*span))
    assert not verify_subtree_inclusion(2, Span(2, 2), LEAVES[2], (), LEAVES[2])


def test_a_root_is_of_32_bytes_and_an_entry_alone_is_its_own():
    assert verify_inclusion(0, 1, STRANGE, (), STRANGE)
    assert not verify_inclusion(0, 1, b"short", (), b"short")
    assert not verify_subtree_inclusion(5, Span(5, 8), LEAVES[5], beside(5, 8, 5), plain(5, 8))


def test_every_growth_is_proven_and_by_its_own_proof_alone():
    for earlier, later in combinations(range(1, MOST + 1), 2):
        proof = consistency_proof(node, earlier, later)
        old, new = plain(0, earlier), plain(0, later)
        assert verify_consistency(earlier, later, proof, old, new)
        assert not verify_consistency(earlier, later, proof, STRANGE, new)
        assert not verify_consistency(earlier, later, proof, old, STRANGE)
        for other in wrong(proof):
            assert not verify_consistency(earlier, later, other, old, new)


def test_a_tree_that_did_not_grow_needs_no_proof():
    root = plain(0, 5)

    assert consistency_proof(node, 5, 5) == consistency_proof(node, 0, 5) == ()
    assert verify_consistency(5, 5, (), root, root)
    assert not verify_consistency(5, 5, (STRANGE,), root, root)
    assert not verify_consistency(5, 4, (), root, root)


def test_of_an_empty_tree_nothing_is_shown_but_that_it_stayed_empty():
    assert verify_consistency(0, 0, (), EMPTY_ROOT, EMPTY_ROOT)
    assert not verify_consistency(0, 0, (STRANGE,), EMPTY_ROOT, EMPTY_ROOT)
    assert not verify_consistency(0, 0, (), STRANGE, STRANGE)
    assert not verify_consistency(0, 0, (), STRANGE, EMPTY_ROOT)
    assert not verify_consistency(0, 3, (), EMPTY_ROOT, EMPTY_ROOT)


def subproof(span: Span, start: int, end: int, *, is_known: bool) -> list[bytes]:
    """Prove that a subtree is part of a tree, from the definition (SUBTREE_SUBPROOF, section 4.4.1)."""
    if (start, end) == span:
        return [] if is_known else [plain(start, end)]
    half = 1
    while half * 2 < end - start:
        half *= 2
    middle = start + half
    if span.end <= middle:
        return [*subproof(span, start, middle, is_known=is_known), plain(middle, end)]
    if span.start >= middle:
        return [*subproof(span, middle, end, is_known=is_known), plain(start, middle)]
    rest = Span(middle, span.end)
    return [*subproof(rest, middle, end, is_known=False), plain(start, middle)]


def test_every_subtree_is_part_of_every_tree_that_holds_it_by_its_own_proof_alone():
    for span in subtrees():
        for size in range(span.end, MOST + 1):
            proof, part, whole = (
                subproof(span, 0, size, is_known=True),
                plain(*span),
                plain(0, size),
            )
            assert verify_subtree_consistency(span, size, proof, part, whole)
            assert not verify_subtree_consistency(span, size, proof, STRANGE, whole)
            assert not verify_subtree_consistency(span, size, proof, part, STRANGE)
            for other in wrong(proof):
                assert not verify_subtree_consistency(span, size, other, part, whole)


def test_no_subtree_is_part_of_a_smaller_tree_and_an_empty_one_is_of_every():
    part = plain(4, 8)

    assert not verify_subtree_consistency(Span(4, 8), 7, (), part, part)
    assert not verify_subtree_consistency(Span(3, 8), 8, (), part, part)
    assert verify_subtree_consistency(Span(4, 4), 8, (), EMPTY_ROOT, part)
    assert not verify_subtree_consistency(Span(4, 4), 8, (STRANGE,), EMPTY_ROOT, part)
    assert not verify_subtree_consistency(Span(4, 4), 8, (), part, part)


def tile(level: int, position: int) -> Sequence[bytes]:
    return LEAVES if (level, position) == (0, 0) else []


def test_a_tree_is_answered_for_from_its_tiles():
    tree = Tree(tile)

    assert [tree.root(size) for size in range(MOST + 1)] == [
        plain(0, size) for size in range(MOST + 1)
    ]
    assert tree.inclusion(3, 11) == inclusion_proof(node, 3, 11)
    assert tree.consistency(6, 11) == consistency_proof(node, 6, 11)
    with pytest.raises(IndexError):
        tree.root(MOST + 1)


def test_a_tile_is_read_once_for_one_question():
    asked: list[tuple[int, int]] = []

    def counting(level: int, position: int) -> Sequence[bytes]:
        asked.append((level, position))
        return tile(level, position)

    Tree(counting).root(11)

    assert asked == [(0, 0)]


def test_a_node_stands_in_the_tile_and_at_the_place_of_its_level():
    asked: list[tuple[int, int]] = []
    hashes = [bytes([number]) * 32 for number in range(256)]

    def counting(level: int, position: int) -> Sequence[bytes]:
        asked.append((level, position))
        return hashes

    tree = Tree(counting)

    assert tree._node(8, 258) == hashes[2]
    assert tree._node(1, 129) == node_hash(hashes[2], hashes[3])
    assert tree._node(18, 1) == folded(hashes[4:8])
    assert asked == [(1, 1), (0, 1), (2, 0)]


@pytest.mark.parametrize("index", [0, 9, 10**18])
@pytest.mark.parametrize("hashes", [(), (STRANGE,), (STRANGE,) * 63])
def test_a_written_proof_reads_as_it_was(index: int, hashes: tuple[bytes, ...]):
    proof = Proof(index, hashes, KEY.sign(7, STRANGE))

    assert read_proof(written(proof)) == proof
    assert written(proof).startswith(f"c2sp.org/tlog-proof@v1\nindex {index}\n")
