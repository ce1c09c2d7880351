"""Tell a treating professional whose a coded record is: open the vault and the planning keys for that answer, once it is permitted.

Holds no rule: `gateway/vault` asks, decides by `gateway/access`, and tells. docs/decisions/0039.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import UUID

from adapters.source_config import SourceConfigError
from gateway.errors import UnavailableError
from gateway.patient.alerts import PrivacyAlerts
from gateway.patient.ids import PatientIds
from gateway.planning_keys import KeyringPlace, open_custody
from gateway.policy.permitted import Asker
from gateway.population.keys.provider import CustodyError
from gateway.store.engine import open_store
from gateway.vault.reidentifying import Reidentifications
from gateway.vault.revealing import Reidentified, Revealing
from gateway.vault.vault import LinkageVault

_RUN_BY = "the gateway"


@dataclass(frozen=True, slots=True)
class CodedPeople:
    """What asks and is answered is open as long as the service is; keys and vault while one answer is given."""

    asking: Reidentifications
    alerts: PrivacyAlerts
    ids: PatientIds
    keyring: KeyringPlace
    vault_url: str = field(repr=False)
    environment: Mapping[str, str] = field(repr=False)

    async def reveal(self, asker: Asker, about: UUID) -> Reidentified:
        """Tell, once, whose the coded record is that somebody else agreed to.

        Raises as `Revealing.reveal`; UnavailableError also where keys or vault cannot be opened.
        """
        asking = self.asking
        kept = (asking.store, asking.log, self.alerts, self.ids, asking.clock)
        return await Revealing(asking.access, self._vault, *kept).reveal(asker, about)

    @asynccontextmanager
    async def _vault(self) -> AsyncIterator[LinkageVault]:
        asking, store = self.asking, open_store(self.vault_url)
        try:
            async with open_custody(self.keyring, self.environment, asking.clock) as custody:
                yield LinkageVault(store, custody, asking.log, asking.clock, _RUN_BY)
        except (CustodyError, SourceConfigError) as fault:
            raise UnavailableError("The keys of the planning side cannot be opened.") from fault
        finally:
            store.close()
