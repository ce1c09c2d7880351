"""A deployment that makes the tables of declared measures, of lives whose counts can be done by hand."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from gateway.population.counts.keeping import KeptTable, KeptTables
from gateway.population.counts.making import CountMaking
from gateway.population.datasets import load_datasets
from gateway.population.gate import Refusal
from gateway.population.given import Given
from gateway.population.keys.custody import KeyCustody
from gateway.population.keys.local_providers import FileProvider
from gateway.population.keys.names import KeyName, Purpose
from gateway.population.ledger import LedgerInMemory
from gateway.population.measures import load_measures
from gateway.population.opt_out_list import keep_list
from gateway.population.opt_outs import CheckList
from gateway.population.release_order import SourceKind
from gateway.population.releases.leaving_out import ListedPeople, people_in
from gateway.population.releases.making_ground import MakingGround
from tests.population.making.stores import places, put_at_rest, venues
from tests.population.releases.deployment import Permits
from tests.population.releases.small_store import unmarked

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
MEASURES = load_measures(load_datasets())
BY_AREA = MEASURES["contacts-by-kind-and-area"]


@dataclass
class Counting:
    """What makes tables, and what it makes them of."""

    folder: Path
    making: CountMaking
    ledger: LedgerInMemory

    @property
    def store(self) -> Path:
        return self.folder / "store"

    @property
    def kept(self) -> KeptTables:
        return self.making.kept

    def pulled(self, lives, pull: int = 1) -> None:
        put_at_rest(self.store, lives, pull)
        self.listed(people_in(self.store))

    def listed(self, usable, at: datetime = NOON) -> None:
        keep_list(
            self.folder / "list", CheckList("run", at, at + timedelta(days=6), frozenset(usable))
        )

    async def made(self, measure=BY_AREA) -> KeptTable | Refusal:
        return await self.making.make(measure)


async def counting_in(folder: Path) -> Counting:
    """Set one up: keys, an empty store, and no list yet."""
    draw, ledger = Random(3).randbytes, LedgerInMemory()
    custody = KeyCustody(folder / "keyring", FileProvider(folder / "roots", draw), _noon, draw)
    await custody.create(KeyName(Purpose.STORE))
    store, kept = folder / "store", KeptTables(folder / "releases")

    async def given() -> Given:
        return Given(counts=kept.is_any())

    ground = MakingGround(
        datasets=load_datasets(),
        store=store,
        kinds={kind.value: kind for kind in SourceKind},
        places=places(),
        venues=venues(),
        ledger=ledger,
        given=given,
        custody=custody,
        leaving_out=ListedPeople(store, folder / "list", unmarked, lambda _mark: frozenset()),
        permits=Permits(),
        make=_makes_no_release,
    )
    making = CountMaking(ground, kept, _noon)
    return Counting(folder, making, ledger)


def later(counting: Counting, **time: float) -> Counting:
    """Give the same deployment some time later."""
    making = replace(counting.making, now=lambda: NOON + timedelta(**time))
    return replace(counting, making=making)


def _noon() -> datetime:
    return NOON


def _makes_no_release(*_order: object) -> Refusal:
    raise AssertionError("no release is made for a count")
