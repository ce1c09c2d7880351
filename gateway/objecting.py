"""Keep who objected here to the use of their records for planning, by the store's names of them.

Holds no rule. Numbers are in memory alone; that they are named is on record before. A pull names people by the same key:
the vault, which leads back, has no part in it (docs/decisions/0038).
"""

import asyncio
from collections.abc import Set
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import assert_never

from fhir_profiles.nhs_number import NhsNumber
from gateway.audit.acts import VaultOpened
from gateway.audit.log import AuditLog
from gateway.planning import Process, keyring_of, planning_of
from gateway.planning_keys import open_custody
from gateway.population.keys.marks import mark_of
from gateway.population.keys.names import KeyName, Purpose
from gateway.population.objections import keep_objections, objected_in
from gateway.population.pseudonyms import spell, subject_of
from gateway.population.pull_files import alone_in
from gateway.settings import PopulationSettings, Settings, SettingsError
from gateway.vault.vault import Opening


class Objecting(Enum):
    """What is done with the people who are named; on record as the option of the command."""

    ADD = "scr optout object"
    WITHDRAW = "scr optout object --withdraw"
    ANEW = "scr optout object --anew"
    """Whoever is in the file is not: these people alone objected. So is a first file begun."""


@dataclass(frozen=True, slots=True)
class ObjectionKeeping:
    """What a deployment keeps objections with."""

    settings: Settings
    log: AuditLog
    process: Process

    async def keep(self, people: Set[NhsNumber], objecting: Objecting) -> int:
        """Change who objected, and give how many did then.

        Raises SettingsError, SourceConfigError, CustodyError, OSError, UnavailableError; FileNotFoundError where there is
        no file and none is begun; AlreadyPullingError where another process changes it now; NamedByAnotherKeyError where it
        is not of the store's key and is not made anew.
        """
        planning = planning_of(self.settings)
        path, process = file_of(planning), self.process
        async with open_custody(keyring_of(planning), process.environment, process.now) as custody:
            opened = VaultOpened(process.now(), objecting.value, Opening.OPT_OUTS)
            await self.log.append(opened)
            with await custody.open(KeyName(Purpose.STORE)) as key:
                names = frozenset(spell(subject_of(key.material, each)) for each in people)
                key_mark = mark_of(key.material)
        return await asyncio.to_thread(_kept, path, names, key_mark, objecting)


def file_of(planning: PopulationSettings) -> Path:
    """Give where objections are kept.

    Raises SettingsError when the settings do not say.
    """
    if planning.objections_file is None:
        raise SettingsError("The settings have no objections_file under [population].")
    return planning.objections_file


def _kept(path: Path, names: frozenset[str], key_mark: str, objecting: Objecting) -> int:
    with alone_in(path.parent):
        match objecting:
            case Objecting.ADD:
                now = objected_in(path, key_mark) | names
            case Objecting.WITHDRAW:
                now = objected_in(path, key_mark) - names
            case Objecting.ANEW:
                now = names
            case _:
                assert_never(objecting)
        keep_objections(path, now, key_mark)
        return len(now)
