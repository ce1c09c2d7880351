"""Read keys and signed notes (section 3 of `audit-format.md`), and strict base64 and JSON."""

import base64
import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

LOG, WITNESS = 1, 4
_NAME = r"([^\s+\x00-\x1f\x7f]+)"
_BASE64 = r"([A-Za-z0-9+/]+={0,2})"
_KEY = re.compile(rf"{_NAME}\+([0-9a-f]{{8}})\+{_BASE64}")
_SIGNATURE = re.compile(f"\u2014 {_NAME} {_BASE64}")
_SIZE = re.compile("0|[1-9][0-9]{0,18}")


class Fault(Exception):
    """Tell what is wrong with a piece of the input."""


def decode(text: str, length: int | None = None) -> bytes:
    """Decode base64 that is the one text for its value, of exactly `length` bytes if given."""
    try:
        raw = base64.b64decode(text, validate=True)
    except ValueError:
        raise Fault("not base64") from None
    if base64.b64encode(raw).decode() != text or length not in (None, len(raw)):
        raise Fault("base64 that is not canonical or of the wrong length")
    return raw


def read_text(value: object) -> str:
    """Give the value if it is a string that UTF-8 can hold; refuse anything else."""
    if not isinstance(value, str):
        raise Fault("not a string")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise Fault("not Unicode text") from None
    return value


def _refuse_constant(name: str) -> object:
    """Refuse NaN and the infinities."""
    raise ValueError(f"{name} is no JSON")


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Make a JSON object of its members; refuse one that stands twice."""
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a JSON member stands twice")
    return members


def parse_json(raw: bytes) -> object:
    """Parse strict JSON: UTF-8, no member twice, no NaN."""
    try:
        return json.loads(raw.decode(), object_pairs_hook=_unique, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise Fault(f"not JSON as it should be ({str(error)[:80]})") from None


@dataclass(frozen=True)
class Key:
    """Hold a verifier key, the log's or a witness's."""

    name: str
    key_id: bytes
    kind: int
    public: Ed25519PublicKey

    def has_made(self, signature: bytes, text: bytes) -> bool:
        """Say whether the signature over a checkpoint's three lines is this key's."""
        if self.kind == WITNESS:
            seconds, signature = int.from_bytes(signature[:8], "big"), signature[8:]
            text = f"cosignature/v1\ntime {seconds}\n".encode() + text
        try:
            self.public.verify(signature, text)
        except InvalidSignature:
            return False
        return True


def parse_key(text: str, kind: int = LOG) -> Key:
    """Read a verifier key and refuse one whose key id is not its own."""
    match = _KEY.fullmatch(read_text(text))
    if match is None:
        raise Fault("the verifier key has not the form name+id+key")
    name, raw = match[1], decode(match[3], 33)
    key_id = hashlib.sha256(name.encode() + b"\n" + raw).digest()[:4]
    if raw[0] != kind or key_id.hex() != match[2]:
        raise Fault("the verifier key is of another type or says another key id")
    return Key(name, key_id, kind, Ed25519PublicKey.from_public_bytes(raw[1:]))


def _read_signature(line: str) -> tuple[str, bytes, bytes]:
    """Give a signature line's name, key id and signature."""
    match = _SIGNATURE.fullmatch(line)
    raw = decode(match[2]) if match else b""
    if match is None or len(raw) < 5:
        raise Fault("a signature line has not its form")
    return match[1], raw[:4], raw[4:]


def open_note(note: object, log: Key, witnesses: Sequence[Key] = ()) -> tuple[int, bytes]:
    """Give size and root of a checkpoint that the log and each of the witnesses has signed."""
    head, _, tail = read_text(note).partition("\n\n")
    lines = head.split("\n")
    if len(lines) != 3 or not tail.endswith("\n"):
        raise Fault("a checkpoint has not the form of a note")
    if lines[0] != log.name:
        raise Fault("a checkpoint is of another origin")
    if not _SIZE.fullmatch(lines[1]):
        raise Fault("a checkpoint's size is no number")
    root, text = decode(lines[2], 32), head.encode() + b"\n"
    signatures = [_read_signature(line) for line in tail[:-1].split("\n")]
    for key in (log, *witnesses):
        own = [raw for name, key_id, raw in signatures if (name, key_id) == (key.name, key.key_id)]
        if not any(key.has_made(raw, text) for raw in own):
            raise Fault(f"a checkpoint has no signature of {key.name} that is right")
    return int(lines[1]), root
