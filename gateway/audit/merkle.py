"""Hash entries into one tree, prove that one is in it or that it only grew, and check such proofs.

Pure: reads no database and knows no entry. Source: RFC 9162 section 2.1; proofs about a subtree, which contain
those about a whole tree, draft-ietf-plants-merkle-tree-certs section 4.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import NamedTuple, TypeAlias

EMPTY_ROOT = sha256(b"").digest()
HASH_BYTES = 32

Nodes: TypeAlias = Callable[[int, int], bytes]
"""Give the hash of a full node by level, 0 for leaves, and position in it."""


def leaf_hash(entry: bytes) -> bytes:
    """Hash one entry. A leaf and a node never have one hash, for their first bytes differ."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash two neighbouring nodes into the one above them."""
    return sha256(b"\x01" + left + right).digest()


class Span(NamedTuple):
    """Entries by index, from `start` up to before `end`."""

    start: int
    end: int

    @property
    def is_subtree(self) -> bool:
        """Whether one node is above these entries alone, or will be once there are enough (section 4.1)."""
        if not 0 <= self.start <= self.end:
            return False
        width = 1 << max(self.end - self.start - 1, 0).bit_length()
        return self.start % width == 0


@dataclass(frozen=True, slots=True)
class Frontier:
    """All that is needed of a tree to go on with it: its full subtrees, the widest first.

    `peaks` has one hash for each bit that is set in `size`.
    """

    size: int = 0
    peaks: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        if self.size < 0 or len(self.peaks) != self.size.bit_count():
            raise ValueError("a tree has one full subtree for each bit of its size")

    def with_leaf(self, leaf: bytes) -> "Frontier":
        """Give the tree with one leaf more."""
        *joined, (_level, _position, last) = self._stacked(leaf)
        return Frontier(self.size + 1, (*self.peaks[: len(self.peaks) - len(joined)], last))

    def new_nodes(self, leaf: bytes) -> Iterator[tuple[int, int, bytes]]:
        """Give the full nodes that one leaf more makes, by level, position and hash; the leaf is the first."""
        yield from self._stacked(leaf)

    def root(self) -> bytes:
        """Hash the whole tree."""
        if not self.peaks:
            return EMPTY_ROOT
        *wider, whole = self.peaks
        for peak in reversed(wider):
            whole = node_hash(peak, whole)
        return whole

    def _stacked(self, leaf: bytes) -> list[tuple[int, int, bytes]]:
        level, position, peaks = 0, self.size, list(self.peaks)
        nodes = [(level, position, leaf)]
        while position & 1:
            leaf = node_hash(peaks.pop(), leaf)
            level, position = level + 1, position >> 1
            nodes.append((level, position, leaf))
        return nodes


def root_of(nodes: Nodes, start: int, end: int) -> bytes:
    """Hash the entries from `start` up to before `end`, which are a subtree, from full nodes."""
    if start == end:
        return EMPTY_ROOT
    whole: bytes | None = None
    for level, position in reversed(list(_full_nodes(start, end))):
        peak = nodes(level, position)
        whole = peak if whole is None else node_hash(peak, whole)
    assert whole is not None
    return whole


def inclusion_proof(nodes: Nodes, index: int, size: int) -> tuple[bytes, ...]:
    """Prove that the entry at `index`, from 0, is in the tree of the first `size` (RFC 9162 2.1.3.1).

    Raises: IndexError if it is not.
    """
    if not 0 <= index < size:
        raise IndexError(f"no entry {index} in a tree of {size}")
    return tuple(root_of(nodes, *beside) for beside in _beside(index, 0, size))


def consistency_proof(nodes: Nodes, earlier: int, later: int) -> tuple[bytes, ...]:
    """Prove that a tree of the first `earlier` entries only grew to `later` (RFC 9162 2.1.4.1).

    Raises: IndexError if it cannot have.
    """
    if not 0 <= earlier <= later:
        raise IndexError(f"a tree of {earlier} cannot have grown to {later}")
    if earlier in {0, later}:
        return ()
    return tuple(root_of(nodes, *each) for each in _grown(earlier, 0, later, is_known=True))


def verify_inclusion(
    index: int, size: int, leaf: bytes, proof: Sequence[bytes], root: bytes
) -> bool:
    """Say whether a proof shows that a leaf is in the tree of this root (RFC 9162 2.1.3.2)."""
    return verify_subtree_inclusion(index, Span(0, size), leaf, proof, root)


def verify_consistency(
    earlier: int, later: int, proof: Sequence[bytes], earlier_root: bytes, later_root: bytes
) -> bool:
    """Say whether a proof shows that one tree only grew into the other (RFC 9162 2.1.4.2).

    Of an empty tree nothing is shown, for every tree grew out of it.
    """
    if earlier == 0:
        return later == 0 and not proof and earlier_root == later_root == EMPTY_ROOT
    return verify_subtree_consistency(Span(0, earlier), later, proof, earlier_root, later_root)


def verify_subtree_inclusion(
    index: int, span: Span, leaf: bytes, proof: Sequence[bytes], root: bytes
) -> bool:
    """Say whether a proof shows that a leaf is among the entries of a subtree (section 4.3.2)."""
    if not span.is_subtree or not span.start <= index < span.end:
        return False
    climb, made = _Climb(0, index - span.start, span.end - span.start - 1), leaf
    for beside in proof:
        if climb.last == 0:
            return False
        if climb.is_joined_from_the_left:
            made = node_hash(beside, made)
            climb = climb.up_to_a_right_child()
        else:
            made = node_hash(made, beside)
        climb = climb.one_up()
    return climb.last == 0 and len(root) == HASH_BYTES and made == root


def verify_subtree_consistency(
    span: Span, size: int, proof: Sequence[bytes], subtree_root: bytes, root: bytes
) -> bool:
    """Say whether a proof shows that a subtree is part of the tree of the first `size` (section 4.4.3)."""
    if not span.is_subtree or span.end > size:
        return False
    if span.start == span.end:
        return subtree_root == EMPTY_ROOT and not proof
    climb = _Climb(span.start, span.end - 1, size - 1)
    while climb.first != climb.here and climb.is_joined_from_the_left:
        climb = climb.one_up()
    given = (subtree_root, *proof) if climb.first == climb.here else tuple(proof)
    if not given:
        return False
    old = new = given[0]
    for beside in given[1:]:
        if climb.last == 0:
            return False
        if climb.is_joined_from_the_left:
            old = node_hash(beside, old) if climb.first < climb.here else old
            new = node_hash(beside, new)
            climb = climb.up_to_a_right_child()
        else:
            new = node_hash(new, beside)
        climb = climb.one_up()
    return climb.last == 0 and old == subtree_root and new == root


class _Climb(NamedTuple):
    """Where a proof stands on one level: the subtree's first and last node, and the tree's last."""

    first: int
    here: int
    last: int

    @property
    def is_joined_from_the_left(self) -> bool:
        return bool(self.here & 1) or self.here == self.last

    def one_up(self) -> "_Climb":
        return _Climb(self.first >> 1, self.here >> 1, self.last >> 1)

    def up_to_a_right_child(self) -> "_Climb":
        climb = self
        while not climb.here & 1 and climb.here:
            climb = climb.one_up()
        return climb


def _split(start: int, end: int) -> int:
    """Give where the entries of a subtree divide: after the greatest power of two below their number."""
    return start + (1 << (end - start - 1).bit_length() - 1)


def _beside(index: int, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Give the spans that a leaf is hashed with on its way up, the lowest first."""
    if end - start == 1:
        return
    middle = _split(start, end)
    if index < middle:
        yield from _beside(index, start, middle)
        yield middle, end
    else:
        yield from _beside(index, middle, end)
        yield start, middle


def _grown(earlier: int, start: int, end: int, *, is_known: bool) -> Iterator[tuple[int, int]]:
    """Give the spans of SUBPROOF in RFC 9162 2.1.4.1; `is_known` while a span is the whole earlier tree."""
    if earlier == end:
        if not is_known:
            yield start, end
        return
    middle = _split(start, end)
    if earlier <= middle:
        yield from _grown(earlier, start, middle, is_known=is_known)
        yield middle, end
    else:
        yield from _grown(earlier, middle, end, is_known=False)
        yield start, middle


def _full_nodes(start: int, end: int) -> Iterator[tuple[int, int]]:
    """Give the full nodes that make up a subtree, the widest first."""
    while start < end:
        level = (end - start).bit_length() - 1
        yield level, start >> level
        start += 1 << level
