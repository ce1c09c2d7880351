"""Fill the linkage vault, and open it for two questions: who may be used, and who one pseudonym is.

On record before it is filled or opened; without that, neither. No number leaves it but to the national check and in the
answer to the second question. docs/decisions/0038.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from fhir_profiles.nhs_number import NhsNumber
from gateway.access.reidentifying import ReidentifyPermit
from gateway.audit.acts import VaultFilled, VaultOpened
from gateway.audit.log import AuditLog
from gateway.population.keys.custody import KeyCustody
from gateway.population.keys.names import KeyName, Purpose
from gateway.population.opt_out_check import Unanswered
from gateway.population.opt_outs import CheckList
from gateway.population.pseudonyms import read_subject, spell
from gateway.store.engine import Store
from gateway.store.vault_entries import VaultEntry, entries_after, keep_entries
from gateway.vault.finding import subject_behind
from gateway.vault.sealing import NumberSeal

_KEY = KeyName(Purpose.VAULT)
# Of one reading or writing: far within the database's deadline of two seconds, and a thread's work of some milliseconds.
_PAGE = 1_000


class Opening(StrEnum):
    """What the vault is opened for; there is nothing else."""

    OPT_OUTS = "opt-outs"
    RE_IDENTIFICATION = "re-identification"


class NationalList(Protocol):
    """Asks the national check about people."""

    async def list_of(
        self, subjects: Mapping[NhsNumber, Collection[str]]
    ) -> CheckList | Unanswered:
        """Give who may be used as the store calls them; `subjects` has what it calls each."""
        ...


@dataclass(frozen=True, slots=True)
class LinkageVault:
    """The vault: a database opened under its own role, and the keys. `run_by` is who stands for fillings and opt-outs."""

    store: Store
    custody: KeyCustody
    log: AuditLog
    clock: Callable[[], datetime]
    run_by: str

    async def keep(self, numbers: Mapping[str, NhsNumber]) -> None:
        """Keep by subject whose number it stands for; filling it again changes nothing but an old epoch's entries.

        Raises CustodyError, UnavailableError, NotASubjectError.
        """
        if not numbers:
            return
        epoch = self.custody.keyring().entry_of(_KEY).epoch
        await self.log.append(VaultFilled(self.clock(), self.run_by, len(numbers), epoch))
        with await self.custody.open(_KEY, epoch) as key:
            seal = NumberSeal(key.material)
        named = ((read_subject(each), number) for each, number in numbers.items())
        entries = [VaultEntry(each, epoch, seal.seal(each, number)) for each, number in named]
        for start in range(0, len(entries), _PAGE):
            await keep_entries(self.store, entries[start : start + _PAGE])

    async def usable(self, subjects: frozenset[str], check: NationalList) -> CheckList | Unanswered:
        """Answer the first question: which of the store's subjects may be used, as the check says now.

        Whom the vault does not know is not asked about, and hence not on the list.
        Raises CustodyError, UnavailableError, UnopenedEntryError.
        """
        await self.log.append(VaultOpened(self.clock(), self.run_by, Opening.OPT_OUTS))
        return await check.list_of(await self._called(subjects))

    async def number_behind(self, permit: ReidentifyPermit) -> NhsNumber | None:
        """Answer the second question: whose one pseudonym is; None when it is nobody's.

        Raises KeyMissingError, KeyDestroyedError, CustodyError, UnavailableError, UnopenedEntryError.
        """
        if permit.expires_at <= self.clock():
            return None
        opening = Opening.RE_IDENTIFICATION
        await self.log.append(
            VaultOpened(self.clock(), permit.user_id, opening, permit.decision_id)
        )
        found = await self._entry_behind(permit)
        if found is None:
            return None
        with ExitStack() as held:
            seal = await _Seals(self.custody, held).of(found.epoch)
            return seal.open(found.subject, found.sealed)

    async def _entry_behind(self, permit: ReidentifyPermit) -> VaultEntry | None:
        name = KeyName(Purpose.PROJECT, permit.project, permit.recipient)
        found = None
        with await self.custody.open(name, permit.epoch) as key:
            material = key.material
            async for page in self._pages():
                by_subject = {each.subject: each for each in page}
                # All pages, whoever was found, and in a thread: each is some milliseconds of hashing.
                subject = await asyncio.to_thread(
                    subject_behind, material, by_subject, permit.person
                )
                found = found if subject is None else by_subject[subject]
        return found

    async def _called(self, subjects: frozenset[str]) -> Mapping[NhsNumber, Collection[str]]:
        """Give the numbers of subjects, each with what the store calls it."""
        called: dict[NhsNumber, list[str]] = defaultdict(list)
        with ExitStack() as held:
            seals = _Seals(self.custody, held)
            async for page in self._pages():
                for entry in page:
                    if (name := spell(entry.subject)) in subjects:
                        seal = await seals.of(entry.epoch)
                        called[seal.open(entry.subject, entry.sealed)].append(name)
        return called

    async def _pages(self) -> AsyncIterator[tuple[VaultEntry, ...]]:
        after = b""
        while page := await self.store.read(entries_after, after, _PAGE):
            yield page
            after = page[-1].subject


@dataclass(slots=True)
class _Seals:
    """The vault's keys by epoch, each opened once, for as long as they are held."""

    custody: KeyCustody
    held: ExitStack
    opened: dict[int, NumberSeal] = field(default_factory=dict)

    async def of(self, epoch: int) -> NumberSeal:
        if epoch not in self.opened:
            key = self.held.enter_context(await self.custody.open(_KEY, epoch))
            self.opened[epoch] = NumberSeal(key.material)
        return self.opened[epoch]
