"""Put one part of a pull at rest: de-identified pieces become partitions of a size that can be read at once."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from adapters.bulk_contract import PartKind
from adapters.bulk_manifest import UnreadableDeletionError, deletions_in
from adapters.contract import Outcome, Reason
from adapters.transport import Unfetched
from gateway.population.pull_checkpoint import Part
from gateway.population.pull_ground import Cleaned, Cleaning
from gateway.population.pull_manifest import Partition, write_partition

# Judgement: read in one go by any reader, and few enough files for a year of pulls.
MOST_BYTES = 64 * 1024 * 1024


@dataclass(slots=True)
class PartWriter:
    """Writes the partitions of one part; the same part written again has the same names."""

    within: Path
    number: int
    part: Part
    _pieces: list[bytes] = field(default_factory=list)
    _size: int = 0
    _left_out: Counter[str] = field(default_factory=Counter)
    _written: list[Partition] = field(default_factory=list)

    def add(self, cleaned: Cleaned) -> None:
        """Take a piece, and write when there is enough."""
        self._pieces.append(cleaned.ndjson)
        self._size += len(cleaned.ndjson)
        self._left_out.update(cleaned.left_out)
        if self._size >= MOST_BYTES:
            self._write()

    def finish(self) -> tuple[Partition, ...]:
        """Write what is left, and give all partitions of the part; there is one even of nothing."""
        if self._pieces or not self._written:
            self._write()
        return tuple(self._written)

    def _write(self) -> None:
        is_deletions = self.part.kind is PartKind.DELETIONS
        kind = "deleted" if is_deletions else self.part.resource_type
        partition = Partition(
            name=f"{self.number:05d}-{len(self._written):05d}-{kind}.ndjson",
            resource_type=self.part.resource_type,
            is_deletions=is_deletions,
            left_out=dict(sorted(self._left_out.items())),
        )
        self._written.append(write_partition(self.within, partition, b"".join(self._pieces)))
        self._pieces, self._size, self._left_out = [], 0, Counter()


def deletion_rows(body: bytes, types: tuple[str, ...], cleaning: Cleaning) -> Cleaned | Unfetched:
    """Give the rows that are no more, by the store's ids; of types that are not pulled there are none."""
    try:
        gone = [(kind, id_) for kind, id_ in deletions_in(body) if kind in types]
    except UnreadableDeletionError:
        return Unfetched(Outcome.MALFORMED, Reason.UNREADABLE)
    rows = (
        msgspec.json.encode({"resourceType": kind, "id": cleaning.id_of(kind, id_)}) + b"\n"
        for kind, id_ in gone
    )
    return Cleaned(b"".join(rows))
