"""List what a finished pull left at rest: the manifest, written last, is what makes its partitions count.

Its numbers are exact and stay inside; no release has them.
"""

import hashlib
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import msgspec

from gateway.population.pull_files import make_durable, make_folder, write_whole

MANIFEST = "manifest.json"
FORMAT = 2
"""Of the manifest and of the rows: since 2 a row has what its source called its person, hashed."""

_DIGITS = 8


@dataclass(frozen=True, slots=True)
class Partition:
    """One file of de-identified rows, or of rows that are no more, each by its type and id."""

    name: str
    resource_type: str
    is_deletions: bool = False
    rows: int = 0
    sha256: str = ""
    left_out: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PullManifest:
    """A finished pull. The next one begins after `covers_until`; None is the beginning of everything.

    Of the types in `whole` it holds all that the source had: older rows of these are no more. `key_mark` tells apart the
    key that named its people; nothing, of a pull that did not say, is no key's.
    """

    pull: int
    source: str
    dataset: str
    project: str
    agreement: str
    types: tuple[str, ...]
    whole: tuple[str, ...]
    since: datetime | None
    covers_until: datetime | None
    is_partial: bool
    finished_at: datetime
    partitions: tuple[Partition, ...]
    format: int = FORMAT
    key_mark: str = ""


_DECODER = msgspec.json.Decoder(PullManifest)


def write_manifest(folder: Path, manifest: PullManifest) -> None:
    """Make a pull count, when nothing is in its folder that it does not list."""
    within = pull_folder(folder, manifest.pull)
    make_folder(within)
    _remove_unlisted(within, {each.name for each in manifest.partitions})
    write_whole(within / MANIFEST, msgspec.json.encode(manifest))


def finished_pulls(folder: Path) -> tuple[PullManifest, ...]:
    """Give the finished pulls of one source, oldest first."""
    found = (path / MANIFEST for path in _numbered(folder))
    return tuple(_DECODER.decode(path.read_bytes()) for path in found if path.is_file())


def pull_folder(folder: Path, pull: int) -> Path:
    """Give where the files of one pull are."""
    return folder / f"{pull:0{_DIGITS}d}"


def write_partition(within: Path, partition: Partition, rows: bytes) -> Partition:
    """Put rows at rest, and give the partition with their count and hash; it counts when a manifest lists it."""
    make_folder(within)
    write_whole(within / partition.name, rows)
    return replace(partition, rows=rows.count(b"\n"), sha256=hashlib.sha256(rows).hexdigest())


def clear_unfinished(folder: Path, kept: int | None) -> None:
    """Remove what pulls left that never finished, but of the one that goes on."""
    for path in _numbered(folder):
        if not (path / MANIFEST).is_file() and int(path.name) != kept:
            shutil.rmtree(path)
    make_durable(folder)


def _remove_unlisted(within: Path, listed: set[str]) -> None:
    for path in within.iterdir():
        if path.name not in listed:
            path.unlink()


def _numbered(folder: Path) -> Iterator[Path]:
    if folder.is_dir():
        yield from sorted(path for path in folder.iterdir() if path.name.isdigit())
