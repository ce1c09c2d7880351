"""Have a key service wrap keys: roots never leave it, and only it can end them.

One root for each purpose, made by the service's own administrators. A purpose's root is ended when the last living key under
it is destroyed.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from adapters.kms import KeyService, KeyServiceFault, NotOpenedError
from gateway.population.keys.names import Purpose
from gateway.population.keys.provider import (
    CustodyError,
    KeyUnwrapError,
    RootEnd,
    RootEnding,
    Wrapped,
)

DAYS_BEFORE_DELETION = 7
"""The fewest that the modelled service takes: a longer wait is a longer time in which an old keyring still opens."""


@dataclass(frozen=True, slots=True)
class KmsProvider:
    """A key service, and the id there of each purpose's root."""

    service: KeyService
    roots: Mapping[Purpose, str]

    async def wrap(self, key: bytes, name: str, described: bytes) -> Wrapped:
        """Wrap a key under its purpose's root."""
        root = self.roots.get(Purpose(name.partition("/")[0]))
        if root is None:
            raise CustodyError("The key service has no root for this purpose.")
        try:
            return Wrapped(root, await self.service.encrypt(root, key, described.decode()))
        except KeyServiceFault as fault:
            raise CustodyError(str(fault)) from fault

    async def unwrap(self, wrapped: Wrapped, described: bytes) -> bytes:
        """Open a wrapped key."""
        try:
            return await self.service.decrypt(wrapped.root, wrapped.sealed, described.decode())
        except NotOpenedError as fault:
            raise KeyUnwrapError("The key service does not open this key.") from fault
        except KeyServiceFault as fault:
            raise CustodyError(str(fault)) from fault

    async def destroy(self, root: str) -> RootEnding:
        """Schedule a root's end."""
        try:
            ends_at = await self.service.schedule_deletion(root, DAYS_BEFORE_DELETION)
        except KeyServiceFault as fault:
            raise CustodyError(str(fault)) from fault
        return RootEnding(RootEnd.SCHEDULED, ends_at)
