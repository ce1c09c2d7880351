"""Plant what a careless job would do, so that the tests of killed jobs are seen to find it."""

import shutil
from collections.abc import Callable, Mapping
from typing import NamedTuple

from gateway.population.ledger import LedgerFile
from gateway.population.pull_files import make_folder
from gateway.population.releases import job
from gateway.population.releases.folders import ReleaseFolders
from gateway.population.releases.job import ReleaseJobs


class Weakness(NamedTuple):
    """How it is planted, and the moment of a kill in which it shows."""

    plant: Callable[[], None]
    point: str


def plant(weakness: str) -> None:
    """Weaken this process."""
    WEAKNESSES[weakness].plant()


def _make_files_in_their_place() -> None:
    def begin(self, release, _generation):
        folder = self.place_of("violence", release)
        make_folder(folder)
        return folder

    ReleaseFolders.begin = begin
    ReleaseFolders.publish = lambda *_moved: None


def _move_after_the_database_says_so() -> None:
    whole, later = ReleaseJobs._publish, []
    put = job._put_in_place
    job._put_in_place = lambda *moved: later.append(moved)

    async def published(self, release, made, holder):
        after = await whole(self, release, made, holder)
        put(*later.pop())
        return after

    ReleaseJobs._publish = published


def _publish_without_the_ledger() -> None:
    LedgerFile.remember = lambda *_cells: None


def _remove_files_where_they_are() -> None:
    def take_out(self, project, release):
        shutil.rmtree(self.place_of(project, release), ignore_errors=True)

    ReleaseFolders.take_out = take_out


WEAKNESSES: Mapping[str, Weakness] = {
    "files are made in their place": Weakness(_make_files_in_their_place, "a file is made"),
    "files are moved after the database says so": Weakness(
        _move_after_the_database_says_so, "the publication is committed"
    ),
    "the ledger is not written": Weakness(_publish_without_the_ledger, "the job is over"),
    "files are removed where they are": Weakness(
        _remove_files_where_they_are, "a file of it is removed"
    ),
}
