"""Ask the National Data Opt-out check about the people of the store, through the vault, and keep its list while it may be used.

Holds no rule. Beside gateway/wiring.py, for commands of the planning side alone.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import timedelta

from adapters.mesh import Mailbox, MeshMailbox
from adapters.mesh_wire import MeshWire
from gateway.audit.log import AuditLog
from gateway.planning import Process, keyring_of, planning_of
from gateway.planning_keys import open_custody
from gateway.population.keys.custody import KeyCustody
from gateway.population.opt_out_check import CheckSettings, NationalCheck, Unanswered
from gateway.population.opt_out_list import keep_newest
from gateway.population.opt_outs import CheckList
from gateway.population.pull_files import make_folder
from gateway.population.releases.leaving_out import people_in
from gateway.settings import OptOutCheckSettings, Settings, SettingsError
from gateway.store.engine import open_store
from gateway.vault.vault import LinkageVault


@dataclass(frozen=True, slots=True)
class OptOutChecking:
    """What a deployment renews its list with; `run_by` stands for it on record."""

    settings: Settings
    log: AuditLog
    process: Process
    run_by: str

    async def renew(self) -> CheckList | Unanswered:
        """Ask about everybody who is in the store now, and give the list that stands then; without an answer the one before stays.

        Raises SettingsError, SourceConfigError, CustodyError, OSError, UnavailableError, UnopenedEntryError.
        """
        planning, asked_of = planning_of(self.settings), check_of(self.settings)
        people = await asyncio.to_thread(people_in, planning.store_folder)
        async with (
            open_mailbox(asked_of, self.process) as mailbox,
            open_custody(
                keyring_of(planning), self.process.environment, self.process.now
            ) as custody,
        ):
            check = national_check(mailbox, asked_of, self.process)
            with open_vault(self.settings, custody, self.log, self.process, self.run_by) as vault:
                found = await vault.usable(people, check)
        if isinstance(found, Unanswered):
            return found
        make_folder(planning.opt_out_list.parent)
        return await asyncio.to_thread(
            keep_newest, planning.opt_out_list, found, self.process.now()
        )


@contextmanager
def open_vault(
    settings: Settings, custody: KeyCustody, log: AuditLog, process: Process, run_by: str
) -> Iterator[LinkageVault]:
    """Open a deployment's linkage vault, and close its database after it.

    Raises SettingsError when it has none.
    """
    if settings.vault_database_url is None:
        raise SettingsError(
            "The settings have no vault_database_url: without a vault nobody can be asked about."
        )
    store = open_store(settings.vault_database_url)
    try:
        yield LinkageVault(store, custody, log, process.now, run_by)
    finally:
        store.close()


def check_of(settings: Settings) -> OptOutCheckSettings:
    """Give the settings of the check.

    Raises SettingsError when there are none.
    """
    if settings.opt_out_check is None:
        raise SettingsError("The settings have no [opt_out_check]: there is nobody to ask.")
    return settings.opt_out_check


@asynccontextmanager
async def open_mailbox(
    asked_of: OptOutCheckSettings, process: Process
) -> AsyncIterator[MeshMailbox]:
    """Open the mailbox that the check is asked through, and close its connections after it.

    Raises SourceConfigError.
    """
    box = Mailbox(
        asked_of.mailbox,
        asked_of.password.get_secret_value(),
        asked_of.shared_key.get_secret_value().encode(),
    )
    wire = MeshWire(asked_of.config)
    try:
        yield MeshMailbox(wire, box, process.now, process.new_id)
    finally:
        await wire.aclose()


def national_check(
    mailbox: MeshMailbox, asked_of: OptOutCheckSettings, process: Process
) -> NationalCheck:
    """Give the check as it is asked through a mailbox."""
    settings = CheckSettings(
        mailbox=asked_of.check_mailbox,
        workflow=asked_of.workflow,
        life=timedelta(days=asked_of.days),
        pause_seconds=asked_of.pause_seconds,
        listings=asked_of.looks,
    )
    return NationalCheck(
        mailbox, settings, process.now, asyncio.sleep, lambda: str(process.new_id())
    )
