"""Write the proof that one entry is in the log as a text that outsiders can check, and read such texts.

Pure. Form: C2SP tlog-proof (https://c2sp.org/tlog-proof); docs/audit-format.md, section 4.
"""

import re
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass

from gateway.audit.merkle import HASH_BYTES
from gateway.audit.notes import NoteError, decoded

_FIRST_LINE = "c2sp.org/tlog-proof@v1"
_INDEX = re.compile(r"index (0|[1-9][0-9]{0,18})")
_HASHES_AT_MOST = 63


@dataclass(frozen=True, slots=True)
class Proof:
    """Where an entry stands, counted from 0, and the hashes beside its path up to the checkpoint's root."""

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: str


def written(proof: Proof) -> str:
    """Write a proof."""
    hashes = "".join(f"{b64encode(each).decode()}\n" for each in proof.hashes)
    return f"{_FIRST_LINE}\nindex {proof.index}\n{hashes}\n{proof.checkpoint}"


def read_proof(text: str) -> Proof:
    """Read a proof; nothing of it is checked yet.

    Raises: NoteError if it is none.
    """
    head, gap, checkpoint = text.partition("\n\n")
    first, _, rest = head.partition("\n")
    index, *hashes = rest.split("\n")
    found = _INDEX.fullmatch(index)
    if not gap or first != _FIRST_LINE or found is None or len(hashes) > _HASHES_AT_MOST:
        raise NoteError("This is no proof of an entry.")
    return Proof(int(found.group(1)), _hashes(hashes), checkpoint)


def _hashes(texts: Sequence[str]) -> tuple[bytes, ...]:
    hashes = tuple(decoded(each) for each in texts)
    if any(len(each) != HASH_BYTES for each in hashes):
        raise NoteError("A proof's hash has 32 bytes.")
    return hashes
