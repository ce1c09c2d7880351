"""Read what pulls left: of every row the newest version, once, and none that is no more.

Changes nothing. A later pull's row stands for an earlier one's of the same type and id; of a type that a pull holds
whole, nothing earlier stands.
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import msgspec

from gateway.population.pull_checkpoint import PATIENT
from gateway.population.pull_manifest import (
    Partition,
    PullManifest,
    finished_pulls,
    pull_folder,
)


class AlteredPartitionError(Exception):
    """Say that a partition is not as its manifest says; the message holds no row."""


class _Named(msgspec.Struct):
    id: str
    resource_type: str = msgspec.field(name="resourceType")


_NAMED = msgspec.json.Decoder(_Named)


def current_rows(folder: Path, resource_type: str, through: int | None = None) -> Iterator[bytes]:
    """Yield the rows of one source and type that stand, without line ends; the newest pull's first.

    `through` is the last pull that counts, however many have finished since. Raises AlteredPartitionError.
    """
    seen: set[str] = set()
    for manifest in reversed(finished_pulls(folder)):
        if through is not None and manifest.pull > through:
            continue
        yield from _standing(folder, manifest, resource_type, seen)
        if resource_type in manifest.whole:
            return


def patient_rows(folder: Path, through: int | None = None) -> Iterator[bytes]:
    """Yield every Patient of the pull that stands, also where several of them are one person, without line ends.

    `through` is as for `current_rows`. Raises AlteredPartitionError.
    """
    manifest = standing_pull(folder, through)
    if manifest is None:
        return
    # Every pull has all Patients, and what one of two says against a person stands beside the other.
    for partition in manifest.partitions:
        if partition.resource_type == PATIENT and not partition.is_deletions:
            yield from _rows(pull_folder(folder, manifest.pull), partition)


def standing_pull(folder: Path, through: int | None = None) -> PullManifest | None:
    """Give the last pull of one source that counts; None where none has finished."""
    counted = [each for each in finished_pulls(folder) if through is None or each.pull <= through]
    return counted[-1] if counted else None


def _standing(
    folder: Path, manifest: PullManifest, resource_type: str, seen: set[str]
) -> Iterator[bytes]:
    within = pull_folder(folder, manifest.pull)
    gone = [each for each in manifest.partitions if each.is_deletions]
    # A source that tells both has the row again since.
    alive = [
        each
        for each in manifest.partitions
        if each.resource_type == resource_type and not each.is_deletions
    ]
    for partition in alive:
        for row in _rows(within, partition):
            if (id_ := _NAMED.decode(row).id) not in seen:
                seen.add(id_)
                yield row
    named = (_NAMED.decode(row) for partition in gone for row in _rows(within, partition))
    seen.update(each.id for each in named if each.resource_type == resource_type)


def _rows(within: Path, partition: Partition) -> list[bytes]:
    content = (within / partition.name).read_bytes()
    if hashlib.sha256(content).hexdigest() != partition.sha256:
        raise AlteredPartitionError("Expected the rows that the manifest was written for.")
    return content.splitlines()
