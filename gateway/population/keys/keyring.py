"""Say which keys there are, by name and epoch: wrapped, or destroyed with a tombstone.

Pure, and holds no key in clear. A name's current key is that of its last epoch, also when it was destroyed: nothing falls
back to an older one.
"""

import hashlib
from dataclasses import dataclass, field, replace
from datetime import datetime

from gateway.population.keys.names import KeyName
from gateway.population.keys.provider import CustodyError, RootEnding, Wrapped

FORMAT = 1


class KeyMissingError(CustodyError):
    """Say that there is no such key."""


class KeyExistsError(CustodyError):
    """Say that a name has a key already."""


class KeyDestroyedError(CustodyError):
    """Say that a key was destroyed: what it made can never be linked again."""


@dataclass(frozen=True, slots=True)
class KeyEntry:
    """One epoch's key. `sealed` is None once it is destroyed; its SHA-256 stays, to know copies of it by."""

    name: KeyName
    epoch: int
    created_at: datetime
    root: str
    sealed: bytes | None = field(repr=False)
    sealed_sha256: str
    destroyed_at: datetime | None = None
    ending: RootEnding | None = None

    def wrapped(self) -> Wrapped:
        """Give the wrapped key.

        Raises KeyDestroyedError.
        """
        if self.sealed is None:
            raise KeyDestroyedError(f"The key of {self.name}, epoch {self.epoch}, was destroyed.")
        return Wrapped(self.root, self.sealed)


@dataclass(frozen=True, slots=True)
class Keyring:
    """Every key that there is or was, in the order in which they were made."""

    keys: tuple[KeyEntry, ...] = ()
    format: int = FORMAT

    def epochs_of(self, name: KeyName) -> tuple[KeyEntry, ...]:
        """Give a name's keys, oldest first; empty when it has none."""
        return tuple(each for each in self.keys if each.name == name)

    def entry_of(self, name: KeyName, epoch: int | None = None) -> KeyEntry:
        """Give one epoch's entry, or the current one.

        Raises KeyMissingError.
        """
        found = [each for each in self.epochs_of(name) if epoch in (None, each.epoch)]
        if not found:
            raise KeyMissingError(f"There is no such key of {name}: make one with `scr keys init`.")
        return found[-1]

    def next_epoch(self, name: KeyName) -> int:
        """Give the number of a name's next key."""
        return len(self.epochs_of(name)) + 1

    def with_key(
        self, name: KeyName, epoch: int, wrapped: Wrapped, created_at: datetime
    ) -> "Keyring":
        """Add a key."""
        digest = hashlib.sha256(wrapped.sealed).hexdigest()
        entry = KeyEntry(name, epoch, created_at, wrapped.root, wrapped.sealed, digest)
        return replace(self, keys=(*self.keys, entry))

    def without(self, gone: KeyEntry, destroyed_at: datetime) -> "Keyring":
        """Erase a key's wrapped bytes and leave a tombstone; one that is there stays as it is."""
        if gone.sealed is None:
            return self
        return self._with(gone, replace(gone, sealed=None, destroyed_at=destroyed_at))

    def with_ending(self, entry: KeyEntry, ending: RootEnding) -> "Keyring":
        """Note on a tombstone how the root ended."""
        return self._with(entry, replace(entry, ending=ending))

    def is_root_in_use(self, root: str) -> bool:
        """Say whether a living key is wrapped under a root."""
        return any(each.root == root and each.sealed is not None for each in self.keys)

    def _with(self, old: KeyEntry, new: KeyEntry) -> "Keyring":
        return replace(self, keys=tuple(new if each == old else each for each in self.keys))
