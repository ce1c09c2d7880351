"""Set up what a deployment that makes releases has: a store of people, keys, a list, folders, a clock of its own."""

import random
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import UUID

from gateway.audit.log import AuditLog
from gateway.population.given import Given, that_count
from gateway.population.keys.custody import KeyCustody
from gateway.population.keys.local_providers import FileProvider
from gateway.population.keys.names import KeyName, Purpose
from gateway.population.ladders import Places
from gateway.population.ledger import LedgerFile
from gateway.population.opt_out_list import keep_list
from gateway.population.opt_outs import CheckList
from gateway.population.release_order import SourceKind
from gateway.population.releases.desk import ReleaseDesk
from gateway.population.releases.folders import ReleaseFolders
from gateway.population.releases.job import ReleaseJobs
from gateway.population.releases.leaving_out import ListedPeople
from gateway.population.releases.making_ground import MakingGround
from gateway.population.releases.requests import Wanted
from gateway.population.releases.states import given_by
from gateway.store.engine import Store
from gateway.store.releases import Release
from rbac.types import Purpose as UsePurpose
from tests.population.releases.small_making import DATASET, PURPOSE, SmallMaking
from tests.population.releases.small_store import PEOPLE, fill, unmarked
from tests.store_factories import NOW

WANTED = Wanted(
    project="violence",
    recipient="CSP1",
    dataset="small",
    purpose_of_use=UsePurpose.PUBHLTH,
    purpose=PURPOSE,
    legal_basis="NHS Act 2006, section 2A",
    agreement="LDSA-1",
    ends_on=date(2026, 12, 31),
    setting="a room that is locked",
)
PROJECT_KEY, STORE_KEY = KeyName(Purpose.PROJECT, "violence", "CSP1"), KeyName(Purpose.STORE)


@dataclass
class Clock:
    """A clock that stands still until it is set on."""

    at: datetime = NOW

    def __call__(self) -> datetime:
        return self.at

    def pass_(self, **time: float) -> datetime:
        self.at += timedelta(**time)
        return self.at


@dataclass
class Permits:
    """Permits every release, until it is told why not."""

    against: str | None = None

    async def why_not(self, _release: Release) -> str | None:
        return self.against


@dataclass
class Deployment:
    """The parts, as tests take hold of them."""

    folder: Path
    desk: ReleaseDesk
    jobs: ReleaseJobs
    making: SmallMaking
    clock: Clock
    objected: set[str] = field(default_factory=set)

    @property
    def custody(self) -> KeyCustody:
        return self.jobs.ground.custody

    def listed(self, usable=PEOPLE, life=timedelta(days=7)) -> None:
        """Have the national list come: these may be used."""
        at = self.clock()
        keep_list(self.folder / "list.json", CheckList("run", at, at + life, frozenset(usable)))

    async def requested(self, **changes: object) -> Release:
        return await self.desk.request(replace(WANTED, **changes), "asker", self.clock())

    async def approved(self, **changes: object) -> Release:
        release = await self.requested(**changes)
        return await self.desk.approve(release.id, "approver", self.clock())

    async def published(self, **changes: object) -> Release:
        release = await self.approved(**changes)
        return await self.jobs.run(release.id, "job")

    async def counted(self) -> dict[str, int]:
        """Give how many people's rows count as published, by release."""
        ground = self.jobs.ground
        cells = that_count(ground.ledger.published(), await ground.given())
        return {each.release: each.cell.count for each in cells}


async def deployed(store: Store, log: AuditLog, folder: Path) -> Deployment:
    """Set up a deployment with people in its store, its keys made and the list just come."""
    clock, making, objected = Clock(), SmallMaking(), set[str]()
    fill(folder / "store")
    desk = desk_in(store, log, folder)
    ground = ground_in(desk, folder, clock, making, objected)
    deployment = Deployment(folder, desk, ReleaseJobs(desk, ground, clock), making, clock, objected)
    for name in (PROJECT_KEY, STORE_KEY):
        await deployment.custody.create(name)
    deployment.listed()
    return deployment


def desk_in(store: Store, log: AuditLog, folder: Path) -> ReleaseDesk:
    draw = random.Random(1).getrandbits
    folders = ReleaseFolders(folder / "releases")
    return ReleaseDesk(store, log, folders, {"small": DATASET}, lambda: UUID(int=draw(128)))


def given_at(desk: ReleaseDesk):
    async def given() -> Given:
        return given_by(await desk.all_releases(), counts=False)

    return given


def ground_in(
    desk, folder: Path, clock, making, objected=frozenset(), permits=None
) -> MakingGround:
    draw = random.Random(2).randbytes
    provider = FileProvider(folder / "roots", draw)
    return MakingGround(
        datasets={"small": DATASET},
        store=folder / "store",
        kinds={"hospital": SourceKind.HOSPITAL},
        places=Places({}, {}, {}),
        venues={},
        ledger=LedgerFile(folder / "ledger"),
        given=given_at(desk),
        custody=KeyCustody(folder / "keyring.json", provider, clock, draw),
        leaving_out=ListedPeople(
            folder / "store", folder / "list.json", unmarked, lambda _mark: frozenset(objected)
        ),
        permits=permits or Permits(),
        make=making,
    )
