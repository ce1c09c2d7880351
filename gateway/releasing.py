"""Open what a deployment pulls and releases with: its folders, keys, areas, ledger, and who permits it.

Holds no rule. Beside gateway/wiring.py, for commands and routes of the planning side alone.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from gateway.audit.log import AuditLog
from gateway.planning import (
    Process,
    feed_access,
    keyring_of,
    places_of,
    planning_of,
    venues_of,
)
from gateway.planning_keys import open_custody
from gateway.population.counts.keeping import KeptTables
from gateway.population.counts.making import CountMaking
from gateway.population.datasets import load_datasets
from gateway.population.given import Given
from gateway.population.keys.custody import KeyCustody
from gateway.population.keys.marks import current_mark
from gateway.population.ledger import LedgerFile
from gateway.population.making import make_release
from gateway.population.objections import objected_in
from gateway.population.release_order import SourceKind
from gateway.population.releases.agreed import AgreedReleases
from gateway.population.releases.desk import ReleaseDesk
from gateway.population.releases.folders import ReleaseFolders
from gateway.population.releases.job import ReleaseJobs
from gateway.population.releases.leaving_out import ListedPeople
from gateway.population.releases.making_ground import MakingGround
from gateway.population.releases.states import given_by
from gateway.settings import Settings
from gateway.store.engine import Store


@dataclass(frozen=True, slots=True)
class Releasing:
    """The parts, as commands and routes use them."""

    settings: Settings
    desk: ReleaseDesk
    permits: AgreedReleases
    custody: KeyCustody
    process: Process

    def jobs(self) -> ReleaseJobs:
        """Give what makes releases; reads the areas, which takes a moment.

        Raises OSError, KeyError for files of areas that do not belong together.
        """
        return ReleaseJobs(self.desk, self._ground(), self.process.now)

    def counting(self) -> CountMaking:
        """Give what makes the tables that counts are answered from; reads the areas, which takes a moment.

        Raises OSError, KeyError for files of areas that do not belong together.
        """
        return CountMaking(self._ground(), self._kept(), self.process.now)

    def _kept(self) -> KeptTables:
        return KeptTables(planning_of(self.settings).release_folder)

    async def _given(self) -> Given:
        return given_by(await self.desk.all_releases(), counts=self._kept().is_any())

    def _ground(self) -> MakingGround:
        planning = planning_of(self.settings)
        return MakingGround(
            datasets=self.permits.datasets,
            store=planning.store_folder,
            kinds={each.id: SourceKind(each.kind) for each in self.settings.bulk_source},
            places=places_of(planning),
            venues=venues_of(planning),
            ledger=LedgerFile(planning.ledger_file),
            given=self._given,
            custody=self.custody,
            leaving_out=ListedPeople(
                planning.store_folder,
                planning.opt_out_list,
                lambda: current_mark(self.custody),
                lambda mark: objected_in(planning.objections_file, mark),
            ),
            permits=self.permits,
            make=make_release,
        )


@asynccontextmanager
async def open_releasing(
    settings: Settings, store: Store, log: AuditLog, process: Process
) -> AsyncIterator[Releasing]:
    """Open the parts upon a deployment's database and audit; closes neither.

    Raises SettingsError, CustodyError, SourceConfigError.
    """
    planning, datasets = planning_of(settings), load_datasets()
    folders = ReleaseFolders(planning.release_folder)
    desk = ReleaseDesk(store, log, folders, datasets, process.new_id)
    permits = AgreedReleases(await feed_access(settings, store, process), datasets)
    async with open_custody(keyring_of(planning), process.environment, process.now) as custody:
        yield Releasing(settings, desk, permits, custody, process)
