"""Check the whole log in the database, an exported file, or the proof of one entry.

Changes nothing. What is checked is told for outsiders in docs/audit-format.md.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from gateway.audit.entries import kept_between, last_sequence
from gateway.audit.entry_form import EntryFormError, read_entry
from gateway.audit.following import Following, Seen, Verdict
from gateway.audit.line import Kept, kept_line
from gateway.audit.losses import Loss, led_to, losses_kept, with_former
from gateway.audit.merkle import HASH_BYTES, leaf_hash, verify_inclusion
from gateway.audit.notes import NoteError, VerifierKey, decoded, open_checkpoint
from gateway.audit.proofs import read_proof
from gateway.store.audit_tree import checkpoints_between
from gateway.store.sessions import Reading
from gateway.store.tables import audit_node

ROWS_AT_ONCE = 2_000
"""A few megabytes: the log is longer than memory."""

_HEAD = b'{"leaf":"'
_MIDDLE = b'","entry":'
_LEAF_CHARACTERS = 44
_ENTRY_AT = len(_HEAD) + _LEAF_CHARACTERS + len(_MIDDLE)


def verify_log(
    reading: Reading,
    keys: Sequence[VerifierKey],
    held: Iterable[str] = (),
    now: datetime | None = None,
) -> Verdict:
    """Check the log that is kept, in one snapshot; `held` are checkpoints from outside, `now` is when it is checked.

    The name of the first of `keys` is the log's; under those that it had before, as it tells itself, they count too.

    Raises: NoteError if one of these is not signed by the log's keys.
    """
    losses = led_to(keys[0].name, losses_kept(reading))
    return _verified(reading, Following(with_former(keys, losses), losses, now=now), held)


def verify_log_after(
    reading: Reading, keys: Sequence[VerifierKey], held: Iterable[str], loss: Loss
) -> Verdict:
    """Check the log that is kept as if an entry told of this loss already.

    Raises: NoteError if one of `held` is not signed by the log's keys.
    """
    losses = led_to(keys[0].name, (*losses_kept(reading), loss))
    return _verified(reading, Following(with_former(keys, losses), losses), held)


def _verified(reading: Reading, following: Following, held: Iterable[str]) -> Verdict:
    for note in held:
        following.hold(note)
    last = last_sequence(reading)
    for first in range(1, last + 1, ROWS_AT_ONCE):
        _follow(reading, following, first, min(first + ROWS_AT_ONCE - 1, last))
        if following.fault is not None:
            return following.end()
    for beyond in checkpoints_between(reading, last + 1, 2**62):
        following.checkpoint(beyond.note)
    for node in reading.connection.execute(
        select(audit_node.c.tile_level, audit_node.c.position, audit_node.c.hash).order_by(
            audit_node.c.tile_level, audit_node.c.position
        )
    ):
        following.node(*node)
    return following.end()


def verify_export(
    lines: Iterable[bytes],
    keys: Sequence[VerifierKey],
    held: Iterable[str] = (),
    losses: Sequence[Loss] = (),
    now: datetime | None = None,
) -> Verdict:
    """Check an exported log, line by line; `losses` are those that the same lines tell, `now` is when it is checked.

    Raises: NoteError if one of `held` is not signed by the log's keys.
    """
    counting = led_to(keys[0].name, losses)
    following = Following(with_former(keys, counting), counting, now=now)
    is_last_a_checkpoint = False
    for note in held:
        following.hold(note)
    for line in lines:
        is_last_a_checkpoint = _follow_line(following, line)
        if following.fault is not None:
            return following.end()
    if not is_last_a_checkpoint:
        following.unreadable(following.size + 1, "the file does not end in a checkpoint")
    return following.end()


def verify_entry(document: Mapping[str, str], keys: Sequence[VerifierKey]) -> int:
    """Check the proof of one entry; give its sequence number.

    Raises: NoteError saying what is wrong with it.
    """
    entry, proof = document["entry"].encode(), read_proof(document["proof"])
    checkpoint = open_checkpoint(proof.checkpoint, keys)
    leaf = leaf_hash(entry)
    if not verify_inclusion(proof.index, checkpoint.size, leaf, proof.hashes, checkpoint.root):
        raise NoteError("The proof does not show that the entry is in the log.")
    if _number_of(entry) != proof.index + 1:
        raise NoteError("The proof is of another entry.")
    return proof.index + 1


def _number_of(entry: bytes) -> int:
    try:
        return read_entry(entry).sequence
    except EntryFormError as fault:
        raise NoteError(f"The entry is not of the form: {fault}.") from fault


def _follow(reading: Reading, following: Following, first: int, last: int) -> None:
    notes = {each.size: each.note for each in checkpoints_between(reading, first, last)}
    for seen in _entries(reading, following, first, last):
        following.entry(seen)
        if seen.sequence in notes:
            following.checkpoint(notes[seen.sequence])
    if following.size < last:
        # Of a row with a number far too high all that is missing before it would be looked for.
        following.unreadable(following.size + 1, "the entry is missing")


def _seen_between(reading: Reading, first: int, last: int) -> Sequence[Seen]:
    return [_seen(row) for row in kept_between(reading, first, last)]


def _seen(row: Kept) -> Seen:
    return Seen(row.sequence, row.leaf, kept_line(row))


def _entries(reading: Reading, following: Following, first: int, last: int) -> Iterable[Seen]:
    try:
        return _seen_between(reading, first, last)
    except (SQLAlchemyError, ValueError, TypeError):
        # A row was altered so that the driver cannot read it: find which.
        return _one_by_one(reading, following, first, last)


def _one_by_one(reading: Reading, following: Following, first: int, last: int) -> Iterator[Seen]:
    for sequence in range(first, last + 1):
        try:
            yield from _seen_between(reading, sequence, sequence)
        except (SQLAlchemyError, ValueError, TypeError):
            following.unreadable(sequence, "the entry cannot be read")
            return


def _follow_line(following: Following, line: bytes) -> bool:
    """Follow one line; say whether it was a checkpoint."""
    try:
        if line.startswith(_HEAD):
            following.entry(_entry_of(line, following.size + 1))
            return False
        following.checkpoint(_note_of(line))
    except (ValueError, KeyError, TypeError):
        following.unreadable(following.size + 1, "the line is not one of the form")
    return True


def _note_of(line: bytes) -> str:
    found = _members(line)["checkpoint"]
    # Written anew it must be the line: no other member, and none twice.
    if orjson.dumps({"checkpoint": found}) + b"\n" != line or not isinstance(found, str):
        raise NoteError("The line is not one of the form.")
    return found


def _entry_of(line: bytes, expected: int) -> Seen:
    if line[_ENTRY_AT - len(_MIDDLE) : _ENTRY_AT] != _MIDDLE or not line.endswith(b"}\n"):
        raise NoteError("The line is not one of the form.")
    entry, leaf = line[_ENTRY_AT:-2], decoded(line[len(_HEAD) :][:_LEAF_CHARACTERS].decode())
    if len(leaf) != HASH_BYTES:
        raise NoteError("A leaf hash has 32 bytes.")
    return Seen(expected, leaf, None if entry == b"null" else entry)


def _members(text: bytes) -> Mapping[str, Any]:
    found = orjson.loads(text)
    if not isinstance(found, dict):
        raise NoteError("This is no JSON object.")
    return found
