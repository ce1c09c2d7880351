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
    objected_in,
    places_of,
    planning_of,
    venues_of,
)
from gateway.planning_keys import open_custody
from gateway.population.datasets import load_datasets
from gateway.population.keys.custody import KeyCustody
from gateway.population.ledger import LedgerFile
from gateway.population.making import make_release
from gateway.population.release_order import SourceKind
from gateway.population.releases.agreed import AgreedReleases
from gateway.population.releases.desk import ReleaseDesk
from gateway.population.releases.folders import ReleaseFolders
from gateway.population.releases.job import ReleaseJobs
from gateway.population.releases.leaving_out import ListedPeople
from gateway.population.releases.making_ground import MakingGround
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
        ground = _ground(self.settings, self.permits, self.custody)
        return ReleaseJobs(self.desk, ground, self.process.now)


@asynccontextmanager
async def open_releasing(
    settings: Settings, store: Store, log: AuditLog, process: Process
) -> AsyncIterator[Releasing]:
    """Open the parts upon a deployment's database and audit; closes neither.

    Raises SettingsError, CustodyError, SourceConfigError.
    """
    planning, datasets = planning_of(settings), load_datasets()
    folders = ReleaseFolders(planning.release_folder)
    desk = ReleaseDesk(store, log, folders, frozenset(datasets), process.new_id)
    permits = AgreedReleases(await feed_access(settings, store, process), datasets)
    async with open_custody(keyring_of(planning), process.environment, process.now) as custody:
        yield Releasing(settings, desk, permits, custody, process)


def _ground(settings: Settings, permits: AgreedReleases, custody: KeyCustody) -> MakingGround:
    planning = planning_of(settings)
    return MakingGround(
        datasets=permits.datasets,
        store=planning.store_folder,
        kinds={each.id: SourceKind(each.kind) for each in settings.bulk_source},
        places=places_of(planning),
        venues=venues_of(planning),
        ledger=LedgerFile(planning.ledger_file),
        custody=custody,
        leaving_out=ListedPeople(
            planning.store_folder,
            planning.opt_out_list,
            lambda: objected_in(planning.objections_file),
        ),
        permits=permits,
        make=make_release,
    )
