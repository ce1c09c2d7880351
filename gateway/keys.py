"""Keep the service's keys, one set for each purpose, in a file that only its owner may read.

Does not use them. The first key of a purpose is current; later ones still read what they wrote.
"""

import base64
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

KEY_BYTES = 64
"""AES-SIV with 256-bit strength takes 64 bytes (RFC 5297); other purposes use a prefix."""


_UNREADABLE = "The key file cannot be read: make one with `scr keys init`."


class KeyPurpose(StrEnum):
    """What a key is for; no key serves two purposes."""

    PATIENT_IDS = "patient-ids"
    REGISTRY = "registry"
    VIEW_HASH = "view-hash"
    AUDIT_LOG = "audit-log"


class KeyFileError(ValueError):
    """Say what is wrong with a key file; never shows a key."""


@dataclass(frozen=True, slots=True, repr=False)
class Keys:
    """Hold the keys of every purpose, current first."""

    by_purpose: Mapping[KeyPurpose, tuple[bytes, ...]]

    def current(self, purpose: KeyPurpose) -> bytes:
        """Give the key that new values are made with."""
        return self.by_purpose[purpose][0]

    def all_of(self, purpose: KeyPurpose) -> tuple[bytes, ...]:
        """Give every key that may have made a value, current first."""
        return self.by_purpose[purpose]


def make_keys() -> Keys:
    """Make one new random key for each purpose."""
    return Keys({purpose: (secrets.token_bytes(KEY_BYTES),) for purpose in KeyPurpose})


def write_keys(path: Path, keys: Keys) -> None:
    """Write a new key file; refuses to replace one, because what old keys wrote would be lost.

    Raises FileExistsError when the file is there.
    """
    document = {
        purpose.value: [base64.b64encode(key).decode() for key in found]
        for purpose, found in keys.by_purpose.items()
    }
    path.touch(mode=0o600, exist_ok=False)
    path.write_text(json.dumps(document, indent=1), encoding="utf-8")


def add_missing_keys(path: Path) -> tuple[KeyPurpose, ...]:
    """Make keys for the purposes that a key file of an earlier version lacks; say which. Nothing else changes.

    Raises KeyFileError when the file is missing or unreadable.
    """
    document = _document(path)
    missing = tuple(purpose for purpose in KeyPurpose if purpose.value not in document)
    new = {
        each.value: [base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()] for each in missing
    }
    beside = path.with_name(f".{path.name}.new")
    beside.touch(mode=0o600, exist_ok=True)
    beside.write_text(json.dumps({**document, **new}, indent=1), encoding="utf-8")
    beside.replace(path)
    return missing


def read_keys(path: Path) -> Keys:
    """Read a key file.

    Raises KeyFileError when it is missing, unreadable, or lacks a purpose.
    """
    document = _document(path)
    missing = [purpose.value for purpose in KeyPurpose if purpose.value not in document]
    if missing:
        told = ", ".join(missing)
        raise KeyFileError(
            f"The key file has no {told} key: `scr keys complete` makes what is missing."
        )
    return Keys({purpose: _decode(document[purpose.value]) for purpose in KeyPurpose})


def _document(path: Path) -> dict[str, Any]:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as fault:
        raise KeyFileError(_UNREADABLE) from fault
    if not isinstance(document, dict):
        raise KeyFileError(_UNREADABLE)
    return document


def _decode(texts: list[str]) -> tuple[bytes, ...]:
    try:
        keys = tuple(base64.b64decode(text, validate=True) for text in texts)
    except (ValueError, TypeError) as fault:
        raise KeyFileError(_UNREADABLE) from fault
    if not keys or any(len(key) != KEY_BYTES for key in keys):
        raise KeyFileError(f"Each purpose needs at least one key of {KEY_BYTES} bytes.")
    return keys
