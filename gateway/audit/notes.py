"""Sign the state of the log as a checkpoint that outsiders can check, and read such checkpoints.

Pure: keeps nothing and fetches nothing. Forms: C2SP signed-note, tlog-checkpoint and tlog-cosignature
(https://c2sp.org); Ed25519 is RFC 8032.
"""

import re
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from gateway.audit.merkle import HASH_BYTES

SEED_BYTES = 32
KEY_ID_BYTES = 4
SIGNATURE_BYTES = 64
_TIME_BYTES = 8
NOTE_CHARACTERS_AT_MOST = 16_384
"""A checkpoint with a dozen signatures takes 2,000: what is longer is none, and is not read."""

_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")
_NAME = re.compile(r"[^\s+]{1,200}")


class NoteError(ValueError):
    """Say why a text is no checkpoint or no verifier key, or not one of this log's."""


class KeyType(IntEnum):
    """What a key signs, as the formats number it."""

    LOG = 0x01
    WITNESS = 0x04


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The tree of the first `size` entries of the log named `origin`."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """Write what is signed."""
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n"


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public key and the name that it signs for."""

    name: str
    type: KeyType
    public: bytes

    def id(self) -> bytes:
        """Give the four bytes by which signatures of this key are known."""
        return sha256(self.name.encode() + b"\n" + bytes([self.type]) + self.public).digest()[
            :KEY_ID_BYTES
        ]

    def text(self) -> str:
        """Write the key as it is given to outsiders."""
        kind = bytes([self.type]) + self.public
        return f"{self.name}+{self.id().hex()}+{b64encode(kind).decode()}"


@dataclass(frozen=True, slots=True, repr=False)
class SigningKey:
    """The log's own key, made from a secret of 32 bytes."""

    origin: str
    seed: bytes

    def verifier(self) -> VerifierKey:
        """Give what outsiders need to check its signatures."""
        return VerifierKey(
            self.origin, KeyType.LOG, self._private().public_key().public_bytes_raw()
        )

    def sign(self, size: int, root: bytes) -> str:
        """Write and sign the checkpoint of a tree. The same tree always has the same signature."""
        checkpoint = Checkpoint(self.origin, size, root)
        signature = self._private().sign(checkpoint.text().encode())
        return f"{checkpoint.text()}\n{signature_line(self.verifier(), signature)}"

    def _private(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)


def signature_line(key: VerifierKey, signature: bytes) -> str:
    """Write one signature of a note."""
    return f"— {key.name} {b64encode(key.id() + signature).decode()}\n"


def read_verifier_key(text: str) -> VerifierKey:
    """Read a verifier key.

    Raises: NoteError if it is none, or its key id is not its own.
    """
    name, _, rest = text.strip().partition("+")
    key_id, _, encoded = rest.partition("+")
    kind = decoded(encoded)
    if not _NAME.fullmatch(name) or len(kind) != 1 + HASH_BYTES:
        raise NoteError("A verifier key is name+id+key.")
    if kind[0] not in set(KeyType):
        raise NoteError("The verifier key is of a kind that is not known.")
    key = VerifierKey(name, KeyType(kind[0]), kind[1:])
    if key.id().hex() != key_id:
        raise NoteError("The verifier key's id is not its own.")
    return key


def open_checkpoint(note: str, keys: Iterable[VerifierKey]) -> Checkpoint:
    """Read a checkpoint that one of the log's keys signed. Of a witness whose key is given nothing is asked, but what it signed must be right.

    Raises: NoteError if it is no checkpoint, or none of the keys signed it, or it is another log's.
    """
    text, signatures = _parts(note)
    checkpoint, keys = _read(text), tuple(keys)
    for key in keys:
        if key.type is KeyType.WITNESS and not _is_right(text, signatures, key):
            raise NoteError("The witness's signature on the checkpoint is not right.")
    own = (key for key in keys if key.type is KeyType.LOG and key.name == checkpoint.origin)
    for key in own:
        if any(_is_signed(text, key, each) for each in _signatures_of(signatures, key)):
            return checkpoint
    raise NoteError("The checkpoint is not signed by the log's key.")


def is_witnessed(note: str, witness: VerifierKey) -> bool:
    """Say whether a witness countersigned a checkpoint.

    Raises: NoteError if it is no checkpoint.
    """
    text, signatures = _parts(note)
    return any(_is_cosigned(text, witness, each) for each in _signatures_of(signatures, witness))


def _is_right(text: str, signatures: str, witness: VerifierKey) -> bool:
    return all(_is_cosigned(text, witness, each) for each in _signatures_of(signatures, witness))


def _parts(note: str) -> tuple[str, str]:
    body, gap, signatures = note.partition("\n\n")
    if not gap or not signatures.endswith("\n") or len(note) > NOTE_CHARACTERS_AT_MOST:
        raise NoteError("This is no signed note.")
    return f"{body}\n", signatures


def _read(text: str) -> Checkpoint:
    lines = text.split("\n")
    if len(lines) != 4 or not lines[0] or not _SIZE.fullmatch(lines[1]):
        raise NoteError("This is no checkpoint.")
    root = decoded(lines[2])
    if len(root) != HASH_BYTES:
        raise NoteError("The checkpoint has no root.")
    return Checkpoint(lines[0], int(lines[1]), root)


def _signatures_of(signatures: str, key: VerifierKey) -> Sequence[bytes]:
    # All are read, also after one that is right: a line of another form makes it no note.
    return [
        signature[KEY_ID_BYTES:]
        for name, signature in list(_signatures(signatures))
        if name == key.name and signature[:KEY_ID_BYTES] == key.id()
    ]


def _signatures(text: str) -> Iterator[tuple[str, bytes]]:
    for line in text[:-1].split("\n"):
        dash, _, rest = line.partition(" ")
        name, _, encoded = rest.partition(" ")
        signature = decoded(encoded)
        if dash != "—" or not _NAME.fullmatch(name) or len(signature) <= KEY_ID_BYTES:
            raise NoteError("A signature's line is a dash, a name, and a key id with a signature.")
        yield name, signature


def _is_signed(text: str, key: VerifierKey, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(key.public).verify(signature, text.encode())
    except InvalidSignature:
        return False
    return True


def _is_cosigned(text: str, key: VerifierKey, cosignature: bytes) -> bool:
    if key.type is not KeyType.WITNESS or len(cosignature) != _TIME_BYTES + SIGNATURE_BYTES:
        return False
    return _is_signed(
        cosigned_text(text, int.from_bytes(cosignature[:_TIME_BYTES])),
        key,
        cosignature[_TIME_BYTES:],
    )


def cosigned_text(checkpoint: str, at: int) -> str:
    """Write what a witness signs; `at` is in seconds since 1970."""
    return f"cosignature/v1\ntime {at}\n{checkpoint}"


def decoded(text: str) -> bytes:
    """Read base64.

    Raises: NoteError if it is none, or not in its one canonical form.
    """
    try:
        found = b64decode(text.encode("ascii"), validate=True)
    except (Base64Error, ValueError) as fault:
        raise NoteError("This is no base64.") from fault
    # One text for one value: bits after the end would make another note of the same signature.
    if b64encode(found).decode() != text:
        raise NoteError("This is no canonical base64.")
    return found
