"""Follow a log from its first entry, and find the first position at which it is not what was written and signed.

Pure: rows and checkpoints are given in order, from the database or from a file. The rules are those of
docs/audit-format.md, section 5.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from gateway.audit.entry_form import EntryFormError, ReadEntry, read_entry
from gateway.audit.losses import Loss
from gateway.audit.merkle import Frontier, leaf_hash
from gateway.audit.notes import Checkpoint, NoteError, VerifierKey, open_checkpoint
from gateway.audit.purges import Gone
from gateway.audit.tree import TILE_LEVELS

SKEW = timedelta(seconds=5)
"""Clocks of several hosts that are kept right differ by less; what is more is worth a line in the report."""


class Seen(NamedTuple):
    """An entry as it was found. A purged one has no line; its number is that under which it was found."""

    sequence: int
    leaf: bytes
    line: bytes | None


@dataclass(frozen=True, slots=True)
class Fault:
    """The first position that is broken: entries `first` to `last`, and what is wrong there."""

    first: int
    last: int
    why: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of checking a log.

    `proven` is how many of its entries a checkpoint covers, `clock_went_back` the entries, at most ten of them, that
    were recorded earlier than the one before, `losses` what was lost before the log was begun anew.
    """

    entries: int
    checkpoints: int
    proven: int
    purged: int
    clock_went_back: tuple[int, ...]
    fault: Fault | None
    losses: tuple[Loss, ...] = ()


@dataclass(slots=True)
class Following:
    """A log that is being followed. After the first fault nothing more is looked at."""

    keys: Sequence[VerifierKey]
    losses: Sequence[Loss] = ()
    """Those that the log itself tells."""
    held: dict[int, list[Checkpoint]] = field(default_factory=dict)
    """Checkpoints from outside, by size."""
    now: datetime | None = None
    """When it is checked. Without it, times are held against each other alone."""
    fault: Fault | None = None
    _tree: Frontier = field(default_factory=Frontier)
    _checkpoints: int = 0
    _signed: int = -1
    _proven: int = 0
    _held_proven: int = 0
    _gone: Gone = field(default_factory=Gone)
    _recorded_at: datetime | None = None
    _latest: datetime | None = None
    _went_back: list[int] = field(default_factory=list)
    _nodes: dict[tuple[int, int], bytes] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """How many entries were followed."""
        return self._tree.size

    def hold(self, note: str) -> None:
        """Hold the log against a checkpoint from outside, when its size is reached; not one of entries that are lost.

        Raises: NoteError if it is not signed by the log's key.
        """
        checkpoint = open_checkpoint(note, self.keys)
        if any(loss.covers(checkpoint) for loss in self.losses):
            return
        self.held.setdefault(checkpoint.size, []).append(checkpoint)

    def entry(self, seen: Seen) -> None:
        """Follow one entry."""
        expected = self.size + 1
        if self.fault is not None:
            return
        if seen.sequence != expected:
            self._break(expected, expected, f"expected entry {expected}, found {seen.sequence}")
        elif seen.line is not None and leaf_hash(seen.line) != seen.leaf:
            self._break(expected, expected, "the entry is not as it was written")
        else:
            self._take(expected, seen)

    def checkpoint(self, note: str) -> None:
        """Follow one checkpoint, which stands after as many entries as it covers."""
        if self.fault is not None:
            return
        try:
            signed = open_checkpoint(note, self.keys)
        except NoteError as fault:
            self._break(self._proven + 1, self.size, str(fault))
            return
        if signed.size == self._signed:
            self._break(self.size + 1, self.size + 1, "a checkpoint stands there twice")
        self._checkpoints += 1
        self._signed = signed.size
        self._hold_against(signed, self._proven)

    def node(self, tile_level: int, position: int, hash_: bytes) -> None:
        """Compare a hash that is kept above the leaves with the one that follows from them."""
        made = self._nodes.get((tile_level, position))
        width = 1 << tile_level * TILE_LEVELS
        if self.fault is None and made != hash_:
            first = position * width + 1
            self._break(first, first + width - 1, "a hash of the tree is not that of its entries")

    def unreadable(self, sequence: int, why: str) -> None:
        """Note that an entry cannot be read at all."""
        if self.fault is None:
            self._break(sequence, sequence, why)

    def end(self) -> Verdict:
        """Say what came of it, now that there are no more entries."""
        beyond = [size for size in self.held if size > self.size]
        if self.fault is None and beyond:
            why = f"a checkpoint was signed with {max(beyond)} entries"
            self._break(self.size + 1, max(beyond), why)
        if self.fault is None and not self._is_gone_by_rule():
            last = self._gone.last
            self._break(last, last, "the entry is gone, by no purge of what was old enough")
        return Verdict(
            self.size,
            self._checkpoints,
            self._proven,
            self._gone.count,
            tuple(self._went_back[:10]),
            self.fault,
            tuple(self.losses),
        )

    def _take(self, number: int, seen: Seen) -> None:
        try:
            self._take_line(number, seen.line)
        except EntryFormError as fault:
            self._break(number, number, f"not of the form: {fault}")
            return
        self._note_nodes(seen.leaf)
        self._tree = self._tree.with_leaf(seen.leaf)
        self._hold_against_what_is_held()

    def _take_line(self, number: int, line: bytes | None) -> None:
        if line is None:
            self._gone = self._gone.with_one_more(number)
            return
        entry = read_entry(line)
        if entry.sequence != number:
            raise EntryFormError(f"expected entry {number}, found {entry.sequence}")
        self._note_clock(entry)
        self._gone = self._gone.with_left(entry, self._latest or entry.recorded_at)

    def _note_clock(self, entry: ReadEntry) -> None:
        at = entry.recorded_at
        # The difference of two times is always one; a time less some seconds may be before the year 1.
        if self._recorded_at is not None and self._recorded_at - at > SKEW:
            self._went_back.append(entry.sequence)
        self._recorded_at = at
        self._latest = at if self._latest is None else max(self._latest, at)

    def _is_gone_by_rule(self) -> bool:
        times = [each for each in (self._recorded_at, self.now) if each is not None]
        return self._gone.last == 0 or (bool(times) and self._gone.is_covered(min(times)))

    def _note_nodes(self, leaf: bytes) -> None:
        if (self.size + 1) % (1 << TILE_LEVELS):
            return
        for level, position, hash_ in self._tree.new_nodes(leaf):
            if level and level % TILE_LEVELS == 0:
                self._nodes[level // TILE_LEVELS, position] = hash_

    def _hold_against_what_is_held(self) -> None:
        for each in self.held.get(self.size, ()):
            # One who has the key can have signed the log's own checkpoints anew: only those from outside count here.
            self._hold_against(each, self._held_proven)
        if self.size in self.held:
            self._held_proven = self.size

    def _hold_against(self, signed: Checkpoint, proven: int) -> None:
        if signed.size != self.size:
            self._break(proven + 1, signed.size, "a checkpoint is out of place")
        elif signed.root != self._tree.root():
            self._break(proven + 1, signed.size, "the entries are not those that were signed")
        else:
            self._proven = self.size

    def _break(self, first: int, last: int, why: str) -> None:
        self.fault = self.fault or Fault(first, max(first, last), why)
