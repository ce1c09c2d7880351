"""Say what wraps keys, and seal one key under another.

Keeps no key. AES-256-GCM, NIST SP 800-38D: a random nonce of 96 bits for each sealing, the key's description as
associated data.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
NONCE_BYTES = 12


class RootEnd(StrEnum):
    """What became of the root that a destroyed key was wrapped under."""

    ERASED = "erased"
    SCHEDULED = "scheduled"
    KEPT = "kept"


class CustodyError(Exception):
    """Say why a key cannot be wrapped, opened or ended; the message holds no key."""


class KeyUnwrapError(CustodyError):
    """Say that wrapped bytes do not open: another root, another description, or altered."""


@dataclass(frozen=True, slots=True)
class Wrapped:
    """A key as it lies at rest, and the name of the root that opens it."""

    root: str
    sealed: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class RootEnding:
    """How a root ended; `ends_at` where it is only scheduled to."""

    end: RootEnd
    ends_at: datetime | None = None


class KeyProvider(Protocol):
    """Holds roots, and lends their use."""

    async def wrap(self, key: bytes, name: str, described: bytes) -> Wrapped:
        """Wrap a key, bound to its description; `name` may choose the root.

        Raises CustodyError.
        """
        ...

    async def unwrap(self, wrapped: Wrapped, described: bytes) -> bytes:
        """Open a wrapped key.

        Raises KeyUnwrapError, CustodyError.
        """
        ...

    async def destroy(self, root: str) -> RootEnding:
        """End a root that no living key is wrapped under; ending it twice is no fault.

        Raises CustodyError.
        """
        ...


def seal(root: bytes, key: bytes, described: bytes, nonce: bytes) -> bytes:
    """Wrap a key under a root; the nonce, never used before with this root, stands in front."""
    return nonce + AESGCM(root).encrypt(nonce, key, described)


def unseal(root: bytes, sealed: bytes, described: bytes) -> bytes:
    """Open a wrapped key.

    Raises KeyUnwrapError.
    """
    try:
        return AESGCM(root).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], described)
    except (InvalidTag, ValueError) as fault:
        raise KeyUnwrapError("A wrapped key does not open under this root and name.") from fault
