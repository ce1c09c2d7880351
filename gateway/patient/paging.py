"""Keep what sources said for the further pages of one search, readable only with the caller's cursor.

Narrows nothing: each page is decided, narrowed and recorded anew (docs/decisions/0007, section 6). What is stored is
un-narrowed and encrypted under a random key that only the cursor holds.
"""

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import blake2b
from hmac import compare_digest
from secrets import token_bytes

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from adapters.contract import SourceAnswer
from gateway.errors import GoneError
from gateway.identity import Principal
from gateway.store.engine import Store
from gateway.store.snapshots import (
    PageSnapshot,
    SnapshotBinding,
    drop_expired_snapshots,
    keep_snapshot,
    snapshot_of,
)

SNAPSHOT_LASTS = timedelta(minutes=10)
_ID_BYTES, _KEY_BYTES, _OFFSET_BYTES, _PROOF_BYTES = 16, 32, 4, 16
_NONCE = bytes(12)
"""Each key encrypts exactly one snapshot, so one nonce is enough (NIST SP 800-38D, 8.2)."""


@dataclass(frozen=True, slots=True, repr=False)
class Cursor:
    """Where a search goes on: which snapshot, the key to it, and how many items were shown before."""

    snapshot_id: bytes
    key: bytes
    offset: int

    def at(self, offset: int) -> "Cursor":
        """Give the cursor of another place in the same snapshot."""
        return Cursor(self.snapshot_id, self.key, offset)

    def text(self) -> str:
        """Write the cursor for a link; a changed one is not read back."""
        body = self.snapshot_id + self.key + self.offset.to_bytes(_OFFSET_BYTES, "big")
        return base64.urlsafe_b64encode(body + _proof(self.key, body)).decode().rstrip("=")


class Kept(msgspec.Struct, frozen=True):
    """What a snapshot holds: the search it belongs to, and what the sources said when it began."""

    query: str
    answers: list[SourceAnswer]


@dataclass(frozen=True, slots=True)
class Pages:
    """Snapshots of the deployment's database."""

    store: Store
    clock: Callable[[], datetime]

    async def keep(
        self, principal: Principal, patient_id: str, query: str, answers: tuple[SourceAnswer, ...]
    ) -> Cursor:
        """Store a snapshot for ten minutes and give the cursor to its start."""
        cursor = Cursor(token_bytes(_ID_BYTES), token_bytes(_KEY_BYTES), 0)
        binding = _binding(cursor, principal, patient_id)
        body = AESGCM(cursor.key).encrypt(
            _NONCE, _encode(Kept(query, list(answers))), _bound(binding)
        )
        now = self.clock()
        await drop_expired_snapshots(self.store, now)
        await keep_snapshot(self.store, PageSnapshot(binding, body, now + SNAPSHOT_LASTS))
        return cursor

    async def open(
        self, principal: Principal, patient_id: str, query: str, cursor: Cursor
    ) -> tuple[SourceAnswer, ...]:
        """Read a snapshot back.

        Raises GoneError when it has expired, belongs to somebody or something else, or was altered.
        """
        binding = _binding(cursor, principal, patient_id)
        body = await self.store.read(snapshot_of, binding, self.clock())
        if body is None:
            raise GoneError("The page has expired.")
        try:
            plain = AESGCM(cursor.key).decrypt(_NONCE, body, _bound(binding))
        except InvalidTag as fault:
            raise GoneError("The page cannot be read.") from fault
        kept = _decode(plain)
        if kept.query != query:
            raise GoneError("The page belongs to another search.")
        return tuple(kept.answers)


def read_cursor(text: str) -> Cursor:
    """Read a cursor as it stood in a link.

    Raises GoneError for anything else, so that a guess tells nothing.
    """
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError) as fault:
        raise GoneError("The page has expired.") from fault
    body, proof = raw[:-_PROOF_BYTES], raw[-_PROOF_BYTES:]
    snapshot_id, rest = body[:_ID_BYTES], body[_ID_BYTES:]
    key, offset = rest[:_KEY_BYTES], rest[_KEY_BYTES:]
    cursor = Cursor(snapshot_id, key, int.from_bytes(offset, "big"))
    is_whole = len(offset) == _OFFSET_BYTES and compare_digest(proof, _proof(key, body))
    # A second spelling of a cursor is not that cursor: its last letter has bits to spare.
    if not is_whole or cursor.text() != text:
        raise GoneError("The page has expired.")
    return cursor


def _proof(key: bytes, body: bytes) -> bytes:
    return blake2b(body, key=key, digest_size=_PROOF_BYTES).digest()


def _binding(cursor: Cursor, principal: Principal, patient_id: str) -> SnapshotBinding:
    return SnapshotBinding(
        cursor.snapshot_id.hex(), principal.user_id, principal.token_hash, patient_id
    )


def _bound(binding: SnapshotBinding) -> bytes:
    return msgspec.json.encode(
        [binding.snapshot_id, binding.user_id, binding.session_id, binding.patient]
    )


def _encode(kept: Kept) -> bytes:
    # Pages are the bulk: originals belong to `$original`, which gathers anew, and are not kept.
    answers = [replace(answer, originals={}, listed=()) for answer in kept.answers]
    return msgspec.msgpack.encode(Kept(kept.query, answers))


def _decode(plain: bytes) -> Kept:
    return msgspec.msgpack.decode(plain, type=Kept)
