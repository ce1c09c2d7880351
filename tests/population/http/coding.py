"""Fill a gateway's linkage vault, and say what a project's releases call somebody."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from fhir_profiles.nhs_number import NhsNumber
from gateway.population.keys.custody import KeyCustody
from gateway.population.keys.local_providers import FileProvider
from gateway.population.keys.names import KeyName, Purpose
from gateway.population.pseudonyms import person_of, spell, subject_of
from gateway.store.engine import open_store
from gateway.vault.vault import LinkageVault
from gateway.wiring import now
from tests.stack import Stack

STORE_KEY = bytes(range(32))
STREETS = KeyName(Purpose.PROJECT, "streets", "CSP1")
VAULT = KeyName(Purpose.VAULT)
KEYS = (STREETS, VAULT, KeyName(Purpose.STORE))
RE_IDENTIFY = "/population/re-identify"


@dataclass(frozen=True)
class Coding:
    """The planning keys of a deployment whose vault and keyring are in one folder."""

    folder: Path

    @property
    def custody(self) -> KeyCustody:
        provider = FileProvider(self.folder / "roots", secrets.token_bytes)
        return KeyCustody(self.folder / "keyring.json", provider, now, secrets.token_bytes)

    async def make_keys(self) -> None:
        for name in KEYS:
            await self.custody.create(name)

    async def make_key(self, project: str, recipient: str) -> None:
        await self.custody.create(KeyName(Purpose.PROJECT, project, recipient))

    async def fill(self, stack: Stack, numbers: Iterable[NhsNumber]) -> None:
        """Have a pull have found these people."""
        store = open_store(f"sqlite:///{self.folder}/vault.db")
        vault = LinkageVault(store, self.custody, stack.services.log, now, "the pull")
        await vault.keep({spell(subject_of(STORE_KEY, each)): each for each in numbers})
        store.close()

    async def coded(self, number: NhsNumber) -> str:
        with await self.custody.open(STREETS) as key:
            return person_of(key.material, subject_of(STORE_KEY, number))


def question(person: object, **changes: object) -> dict[str, object]:
    """Give what somebody sends who wants to know whose a coded record is."""
    return {
        "project": "streets",
        "recipient": "CSP1",
        "epoch": 1,
        "person": person,
        "reason_code": "risk-found",
        "reason": "Assaulted many times this year; to be offered help",
        **changes,
    }
