"""Check an exported audit log, or the proof of one entry, for alterations.

Written from the document `audit-format.md` ("The audit as others can check it") and nothing else;
"section" and "rule" below mean that document's sections and the rules of its section 5.
"""

import argparse
import hashlib
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.outsider.signed_notes import (
    WITNESS,
    Fault,
    Key,
    decode,
    open_note,
    parse_json,
    parse_key,
    read_text,
)

_STRING = rb'"(?:[^"\\]++|\\.)*+"'
_NULLABLE = b"(?:null|" + _STRING + b")"
_ENTRY = re.compile(
    rb'\{"sequence":([1-9][0-9]{0,18}),"recorded_at":%b,"action":%b,' % (_STRING, _STRING)
    + rb'"decision_id":%b,"patient":%b,"user_id":%b,"body":\{' % (_NULLABLE, _NULLABLE, _NULLABLE)
)
_QUOTED = re.compile(_STRING)
_ENTRY_LINE = re.compile(rb'\{"leaf":"([A-Za-z0-9+/]{43}=)","entry":(.*)\}\n')
_CHECKPOINT_LINE = re.compile(rb'\{"checkpoint":(".*")\}\n')


@dataclass(frozen=True)
class Verdict:
    """Say whether what was checked is whole, and if not, where it breaks first and why."""

    is_whole: bool
    entries: int
    first_broken: int | None
    why: str


class UselessEvidence(ValueError):
    """Tell that a checkpoint from elsewhere is no evidence about this log, so no verdict is due."""


class _Broken(Exception):
    """Tell the first broken position of a log and why it is broken."""

    def __init__(self, position: int, why: str) -> None:
        super().__init__(why)
        self.position = position


def _hash_leaf(entry: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + entry).digest()


def _hash_node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


class _Tree:
    """Grow a Merkle tree, keeping only the roots of its full subtrees (section 2)."""

    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[bytes] = []

    def add(self, leaf: bytes) -> None:
        size = self.size
        while size & 1:
            leaf, size = _hash_node(self._peaks.pop(), leaf), size >> 1
        self._peaks.append(leaf)
        self.size += 1

    def root(self) -> bytes:
        if not self._peaks:
            return hashlib.sha256(b"").digest()
        root = self._peaks[-1]
        for peak in reversed(self._peaks[:-1]):
            root = _hash_node(peak, root)
        return root


def _read_entry(raw: bytes) -> tuple[int, int]:
    """Give an entry's sequence number and the `through` of a purge, else 0 (section 1)."""
    form, members = _ENTRY.match(raw), parse_json(raw)
    if form is None or not isinstance(members, dict) or len(members) != 7:
        raise Fault("an entry has not the seven members in their form")
    if re.search(rb"\s", _QUOTED.sub(b"", raw)):
        raise Fault("an entry has spaces between its parts")
    if members["action"] != "entries-purged":
        return int(form[1]), 0
    through = members["body"].get("through")
    if type(through) is not int or not 0 <= through < 10**19:
        raise Fault("a purge does not say through which entry")
    return int(form[1]), through


class _Export:
    """Read an export in order up to its first fault, which is raised as _Broken (section 5)."""

    def __init__(self, key: Key, held: Iterable[tuple[int, bytes]]) -> None:
        self.tree = _Tree()
        self._key = key
        self._held: dict[int, set[bytes]] = {}
        for size, root in held:
            self._held.setdefault(size, set()).add(root)
        self._fits = self._held_fits = self._uncovered = 0
        self._is_closed = False

    def read(self, lines: Iterable[bytes]) -> None:
        self._meet_held()
        for line in lines:
            try:
                self._take(line)
            except Fault as fault:
                raise _Broken(self.tree.size + 1, str(fault)) from None
        self._end()

    def _take(self, line: bytes) -> None:
        """Take a line of one of the two forms (rule 1)."""
        entry, checkpoint = _ENTRY_LINE.fullmatch(line), _CHECKPOINT_LINE.fullmatch(line)
        self._is_closed = checkpoint is not None
        if checkpoint is not None:
            self._take_checkpoint(parse_json(checkpoint[1]))
        elif entry is not None:
            self._take_entry(decode(entry[1].decode(), 32), entry[2])
        else:
            raise Fault("a line has neither of the two forms")

    def _take_entry(self, leaf: bytes, raw: bytes) -> None:
        """Check rules 1 to 3 for the next entry."""
        number = self.tree.size + 1
        if raw == b"null":
            self._uncovered = number
        else:
            sequence, through = _read_entry(raw)
            if sequence != number:
                raise Fault(f"the entry has sequence number {sequence}")
            if _hash_leaf(raw) != leaf:
                raise Fault("the leaf hash is not the entry's")
            if through >= self._uncovered:
                self._uncovered = 0
        self.tree.add(leaf)
        self._meet_held()

    def _meet_held(self) -> None:
        """Compare the checkpoints from elsewhere that are of the present size (rule 6)."""
        size = self.tree.size
        roots = self._held.pop(size, None)
        if roots is None:
            return
        if roots != {self.tree.root()}:
            why = f"a checkpoint from elsewhere of size {size} has another root"
            raise _Broken(self._held_fits + 1, why)
        self._fits = self._held_fits = size

    def _take_checkpoint(self, note: object) -> None:
        """Check rule 4 for a checkpoint of the file."""
        size = self.tree.size
        try:
            if open_note(note, self._key) != (size, self.tree.root()):
                raise Fault("a checkpoint is out of place or has another root")
        except Fault as fault:
            raise _Broken(self._fits + 1, f"{fault} (after entry {size})") from None
        self._fits = size

    def _end(self) -> None:
        """Check what only the end of the file shows (rules 5, 6 and 3)."""
        size = self.tree.size
        if not self._is_closed:
            raise _Broken(size + 1, "the last line is no checkpoint")
        if self._held:
            why = f"cut off: a checkpoint from elsewhere has size {max(self._held)}"
            raise _Broken(size + 1, why)
        if self._uncovered:
            raise _Broken(self._uncovered, "an entry is null and covered by no later purge")


def verify_export(
    lines: Iterable[bytes],
    verifier_key: str,
    held: Sequence[str] = (),
    witness_keys: Sequence[str] = (),
) -> Verdict:
    """Check an export (section 5) from its lines, each with its line feed.

    Each checkpoint of `held` must have the signatures of the log and of all `witness_keys`,
    else UselessEvidence is raised. `entries` of the verdict counts the entry lines that were
    found good before reading stopped.
    """
    try:
        key = parse_key(verifier_key)
        witnesses = [parse_key(text, WITNESS) for text in witness_keys]
    except Fault as fault:
        return Verdict(False, 0, None, str(fault))
    try:
        export = _Export(key, [open_note(note, key, witnesses) for note in held])
    except Fault as fault:
        raise UselessEvidence(f"a checkpoint from elsewhere is refused: {fault}") from None
    try:
        export.read(lines)
    except _Broken as broken:
        return Verdict(False, export.tree.size, broken.position, str(broken))
    return Verdict(True, export.tree.size, None, "whole")


def _climb(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes:
    """Compute the root from a leaf and its inclusion path (RFC 9162 section 2.1.3.2)."""
    last, root = size - 1, leaf
    for node in path:
        if last == 0:
            raise Fault("the proof has too many hashes")
        if index & 1 or index == last:
            root = _hash_node(node, root)
            while index and not index & 1:
                index, last = index >> 1, last >> 1
        else:
            root = _hash_node(root, node)
        index, last = index >> 1, last >> 1
    if last != 0:
        raise Fault("the proof has too few hashes")
    return root


def _check_proof(entry: bytes, sequence: int, proof: object, key: Key) -> None:
    """Refuse a proof that does not show the entry to be in a signed tree (section 4)."""
    head, _, note = read_text(proof).partition("\n\n")
    lines = head.split("\n")
    if lines[0] != "c2sp.org/tlog-proof@v1" or len(lines) < 2:
        raise Fault("the proof has not its form")
    size, root = open_note(note, key)
    if lines[1] != f"index {sequence - 1}" or sequence > size:
        raise Fault("the proof's index is not the entry's or not in the tree")
    path = [decode(line, 32) for line in lines[2:]]
    if _climb(_hash_leaf(entry), sequence - 1, size, path) != root:
        raise Fault("the entry is not in the checkpoint's tree")


def verify_entry(document: Mapping[str, object], verifier_key: str) -> Verdict:
    """Check one entry and its proof (section 4); if broken, name its sequence number if any."""
    sequence: int | None = None
    try:
        key = parse_key(verifier_key)
        if set(document) != {"entry", "proof"}:
            raise Fault("not an object of the two members entry and proof")
        entry = read_text(document["entry"]).encode()
        sequence = _read_entry(entry)[0]
        _check_proof(entry, sequence, document["proof"], key)
    except Fault as fault:
        return Verdict(False, 0, sequence, str(fault))
    return Verdict(True, 1, None, "whole")


def _verify_file(options: argparse.Namespace) -> Verdict:
    if options.command == "export":
        held = [path.read_bytes().decode(errors="surrogateescape") for path in options.held]
        with options.file.open("rb") as lines:
            return verify_export(lines, options.key, held)
    try:
        document = parse_json(options.file.read_bytes())
    except Fault as fault:
        return Verdict(False, 0, None, str(fault))
    return verify_entry(document if isinstance(document, dict) else {}, options.key)


def _read_arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Check an audit log.")
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("export", "entry"):
        command = commands.add_parser(name)
        command.add_argument("file", type=Path)
        command.add_argument("--key", required=True)
        if name == "export":
            command.add_argument("--held", type=Path, nargs="+", action="extend", default=[])
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line: 0 whole, 3 broken, 2 misused or given useless evidence."""
    options = _read_arguments(arguments)
    try:
        parse_key(options.key)
        verdict = _verify_file(options)
    except (Fault, OSError, ValueError) as error:
        print(f"no verdict: {error}", file=sys.stderr)
        return 2
    where = "" if verdict.first_broken is None else f", first broken at {verdict.first_broken}"
    print(f"{verdict.why}; {verdict.entries} entries{where}")
    return 0 if verdict.is_whole else 3


if __name__ == "__main__":
    sys.exit(main())
