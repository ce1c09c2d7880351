"""The tree of the audit: RFC 9162's own rules, and the published vectors of another maker."""

import json
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
from tests.required_parts import sample_data

VECTORS = sample_data() / "merkle_vectors" / "testdata"
A_HUNDRED = [leaf_hash(str(number).encode()) for number in range(100)]

sizes = st.integers(0, len(A_HUNDRED))


def plain_root(leaves: list[bytes]) -> bytes:
    """Hash a tree as RFC 9162 2.1.1 defines it, word for word."""
    if not leaves:
        return EMPTY_ROOT
    if len(leaves) == 1:
        return leaves[0]
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return node_hash(plain_root(leaves[:half]), plain_root(leaves[half:]))


def grown(size: int) -> Frontier:
    tree = Frontier()
    for leaf in A_HUNDRED[:size]:
        tree = tree.with_leaf(leaf)
    return tree


def kept_nodes() -> dict[tuple[int, int], bytes]:
    tree, kept = Frontier(), {}
    for leaf in A_HUNDRED:
        kept |= {(level, position): made for level, position, made in tree.new_nodes(leaf)}
        tree = tree.with_leaf(leaf)
    return kept


KEPT = kept_nodes()


def node(level: int, position: int) -> bytes:
    return KEPT[level, position]


@given(size=sizes)
def test_a_tree_that_grew_has_the_root_of_its_leaves(size: int) -> None:
    expected = plain_root(A_HUNDRED[:size])

    assert grown(size).root() == expected
    assert root_of(node, 0, size) == expected


@pytest.mark.parametrize(("size", "peaks"), [(1, ()), (0, (EMPTY_ROOT,)), (-1, ())])
def test_no_tree_is_made_of_the_wrong_number_of_subtrees(size: int, peaks: tuple[bytes, ...]):
    with pytest.raises(ValueError, match="one full subtree"):
        Frontier(size, peaks)


@given(size=st.integers(1, 100), data=st.data())
def test_each_entry_is_proven_to_be_in_each_tree_that_holds_it(size: int, data: st.DataObject):
    index = data.draw(st.integers(0, size - 1))
    proof, root = inclusion_proof(node, index, size), grown(size).root()

    assert verify_inclusion(index, size, A_HUNDRED[index], proof, root)
    assert len(proof) <= size.bit_length()
    for other in {0, index - 1, index + 1, size - 1} - {index}:
        assert not verify_inclusion(other, size, A_HUNDRED[index], proof, root)


@given(earlier=sizes, later=sizes)
def test_a_tree_is_proven_to_have_only_grown(earlier: int, later: int) -> None:
    earlier, later = sorted((earlier, later))
    proof = consistency_proof(node, earlier, later)
    before, after = grown(earlier).root(), grown(later).root()

    assert verify_consistency(earlier, later, proof, before, after) is (earlier > 0 or later == 0)
    if earlier not in {0, later}:
        assert not verify_consistency(earlier, later, proof, after, after)
        assert not verify_consistency(earlier, later, proof, before, before)


@pytest.mark.parametrize(("index", "size"), [(-1, 5), (5, 5), (0, 0)])
def test_nothing_is_proven_of_an_entry_that_is_not_there(index: int, size: int) -> None:
    with pytest.raises(IndexError):
        inclusion_proof(node, index, size)


@pytest.mark.parametrize(("earlier", "later"), [(-1, 5), (6, 5)])
def test_no_tree_is_proven_to_have_shrunk(earlier: int, later: int) -> None:
    with pytest.raises(IndexError):
        consistency_proof(node, earlier, later)


def vectors() -> Iterator[Path]:
    yield from sorted(VECTORS.rglob("*.json"))


@pytest.mark.skipif(not VECTORS.is_dir(), reason="the published samples are not here")
def test_ai_08_every_published_proof_is_judged_as_its_makers_judge_it() -> None:
    told = {str(path.relative_to(VECTORS)): json.loads(path.read_text()) for path in vectors()}

    disagreed = [name for name, case in told.items() if judged(name, case) is case["wantErr"]]

    assert disagreed == []
    assert len(told) == 518
    assert sum(case["wantErr"] for case in told.values()) == 482


def judged(name: str, case: dict[str, Any]) -> bool:
    proof = [b64decode(each) for each in case["proof"] or ()]
    kind = name.split("/", 1)[0]
    if kind == "inclusion":
        leaf, root = b64decode(case["leafHash"]), b64decode(case["root"])
        return verify_inclusion(case["leafIdx"], case["treeSize"], leaf, proof, root)
    if kind == "subtreeinclusion":
        leaf, root = b64decode(case["leafHash"]), b64decode(case["root"])
        span = Span(case["start"], case["end"])
        return verify_subtree_inclusion(case["leafIdx"], span, leaf, proof, root)
    roots = b64decode(case["root1"] or ""), b64decode(case["root2"] or "")
    if kind == "consistency":
        return verify_consistency(case["size1"], case["size2"], proof, *roots)
    return verify_subtree_consistency(Span(case["start"], case["end"]), case["size"], proof, *roots)
