"""Make, open, rotate and destroy keys: the one place where a keyring and a provider meet.

Shows no key. A key is destroyed in the keyring first; if the process ends before its root does, destroying it again goes on.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec

from gateway.population.keys.certificate import Certificate, certificate_of
from gateway.population.keys.held import HeldKey
from gateway.population.keys.keyring import KeyEntry, KeyExistsError, Keyring
from gateway.population.keys.names import KeyName
from gateway.population.keys.private_files import decoded, locked, read_private
from gateway.population.keys.provider import (
    KEY_BYTES,
    KeyProvider,
    KeyUnwrapError,
    RootEnd,
    RootEnding,
)
from gateway.population.pull_files import write_whole

_DECODER = msgspec.json.Decoder(Keyring)


@dataclass(frozen=True, slots=True)
class KeyCustody:
    """A keyring's file, and who wraps what is in it; `draw` gives so many random bytes."""

    path: Path
    provider: KeyProvider
    now: Callable[[], datetime]
    draw: Callable[[int], bytes]

    def keyring(self) -> Keyring:
        """Read the keyring; one that is not there yet is empty.

        Raises CustodyError.
        """
        found = read_private(self.path)
        return Keyring() if found is None else decoded(_DECODER, found)

    async def create(self, name: KeyName) -> KeyEntry:
        """Make a name's first key.

        Raises KeyExistsError, CustodyError.
        """
        with locked(self.path):
            if self.keyring().epochs_of(name):
                raise KeyExistsError(f"{name} has a key: `scr keys rotate` begins a new epoch.")
            return await self._made(name)

    async def rotate(self, name: KeyName) -> KeyEntry:
        """Begin a new epoch; the keys before it still read what they made, until destroyed.

        Raises KeyMissingError, CustodyError.
        """
        with locked(self.path):
            self.keyring().entry_of(name)
            return await self._made(name)

    async def open(self, name: KeyName, epoch: int | None = None) -> HeldKey:
        """Open the current key, or an epoch's; to be wiped when done with.

        Raises KeyMissingError, KeyDestroyedError, KeyUnwrapError, CustodyError.
        """
        entry = self.keyring().entry_of(name, epoch)
        found = await self.provider.unwrap(entry.wrapped(), name.described(entry.epoch))
        if len(found) != KEY_BYTES:
            raise KeyUnwrapError(f"Expected a key of {KEY_BYTES} bytes.")
        return HeldKey(found)

    async def destroy(self, name: KeyName, epoch: int | None = None) -> tuple[Certificate, ...]:
        """Destroy an epoch's key, or all of a name, for ever, and certify it.

        Raises KeyMissingError, CustodyError.
        """
        with locked(self.path):
            ring = self.keyring()
            asked = ring.epochs_of(name) if epoch is None else (ring.entry_of(name, epoch),)
            if not asked:
                ring.entry_of(name)
            for entry in asked:
                ring = ring.without(entry, self.now())
            self._keep(ring)
            for entry in asked:
                ring = await self._with_root_ended(ring, ring.entry_of(name, entry.epoch))
            return tuple(certificate_of(ring.entry_of(name, each.epoch)) for each in asked)

    async def _made(self, name: KeyName) -> KeyEntry:
        ring = self.keyring()
        epoch = ring.next_epoch(name)
        with HeldKey(self.draw(KEY_BYTES)) as key:
            wrapped = await self.provider.wrap(key.material, str(name), name.described(epoch))
        ring = ring.with_key(name, epoch, wrapped, self.now())
        self._keep(ring)
        return ring.entry_of(name)

    async def _with_root_ended(self, ring: Keyring, gone: KeyEntry) -> Keyring:
        if gone.ending is not None and gone.ending.end is not RootEnd.KEPT:
            return ring
        is_needed = ring.is_root_in_use(gone.root)
        ending = RootEnding(RootEnd.KEPT) if is_needed else await self.provider.destroy(gone.root)
        ring = ring.with_ending(gone, ending)
        self._keep(ring)
        return ring

    def _keep(self, ring: Keyring) -> None:
        write_whole(self.path, msgspec.json.format(msgspec.json.encode(ring)))
