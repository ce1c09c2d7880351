"""Read keys and signed notes (section 3 of `audit-format.md`)."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from tests.outsider.plain_json import Fault, decode, read_text

LOG, WITNESS = 1, 4
_NAME = r"([^\s+]{1,200})"
_MOST_CHARACTERS = 16_384
_BASE64 = r"([A-Za-z0-9+/]+={0,2})"
_KEY = re.compile(rf"{_NAME}\+([0-9a-f]{{8}})\+{_BASE64}")
_SIGNATURE = re.compile(f"\u2014 {_NAME} {_BASE64}")
_SIZE = re.compile("0|[1-9][0-9]{0,18}")


@dataclass(frozen=True)
class Key:
    """Hold a verifier key, the log's or a witness's."""

    name: str
    kind: int
    public: bytes

    @property
    def key_id(self) -> bytes:
        named = self.name.encode() + b"\n" + bytes([self.kind])
        return hashlib.sha256(named + self.public).digest()[:4]

    def under(self, name: str) -> "Key":
        """Give the same public key under another name (section 6)."""
        return replace(self, name=name)

    def has_made(self, signature: bytes, text: bytes) -> bool:
        """Say whether the signature over a checkpoint's three lines is this key's."""
        if self.kind == WITNESS:
            seconds, signature = int.from_bytes(signature[:8], "big"), signature[8:]
            text = f"cosignature/v1\ntime {seconds}\n".encode() + text
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, text)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True)
class Checkpoint:
    """Hold the three lines of a checkpoint whose signatures were found right."""

    origin: str
    size: int
    root: bytes


def parse_key(text: str, kind: int = LOG) -> Key:
    """Read a verifier key and refuse one whose key id is not its own."""
    match = _KEY.fullmatch(read_text(text))
    if match is None:
        raise Fault("the verifier key has not the form name+id+key")
    raw = decode(match[3], 33)
    key = Key(match[1], raw[0], raw[1:])
    if raw[0] != kind or key.key_id.hex() != match[2]:
        raise Fault("the verifier key is of another type or says another key id")
    return key


def parse_keys(text: str) -> list[Key]:
    """Read the log's verifier keys, one in a line; all must have one name."""
    keys = [parse_key(line) for line in read_text(text).removesuffix("\n").split("\n")]
    if len({key.name for key in keys}) != 1:
        raise Fault("the verifier keys have several names")
    return keys


def _read_signature(line: str) -> tuple[str, bytes, bytes]:
    """Give a signature line's name, key id and signature."""
    match = _SIGNATURE.fullmatch(line)
    raw = decode(match[2]) if match else b""
    if match is None or len(raw) < 5:
        raise Fault("a signature line has not its form")
    return match[1], raw[:4], raw[4:]


def _read_head(head: str) -> Checkpoint:
    lines = head.split("\n")
    if len(lines) != 3 or not _SIZE.fullmatch(lines[1]):
        raise Fault("a checkpoint has not its three lines")
    return Checkpoint(lines[0], int(lines[1]), decode(lines[2], 32))


def open_note(note: object, keys: Sequence[Key], witnesses: Sequence[Key] = ()) -> Checkpoint:
    """Give a checkpoint signed by one of the keys, under its origin, and by each witness.

    Among the keys may be those of witnesses: these need not have signed, but not wrongly either.
    """
    head, _, tail = read_text(note).partition("\n\n")
    if not tail.endswith("\n") or len(head) + 2 + len(tail) > _MOST_CHARACTERS:
        raise Fault("a checkpoint has not the form of a note")
    checkpoint, text = _read_head(head), head.encode() + b"\n"
    signatures = [_read_signature(line) for line in tail[:-1].split("\n")]
    own = [key for key in keys if key.kind == LOG and key.name == checkpoint.origin]
    if not own:
        raise Fault("a checkpoint is of another origin")
    if not all(_are_right(key, signatures, text) for key in keys if key.kind == WITNESS):
        raise Fault("a checkpoint has a line of a witness that is not right")
    for signers in (own, *([witness] for witness in witnesses)):
        if not any(_has_signed(key, signatures, text) for key in signers):
            raise Fault(f"a checkpoint has no signature of {signers[0].name} that is right")
    return checkpoint


def _has_signed(key: Key, signatures: list[tuple[str, bytes, bytes]], text: bytes) -> bool:
    return any(key.has_made(raw, text) for raw in _of(key, signatures))


def _are_right(key: Key, signatures: list[tuple[str, bytes, bytes]], text: bytes) -> bool:
    return all(key.has_made(raw, text) for raw in _of(key, signatures))


def _of(key: Key, signatures: list[tuple[str, bytes, bytes]]) -> list[bytes]:
    return [raw for name, key_id, raw in signatures if (name, key_id) == (key.name, key.key_id)]
