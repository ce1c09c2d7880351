"""Write small logs, checkpoints and proofs from `audit-format.md` alone, for tests to tamper with.

The trees are computed as RFC 9162 section 2.1 defines them, unlike those of the verifier.
"""

import base64
import hashlib
import json

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

NAME = "log.example/audit"
LOG_SEED, NEXT_SEED, STRANGER_SEED, WITNESS_SEED = (bytes([each]) * 32 for each in range(1, 5))
AT = "2001-05-06T07:08:09Z"


def encode(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def digest(raw: bytes) -> bytes:
    return hashlib.sha256(raw).digest()


def plain(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def entry(sequence: int, at: str = AT, action: str = "asked", **body: object) -> bytes:
    members = {"sequence": sequence, "recorded_at": at, "action": action}
    columns = {"decision_id": None, "patient": None, "user_id": None}
    return plain(members | columns | {"body": {"action": action, **body}}).encode()


def leaf(raw: bytes) -> bytes:
    return digest(b"\x00" + raw)


def split(count: int) -> int:
    """Give the greatest power of two below `count`."""
    return 1 << (count - 1).bit_length() - 1


def root(leaves: list[bytes]) -> bytes:
    if len(leaves) < 2:
        return leaves[0] if leaves else digest(b"")
    left = split(len(leaves))
    return digest(b"\x01" + root(leaves[:left]) + root(leaves[left:]))


def inclusion(index: int, leaves: list[bytes]) -> list[bytes]:
    """Give PATH of RFC 9162 section 2.1.3.1."""
    if len(leaves) == 1:
        return []
    left = split(len(leaves))
    if index < left:
        return [*inclusion(index, leaves[:left]), root(leaves[left:])]
    return [*inclusion(index - left, leaves[left:]), root(leaves[:left])]


def consistency(old: int, leaves: list[bytes], *, is_whole: bool = True) -> list[bytes]:
    """Give SUBPROOF of RFC 9162 section 2.1.4.1."""
    if old == len(leaves):
        return [] if is_whole else [root(leaves)]
    left = split(len(leaves))
    if old <= left:
        return [*consistency(old, leaves[:left], is_whole=is_whole), root(leaves[left:])]
    return [*consistency(old - left, leaves[left:], is_whole=False), root(leaves[:left])]


def _public(seed: bytes, kind: int) -> bytes:
    key = Ed25519PrivateKey.from_private_bytes(seed)
    return bytes([kind]) + key.public_key().public_bytes_raw()


def _key_id(seed: bytes, name: str, kind: int) -> bytes:
    return digest(name.encode() + b"\n" + _public(seed, kind))[:4]


def verifier_key(seed: bytes = LOG_SEED, name: str = NAME, kind: int = 1) -> str:
    return f"{name}+{_key_id(seed, name, kind).hex()}+{encode(_public(seed, kind))}"


def signature(seed: bytes, name: str, text: str) -> str:
    made = Ed25519PrivateKey.from_private_bytes(seed).sign(text.encode())
    return f"\u2014 {name} {encode(_key_id(seed, name, 1) + made)}\n"


def cosignature(seed: bytes, name: str, text: str, seconds: int = 1_764_403_200) -> str:
    said = f"cosignature/v1\ntime {seconds}\n{text}".encode()
    made = seconds.to_bytes(8, "big") + Ed25519PrivateKey.from_private_bytes(seed).sign(said)
    return f"\u2014 {name} {encode(_key_id(seed, name, 4) + made)}\n"


def three_lines(leaves: list[bytes], name: str = NAME) -> str:
    return f"{name}\n{len(leaves)}\n{encode(root(leaves))}\n"


def checkpoint(leaves: list[bytes], name: str = NAME, seed: bytes = LOG_SEED) -> str:
    return note(three_lines(leaves, name), name, seed)


def note(text: str, name: str = NAME, seed: bytes = LOG_SEED) -> str:
    return f"{text}\n{signature(seed, name, text)}"


def proof(raw: bytes, index: int, leaves: list[bytes], name: str = NAME) -> dict[str, object]:
    hashes = "".join(f"{encode(each)}\n" for each in inclusion(index, leaves))
    head = f"c2sp.org/tlog-proof@v1\nindex {index}\n{hashes}\n"
    return {"entry": raw.decode(), "proof": head + checkpoint(leaves, name)}


def growth(old: int, leaves: list[bytes], name: str = NAME) -> dict[str, object]:
    hashes = [encode(each) for each in consistency(old, leaves)]
    return {"old": old, "hashes": hashes, "checkpoint": checkpoint(leaves, name)}


def entry_line(raw: bytes, *, is_gone: bool = False) -> bytes:
    kept = b"null" if is_gone else raw
    return b'{"leaf":"%b","entry":%b}\n' % (encode(leaf(raw)).encode(), kept)


def checkpoint_line(note: str) -> bytes:
    return b'{"checkpoint":%b}\n' % plain(note).encode()


def export(entries: list[bytes], gone: tuple[int, ...] = ()) -> list[bytes]:
    """Write entries, those numbered in `gone` as null, and a checkpoint of them all."""
    lines = [entry_line(raw, is_gone=n in gone) for n, raw in enumerate(entries, 1)]
    return [*lines, checkpoint_line(checkpoint([leaf(raw) for raw in entries]))]
