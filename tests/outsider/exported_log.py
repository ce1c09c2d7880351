"""Read an exported log up to its first fault (section 5), with the names it had (section 6)."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from tests.outsider.entries import read_entry
from tests.outsider.losses import Loss, find_losses_that_count, read_loss
from tests.outsider.merkle import Tree, hash_leaf
from tests.outsider.plain_json import Fault, decode, parse_plain_json
from tests.outsider.purges import Gone
from tests.outsider.signed_notes import Checkpoint, Key, open_note

_ENTRY_LINE = re.compile(rb'\{"leaf":"([A-Za-z0-9+/]{43}=)","entry":(.*)\}\n')
_CHECKPOINT_LINE = re.compile(rb'\{"checkpoint":(".*")\}\n')


class Broken(Exception):
    """Tell the first broken position of a log and why it is broken."""

    def __init__(self, position: int, why: str) -> None:
        super().__init__(why)
        self.position = position


def find_losses(lines: Iterable[bytes], name: str) -> tuple[Loss, ...]:
    """Find the losses that count in a file, wherever they stand in it (section 6)."""
    return find_losses_that_count(name, _read_losses(lines))


def _read_losses(lines: Iterable[bytes]) -> Iterator[Loss]:
    for line in lines:
        if b'"action":"log-begun-anew"' not in line:
            continue
        try:
            loss = read_loss(json.loads(line.decode())["entry"])
        except (ValueError, TypeError, KeyError, RecursionError):
            continue  # It cannot be read; the reading in order will name it.
        if loss is not None:
            yield loss


class ExportedLog:
    """Read an export in order up to its first fault, which is raised as Broken (section 5)."""

    def __init__(self, keys: Sequence[Key], held: Iterable[Checkpoint]) -> None:
        self.tree = Tree()
        self.gone = Gone()
        self._keys = keys
        self._held: dict[int, set[bytes]] = {}
        for checkpoint in held:
            if checkpoint.size:
                self._held.setdefault(checkpoint.size, set()).add(checkpoint.root)
        self._fits = self._held_fits = 0
        self._is_closed = False

    def read(self, lines: Iterable[bytes], now: datetime) -> None:
        """Read all lines, each with its line feed."""
        for line in lines:
            try:
                self._take(line)
            except Fault as fault:
                raise Broken(self.tree.size + 1, str(fault)) from None
        self._end(now)

    def _take(self, line: bytes) -> None:
        """Take a line of one of the two forms (rule 1)."""
        entry, checkpoint = _ENTRY_LINE.fullmatch(line), _CHECKPOINT_LINE.fullmatch(line)
        if checkpoint is not None:
            self._take_checkpoint(parse_plain_json(checkpoint[1]))
        elif entry is not None:
            self._take_entry(decode(entry[1].decode(), 32), entry[2])
        else:
            raise Fault("a line has neither of the two forms")
        self._is_closed = checkpoint is not None

    def _take_entry(self, leaf: bytes, raw: bytes) -> None:
        """Check rules 1 to 3 for the next entry."""
        number = self.tree.size + 1
        if raw == b"null":
            self.gone.pass_null(number)
        else:
            self._check_entry(leaf, raw)
        self.tree.add(leaf)
        self._meet_held()

    def _check_entry(self, leaf: bytes, raw: bytes) -> None:
        entry = read_entry(raw)
        if entry.sequence != self.tree.size + 1:
            raise Fault(f"the entry has sequence number {entry.sequence}")
        if hash_leaf(raw) != leaf:
            raise Fault("the leaf hash is not the entry's")
        self.gone.pass_entry(entry)

    def _meet_held(self) -> None:
        """Compare the checkpoints from elsewhere that are of the present size (rule 6)."""
        size = self.tree.size
        roots = self._held.pop(size, None)
        if roots is None:
            return
        if roots != {self.tree.root()}:
            why = f"a checkpoint from elsewhere of size {size} has another root"
            raise Broken(self._held_fits + 1, why)
        self._fits = self._held_fits = size

    def _take_checkpoint(self, note: object) -> None:
        """Check rule 4 for a checkpoint of the file, of which there is one of each size."""
        size = self.tree.size
        try:
            checkpoint = open_note(note, self._keys)
            if self._is_closed or checkpoint.size != size:
                raise Fault("a checkpoint is out of place")
            if checkpoint.root != self.tree.root():
                raise Fault("a checkpoint has another root")
        except Fault as fault:
            raise Broken(self._fits + 1, f"{fault} (after entry {size})") from None
        self._fits = size

    def _end(self, now: datetime) -> None:
        """Check what only the end of the file shows (rules 5, 6 and 7)."""
        size = self.tree.size
        if not self._is_closed:
            raise Broken(size + 1, "the last line is no checkpoint")
        if self._held:
            why = f"cut off: a checkpoint from elsewhere has size {max(self._held)}"
            raise Broken(size + 1, why)
        if not self.gone.is_covered(now):
            raise Broken(self.gone.last, "an entry is null and covered by no later purge")
