"""Check an exported audit log, the proof of one entry, or the proof that the log only grew.

Written from the document `audit-format.md` ("The audit as others can check it") and nothing else;
"section" and "rule" here and in the other files mean that document's sections and the rules of its
section 5. The command line is in `verifier.py`.
"""

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from tests.outsider.entries import read_entry
from tests.outsider.exported_log import Broken, ExportedLog, find_losses
from tests.outsider.losses import Loss
from tests.outsider.merkle import climb, climb_from, hash_leaf
from tests.outsider.plain_json import Fault, decode, is_whole_number, read_text
from tests.outsider.signed_notes import WITNESS, Checkpoint, Key, open_note, parse_key, parse_keys


@dataclass(frozen=True)
class Verdict:
    """Say whether what was checked is whole, and if not, where it breaks first and why.

    `entries` counts the entry lines that were found good before reading stopped, `gone` those of
    them that are null; `losses` are those that count, wherever they stand (section 6).
    """

    is_whole: bool
    entries: int
    first_broken: int | None
    why: str
    losses: tuple[Loss, ...] = ()
    gone: int = 0


class UselessEvidence(ValueError):
    """Tell that a checkpoint from elsewhere is no evidence about this log, so no verdict is due."""


def verify_export(
    lines: Iterable[bytes],
    verifier_keys: str,
    held: Sequence[str] = (),
    witness_keys: Sequence[str] = (),
) -> Verdict:
    """Check an export (section 5) from its lines, each with its line feed.

    The log's keys stand one in a line. Each checkpoint of `held` must have the signatures of the
    log and of all `witness_keys`, else UselessEvidence is raised. The lines are read twice.
    """
    lines = list(lines) if iter(lines) is lines else lines
    try:
        trusted = parse_keys(verifier_keys)
        witnesses = [parse_key(text, WITNESS) for text in witness_keys]
    except Fault as fault:
        return Verdict(False, 0, None, str(fault))
    losses = find_losses(lines, trusted[0].name)
    keys = trusted + [key.under(loss.former_origin) for loss in losses for key in trusted]
    keys += witnesses
    opened = [_open_held(note, keys, witnesses) for note in held]
    counting = [each for each in opened if not any(loss.excuses(each) for loss in losses)]
    return _read(ExportedLog(keys, counting), lines, losses)


def _open_held(note: str, keys: Sequence[Key], witnesses: Sequence[Key]) -> Checkpoint:
    try:
        return open_note(note, keys, witnesses)
    except Fault as fault:
        raise UselessEvidence(f"a checkpoint from elsewhere is refused: {fault}") from None


def _read(export: ExportedLog, lines: Iterable[bytes], losses: tuple[Loss, ...]) -> Verdict:
    position, why = None, "whole"
    try:
        export.read(lines, datetime.fromtimestamp(time.time(), UTC))
    except Broken as broken:
        position, why = broken.position, str(broken)
    return Verdict(position is None, export.tree.size, position, why, losses, export.gone.count)


def verify_entry(document: Mapping[str, object], verifier_keys: str) -> Verdict:
    """Check one entry and its proof (section 4); if broken, name its sequence number if any."""
    sequence: int | None = None
    try:
        keys = parse_keys(verifier_keys)
        if set(document) != {"entry", "proof"}:
            raise Fault("not an object of the two members entry and proof")
        entry = read_text(document["entry"]).encode()
        sequence = read_entry(entry).sequence
        _check_proof(entry, sequence, document["proof"], keys)
    except Fault as fault:
        return Verdict(False, 0, sequence, str(fault))
    return Verdict(True, 1, None, "whole")


def _check_proof(entry: bytes, sequence: int, proof: object, keys: Sequence[Key]) -> None:
    """Refuse a proof that does not show the entry to be in a signed tree (section 4)."""
    head, _, note = read_text(proof).partition("\n\n")
    lines = head.split("\n")
    if lines[0] != "c2sp.org/tlog-proof@v1" or len(lines) < 2:
        raise Fault("the proof has not its form")
    checkpoint = open_note(note, keys)
    if lines[1] != f"index {sequence - 1}" or sequence > checkpoint.size:
        raise Fault("the proof's index is not the entry's or not in the tree")
    path = [decode(line, 32) for line in lines[2:]]
    if climb(hash_leaf(entry), sequence - 1, checkpoint.size, path) != checkpoint.root:
        raise Fault("the entry is not in the checkpoint's tree")


def verify_consistency(
    document: Mapping[str, object],
    verifier_keys: str,
    held: str,
    witness_keys: Sequence[str] = (),
) -> Verdict:
    """Check that the log of the held checkpoint only grew to that of the document (section 4).

    The held checkpoint must have the signatures of the log and of all `witness_keys`, else
    UselessEvidence is raised. `entries` of the verdict is the new size, if the log only grew.
    """
    try:
        keys = parse_keys(verifier_keys)
        witnesses = [parse_key(text, WITNESS) for text in witness_keys]
        keys += witnesses
        old = _open_held(held, keys, witnesses)
        new, hashes = _read_consistency(document, keys)
        _check_growth(document["old"], (old, new), hashes)
    except Fault as fault:
        return Verdict(False, 0, None, str(fault))
    return Verdict(True, new.size, None, "whole")


def _read_consistency(
    document: Mapping[str, object], keys: Sequence[Key]
) -> tuple[Checkpoint, list[bytes]]:
    if set(document) != {"old", "hashes", "checkpoint"}:
        raise Fault("not an object of the three members old, hashes and checkpoint")
    hashes = document["hashes"]
    if not isinstance(hashes, list):
        raise Fault("the hashes are no array")
    return open_note(document["checkpoint"], keys), [decode(read_text(h), 32) for h in hashes]


def _check_growth(
    said: object, between: tuple[Checkpoint, Checkpoint], hashes: Sequence[bytes]
) -> None:
    old, new = between
    if not is_whole_number(said) or said != old.size or not 1 <= old.size <= new.size:
        raise Fault("the sizes are not those of the two checkpoints")
    if old.origin != new.origin:
        raise Fault("the two checkpoints are of different origins")
    roots = (old.root, old.root)
    if old.size < new.size:
        roots = climb_from((old.size, old.root), new.size, hashes)
    elif hashes:
        raise Fault("there are hashes between two checkpoints of one size")
    if roots != (old.root, new.root):
        raise Fault("the log of the one is not the beginning of the other")
