"""Keep roots on this machine: in a file of their own, or one in the environment.

For a hospital's own machine and for trials; where there is a key service, gateway/population/keys/kms_provider.py.
"""

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import msgspec

from gateway.population.keys.private_files import decoded, locked, read_private
from gateway.population.keys.provider import (
    KEY_BYTES,
    NONCE_BYTES,
    CustodyError,
    KeyUnwrapError,
    RootEnd,
    RootEnding,
    Wrapped,
    seal,
    unseal,
)
from gateway.population.pull_files import write_whole

_NAME_BYTES = 16
ENVIRONMENT = "environment"
"""What the one root of the environment is called in a keyring."""


@dataclass(frozen=True, slots=True)
class _Roots:
    roots: dict[str, bytes] = field(repr=False)
    format: int = 1


_DECODER = msgspec.json.Decoder(_Roots)


@dataclass(frozen=True, slots=True)
class FileProvider:
    """A root of its own for every key, so that one can end alone; the file is not to be where the keyring is copied to."""

    path: Path
    draw: Callable[[int], bytes]

    async def wrap(self, key: bytes, name: str, described: bytes) -> Wrapped:  # noqa: ARG002
        """Wrap a key under a new root."""
        called, root = self.draw(_NAME_BYTES).hex(), self.draw(KEY_BYTES)
        with locked(self.path):
            held = self._read()
            self._keep(replace(held, roots={**held.roots, called: root}))
        return Wrapped(called, seal(root, key, described, self.draw(NONCE_BYTES)))

    async def unwrap(self, wrapped: Wrapped, described: bytes) -> bytes:
        """Open a wrapped key."""
        root = self._read().roots.get(wrapped.root)
        if root is None:
            raise KeyUnwrapError("The root of this key is not in the file of roots.")
        return unseal(root, wrapped.sealed, described)

    async def destroy(self, root: str) -> RootEnding:
        """Write the file anew without a root."""
        with locked(self.path):
            held = self._read()
            left = {called: each for called, each in held.roots.items() if called != root}
            self._keep(replace(held, roots=left))
        return RootEnding(RootEnd.ERASED)

    def _read(self) -> _Roots:
        found = read_private(self.path)
        return _Roots({}) if found is None else decoded(_DECODER, found)

    def _keep(self, roots: _Roots) -> None:
        write_whole(self.path, msgspec.json.encode(roots))


@dataclass(frozen=True, slots=True)
class EnvironmentProvider:
    """One root for all keys, handed in by whatever starts the process; it cannot be ended from here."""

    root: bytes = field(repr=False)
    draw: Callable[[int], bytes]

    @classmethod
    def reading(cls, text: str, draw: Callable[[int], bytes]) -> "EnvironmentProvider":
        """Read the root as base64 of 32 bytes.

        Raises CustodyError.
        """
        try:
            root = base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            root = b""
        if len(root) != KEY_BYTES:
            raise CustodyError(f"Expected the root key as base64 of {KEY_BYTES} bytes.")
        return cls(root, draw)

    async def wrap(self, key: bytes, name: str, described: bytes) -> Wrapped:  # noqa: ARG002
        """Wrap a key."""
        return Wrapped(ENVIRONMENT, seal(self.root, key, described, self.draw(NONCE_BYTES)))

    async def unwrap(self, wrapped: Wrapped, described: bytes) -> bytes:
        """Open a wrapped key."""
        return unseal(self.root, wrapped.sealed, described)

    async def destroy(self, root: str) -> RootEnding:  # noqa: ARG002
        """Say that the root is kept: it is not this process's to end."""
        return RootEnding(RootEnd.KEPT)
