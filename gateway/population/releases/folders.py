"""Keep the files of releases so that each is whole in its project's folder, or not there at all.

Knows no state: what a folder is of, `gateway/population/releases` decides. A release is made aside and moved into its
project's folder whole, and moved out whole before it is removed; POSIX `rename` is atomic within one file system.

    releases/<project>/<release>/…      published: manifest.json, and the files that it lists
    releases/.making/<release>-<n>/…    being made, or left by a job that was killed
    releases/.leaving/<release>/…       on its way out
"""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from gateway.population.pull_files import make_durable, make_folder

MANIFEST = "manifest.json"
_MAKING, _LEAVING = ".making", ".leaving"


@dataclass(frozen=True, slots=True)
class ReleaseFolders:
    """The folder of all releases. Names of projects are letters, digits and hyphens (`KeyName`)."""

    root: Path

    def place_of(self, project: str, release: UUID) -> Path:
        """Give where a release is, if it is published."""
        return self.root / project / release.hex

    def begin(self, release: UUID, generation: int) -> Path:
        """Give an empty folder to make a release in; what earlier attempts left is removed."""
        self.clear_making(release)
        folder = self.root / _MAKING / f"{release.hex}-{generation}"
        make_folder(folder)
        return folder

    def publish(self, made: Path, project: str, release: UUID) -> None:
        """Move a finished release into its project's folder, whole and durably.

        Raises OSError, also when there is one already: nothing is then changed.
        """
        place = self.place_of(project, release)
        make_folder(place.parent)
        # Onto a folder that is not empty, POSIX renames nothing.
        made.rename(place)
        make_durable(place.parent)
        make_durable(made.parent)

    def take_out(self, project: str, release: UUID) -> None:
        """Remove a release's files, all at once for whoever looks; none there is no fault."""
        place, leaving = self.place_of(project, release), self.root / _LEAVING / release.hex
        _remove_tree(leaving)
        if place.is_dir():
            make_folder(leaving.parent)
            place.rename(leaving)
            make_durable(place.parent)
            _remove_tree(leaving)

    def finish_leaving(self) -> None:
        """Remove what was on its way out when a process was killed."""
        leaving = self.root / _LEAVING
        for path in sorted(leaving.iterdir()) if leaving.is_dir() else ():
            _remove_tree(path)

    def clear_making(self, release: UUID) -> None:
        """Remove what attempts to make a release left."""
        for path in self._making():
            if path.name.startswith(f"{release.hex}-"):
                _remove_tree(path)

    def being_made(self) -> frozenset[UUID]:
        """Say of which releases attempts are there, at work or left."""
        return frozenset(UUID(path.name.partition("-")[0]) for path in self._making())

    def whole(self) -> Iterator[tuple[str, UUID]]:
        """Give project and id of every release that is in its place, in order."""
        if self.root.is_dir():
            for path in sorted(self.root.glob(f"[!.]*/*/{MANIFEST}")):
                yield path.parent.parent.name, UUID(path.parent.name)

    def _making(self) -> list[Path]:
        making = self.root / _MAKING
        return sorted(making.iterdir()) if making.is_dir() else []


def make_tree_durable(folder: Path) -> None:
    """Make every file in a folder, and every name, survive a loss of power."""
    for within, _folders, names in os.walk(folder, topdown=False):
        for name in names:
            _make_file_durable(Path(within) / name)
        make_durable(Path(within))


def _make_file_durable(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove_tree(folder: Path) -> None:
    if folder.is_dir():
        shutil.rmtree(folder)
        make_durable(folder.parent)
