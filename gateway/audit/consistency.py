"""Prove that the log only grew from one size to a signed one, and check such a proof.

Decides nothing: whoever calls has decided who may have it. Form: docs/audit-format.md, section 4; RFC 9162 section 2.1.4.
"""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

from gateway.audit.merkle import HASH_BYTES, verify_consistency
from gateway.audit.notes import NoteError, VerifierKey, decoded, open_checkpoint
from gateway.audit.tree import Tree
from gateway.store.audit_tree import checkpoints_between, tile_of
from gateway.store.sessions import Reading

_MEMBERS = {"old", "hashes", "checkpoint"}


@dataclass(frozen=True, slots=True)
class Consistency:
    """The tree of the first `old` entries only grew to that of the checkpoint, a note, as these hashes show."""

    old: int
    hashes: tuple[bytes, ...]
    checkpoint: str

    def document(self) -> Mapping[str, object]:
        """Give it as it is handed out, in JSON."""
        hashes = [b64encode(each).decode() for each in self.hashes]
        return {"old": self.old, "hashes": hashes, "checkpoint": self.checkpoint}


def prove_consistency(reading: Reading, old: int, new: int) -> Consistency | None:
    """Prove that the log grew from `old` entries to the checkpoint of `new`.

    None where no checkpoint is of so many, where `old` is none or more of them, and where entries are missing.
    """
    signed = checkpoints_between(reading, new, new)
    if not signed or not 0 < old <= new:
        return None
    with suppress(IndexError):
        hashes = Tree(partial(tile_of, reading)).consistency(old, new)
        return Consistency(old, hashes, signed[0].note)
    return None


def verify_growth(
    document: Mapping[str, Any], held: str, keys: Sequence[VerifierKey]
) -> tuple[int, int]:
    """Check that the log of a checkpoint that is held grew into that of a document; give both sizes.

    Raises: NoteError saying what is wrong with it.
    """
    proof = _read(document)
    old, new = open_checkpoint(held, keys), open_checkpoint(proof.checkpoint, keys)
    if old.size != proof.old or old.origin != new.origin:
        raise NoteError("The proof is of another checkpoint than the one that is held.")
    if not verify_consistency(old.size, new.size, proof.hashes, old.root, new.root):
        raise NoteError("The proof does not show that the log only grew.")
    return old.size, new.size


def _read(document: Mapping[str, Any]) -> Consistency:
    match document:
        case {"old": int(old), "hashes": [*texts], "checkpoint": str(note)} if set(
            document
        ) == _MEMBERS and not isinstance(old, bool):
            return Consistency(old, tuple(map(_hash, texts)), note)
    raise NoteError("This is no proof that a log grew.")


def _hash(text: object) -> bytes:
    found = decoded(text) if isinstance(text, str) else b""
    if len(found) != HASH_BYTES:
        raise NoteError("A proof's hash has 32 bytes.")
    return found
