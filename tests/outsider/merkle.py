"""Compute roots, of leaves that come one by one and of proofs (section 2, RFC 9162 section 2.1)."""

import hashlib
from collections.abc import Iterator, Sequence

from tests.outsider.plain_json import Fault


def hash_leaf(entry: bytes) -> bytes:
    """Hash an entry's bytes as a leaf."""
    return hashlib.sha256(b"\x00" + entry).digest()


def hash_node(left: bytes, right: bytes) -> bytes:
    """Hash two nodes as their parent."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Tree:
    """Grow a Merkle tree, keeping only the roots of its full subtrees (section 2)."""

    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[bytes] = []

    def add(self, leaf: bytes) -> None:
        size = self.size
        while size & 1:
            leaf, size = hash_node(self._peaks.pop(), leaf), size >> 1
        self._peaks.append(leaf)
        self.size += 1

    def root(self) -> bytes:
        if not self._peaks:
            return hashlib.sha256(b"").digest()
        root = self._peaks[-1]
        for peak in reversed(self._peaks[:-1]):
            root = hash_node(peak, root)
        return root


def climb(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes:
    """Compute the root from a leaf and its inclusion path (RFC 9162 section 2.1.3.2)."""
    root = leaf
    for is_left, node in _walk(index, size - 1, path):
        root = hash_node(node, root) if is_left else hash_node(root, node)
    return root


def climb_from(old: tuple[int, bytes], size: int, hashes: Sequence[bytes]) -> tuple[bytes, bytes]:
    """Compute the old root and the new from a consistency proof (RFC 9162 section 2.1.4.2).

    `old` is a size below the new `size`, and the root that is held for it.
    """
    index, last = old[0] - 1, size - 1
    while index & 1:
        index, last = index >> 1, last >> 1
    path = list(hashes) if index else [old[1], *hashes]
    before = after = path[0] if path else old[1]
    for is_left, node in _walk(index, last, path[1:]):
        before = hash_node(node, before) if is_left else before
        after = hash_node(node, after) if is_left else hash_node(after, node)
    return before, after


def _walk(index: int, last: int, path: Sequence[bytes]) -> Iterator[tuple[bool, bytes]]:
    """Give each hash of a path, and whether it stands to the left of what was made so far."""
    for node in path:
        if last == 0:
            raise Fault("the proof has too many hashes")
        is_left = bool(index & 1) or index == last
        yield is_left, node
        while is_left and index and not index & 1:
            index, last = index >> 1, last >> 1
        index, last = index >> 1, last >> 1
    if last != 0:
        raise Fault("the proof has too few hashes")
