"""Prove entries of the log, and write the whole of it for outsiders.

Decides nothing: whoever calls has decided who may have it. Forms: docs/audit-format.md, sections 4 and 5.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial

import orjson

from gateway.audit.entries import kept_between
from gateway.audit.line import exported, kept_line
from gateway.audit.proofs import Proof, written
from gateway.audit.tree import Tree
from gateway.store.audit_tree import (
    StoredCheckpoint,
    checkpoints_between,
    latest_checkpoint,
    tile_of,
)
from gateway.store.sessions import Reading

ROWS_AT_ONCE = 2_000
"""A few megabytes: the log is longer than memory."""


@dataclass(frozen=True, slots=True)
class ProvenEntry:
    """An entry's line, exactly as it is hashed, and the text that proves it; `patient` is an opaque id."""

    entry: str = field(repr=False)
    proof: str
    patient: str | None = field(repr=False)


def prove(reading: Reading, sequence: int) -> ProvenEntry | None:
    """Prove one entry by the latest checkpoint; None if it is not covered yet, was purged, is not there or has lost others
    that its proof needs."""
    return prove_each(reading, (sequence,)).get(sequence)


def prove_each(reading: Reading, sequences: Iterable[int]) -> Mapping[int, ProvenEntry]:
    """Prove entries by the latest checkpoint, by their sequence numbers; those that `prove` gives None for are absent."""
    checkpoint = latest_checkpoint(reading)
    if checkpoint is None:
        return {}
    tree = Tree(partial(tile_of, reading))
    found = (
        _proven(reading, tree, checkpoint, each)
        for each in sequences
        if 0 < each <= checkpoint.size
    )
    return dict(each for each in found if each is not None)


def _proven(
    reading: Reading, tree: Tree, checkpoint: StoredCheckpoint, sequence: int
) -> tuple[int, ProvenEntry] | None:
    kept = next(iter(kept_between(reading, sequence, sequence)), None)
    line = None if kept is None else kept_line(kept)
    if kept is None or line is None:
        return None
    try:
        hashes = tree.inclusion(sequence - 1, checkpoint.size)
    except IndexError:
        return None  # rows beside it are gone, which `verify` tells; nothing proves this one now
    proof = written(Proof(sequence - 1, hashes, checkpoint.note))
    return sequence, ProvenEntry(line.decode(), proof, kept.patient)


def exported_lines(reading: Reading, checkpoint: StoredCheckpoint) -> Iterator[bytes]:
    """Write the log up to a checkpoint, line by line, with every checkpoint on the way."""
    for first in range(1, checkpoint.size + 1, ROWS_AT_ONCE):
        last = min(first + ROWS_AT_ONCE - 1, checkpoint.size)
        notes = {each.size: each.note for each in checkpoints_between(reading, first, last)}
        for kept in kept_between(reading, first, last):
            yield exported(kept)
            if kept.sequence in notes:
                yield orjson.dumps({"checkpoint": notes[kept.sequence]}) + b"\n"
