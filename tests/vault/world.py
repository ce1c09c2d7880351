"""A vault that was filled, two projects' keys, people whom PDS knows, and those who ask, agree and may not."""

from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from uuid import UUID

import orjson

from adapters.contract import ContactProbe, Outcome, Trace, TraceOutcome
from adapters.simulators.invention import nhs_numbers
from fhir_profiles.vocabulary import Category
from gateway.access.decision import AccessControl
from gateway.access.reidentifying import ReidentifyAccess
from gateway.audit.entries import entries_between
from gateway.audit.log import AuditLog
from gateway.patient.alerts import PrivacyAlerts
from gateway.policy.permitted import Asker
from gateway.population.keys.custody import KeyCustody
from gateway.population.keys.names import KeyName
from gateway.population.keys.names import Purpose as KeyPurpose
from gateway.population.pseudonyms import person_of, spell, subject_of
from gateway.store.engine import Store
from gateway.vault.reading import read_coded_person, read_reidentification_plea
from gateway.vault.reidentifying import Answer, Reidentifications
from gateway.vault.revealing import NOBODY, Revealing
from gateway.vault.vault import LinkageVault
from rbac.canonical import length_prefixed
from rbac.decide import CompiledPolicy
from rbac.types import Act, Levels, OrganisationKind, Purpose
from tests.access.parts import Probed, Registry, Suspended
from tests.agreed import DAY, Agreed, agreed
from tests.patient.factories import IDS, levels, person, principal
from tests.patient.records import found
from tests.population.keys.conftest import World as KeyWorld
from tests.store_factories import NOW, VERSION

STORE_KEY = bytes(range(32))
COSTS = KeyName(KeyPurpose.PROJECT, "costs", "QMJ")
OTHERS = KeyName(KeyPurpose.PROJECT, "safer-streets", "CSP1")
VAULT = KeyName(KeyPurpose.VAULT)
NUMBERS = tuple(each for each in islice(nhs_numbers(21), 12))
OURS, STRANGER = NUMBERS[:2]
"""Registered with the asker's practice; with another, where nobody here has to do with them."""

DOCTOR = principal(user_id="d1", session="5" * 64)
COLLEAGUE = replace(DOCTOR, user_id="d2")
GUARDIAN = replace(
    DOCTOR,
    user_id="g1",
    role="caldicott_guardian",
    organisation="QMJ",
    organisation_kind=OrganisationKind.ICB,
    purposes=frozenset({Purpose.HSYSADMIN}),
)
PLANNER = replace(
    GUARDIAN,
    user_id="p1",
    role="public_health_planner",
    purposes=frozenset({Purpose.PUBHLTH, Purpose.TREAT}),
)
PLEA = ("risk-found", "Many falls this year; to be seen at home")
LASTING = Agreed(rows=(agreed(ends_at=NOW + 30 * DAY),))
_REVIEWS = Levels({}, frozenset({(Act.READ_AUDIT, Category.DOCUMENTS)}))
_TAKES = Levels({}, frozenset({(Act.EXPORT, Category.ENCOUNTERS)}))


def subject(number) -> bytes:
    return subject_of(STORE_KEY, number)


class Rules:
    """A policy with the rows that matter here."""

    def __init__(self) -> None:
        self.given = {
            ("gp", OrganisationKind.GENERAL_PRACTICE, Purpose.TREAT): levels(),
            ("caldicott_guardian", OrganisationKind.ICB, Purpose.HSYSADMIN): _REVIEWS,
            ("public_health_planner", OrganisationKind.ICB, Purpose.PUBHLTH): _TAKES,
        }

    async def active(self) -> CompiledPolicy:
        rows = {length_prefixed(scope): each for scope, each in self.given.items()}
        return CompiledPolicy(VERSION, {}, 0, rows)


@dataclass
class Pds:
    """Knows everybody of the vault, at the asker's practice but for the stranger."""

    asked: list = field(default_factory=list)
    changes: Mapping = field(default_factory=dict)
    outcome: TraceOutcome = TraceOutcome.FOUND
    knows_nobody: bool = False

    async def read(self, number):
        self.asked.append(number)
        if self.outcome is not TraceOutcome.FOUND:
            return Trace(self.outcome, (), ())
        if number not in NUMBERS and not self.knows_nobody:
            return Trace(TraceOutcome.NOT_FOUND, (), ())
        practice = "F99999" if number == STRANGER else "F84004"
        return found(person(nhs_number=number, practice=practice, **self.changes))


@dataclass
class VaultWorld:
    """All parts are the real ones, over databases and files of the test's own."""

    store: Store
    vault_store: Store
    folder: Path
    at: datetime = NOW
    made: int = 0
    rules: Rules = field(default_factory=Rules)
    pds: Pds = field(default_factory=Pds)
    registry: Registry = field(default_factory=Registry)
    probed: Probed = field(default_factory=lambda: Probed(ContactProbe(Outcome.EMPTY)))
    staff: Suspended = field(default_factory=Suspended)
    log: AuditLog = field(init=False)
    custody: KeyCustody = field(init=False)
    keys: KeyWorld = field(init=False)

    def __post_init__(self) -> None:
        self.log = AuditLog(self.store, self.clock)
        self.keys = KeyWorld(self.folder)
        self.custody = self.keys.by_file()

    def clock(self) -> datetime:
        return self.at

    def pass_(self, **time_passed: float) -> None:
        self.at += timedelta(**time_passed)

    def new_id(self) -> UUID:
        self.made += 1
        return UUID(int=self.made)

    @property
    def vault(self) -> LinkageVault:
        return LinkageVault(self.vault_store, self.custody, self.log, self.clock, "the pull")

    @property
    def access(self) -> ReidentifyAccess:
        parts = (LASTING, self.rules, self.registry, self.pds, {"F84004": self.probed})
        return ReidentifyAccess(AccessControl(*parts, self.clock, self.new_id, self.staff))

    @property
    def asking(self) -> Reidentifications:
        return Reidentifications(self.access, self.store, self.log, self.clock, self.new_id)

    @property
    def revealing(self) -> Revealing:
        alerts = PrivacyAlerts(self.log, self.clock, self.new_id, frozenset({"RRV"}))
        kept = (self.store, self.log, alerts, IDS, self.clock)
        return Revealing(self.access, lambda: nullcontext(self.vault), *kept)

    async def begin(self) -> None:
        """Make the keys and fill the vault."""
        for name in (VAULT, COSTS, OTHERS):
            await self.custody.create(name)
        await self.fill(NUMBERS)

    async def fill(self, numbers) -> None:
        await self.vault.keep({spell(subject(each)): each for each in numbers})

    async def coded(self, number, name: KeyName = COSTS, epoch: int = 1) -> str:
        """Give what a project's releases call somebody."""
        with await self.custody.open(name, epoch) as key:
            return person_of(key.material, subject(number))

    async def ask(self, coded: str, who=DOCTOR, name: KeyName = COSTS, epoch: int = 1) -> UUID:
        asked = read_coded_person(name.project, name.recipient, epoch, coded)
        plea = read_reidentification_plea(*PLEA)
        return await self.asking.ask(asker(who), asked, plea)

    async def agree(self, about: UUID, who=GUARDIAN, answer: Answer = Answer.APPROVED) -> None:
        await self.asking.answer(asker(who), about, answer)

    async def reveal(self, about: UUID, who=DOCTOR):
        return (await self.revealing.reveal(asker(who), about)).number

    async def agreed(self, coded: str, who=DOCTOR, name: KeyName = COSTS) -> UUID:
        about = await self.ask(coded, who, name)
        await self.agree(about)
        return about

    async def told(self, coded: str, who=DOCTOR, name: KeyName = COSTS):
        """Go all the way."""
        return await self.reveal(await self.agreed(coded, who, name), who)

    async def entries(self) -> list[dict]:
        """Give the audit's entries, the first first."""
        kept = await self.store.read(entries_between, 1, 10_000)
        return [orjson.loads(each.body) for each in kept]


def asker(who) -> Asker:
    purpose = Purpose.HSYSADMIN if Purpose.HSYSADMIN in who.purposes else Purpose.TREAT
    return Asker(who, purpose, "request-1")


__all__ = ["NOBODY"]
