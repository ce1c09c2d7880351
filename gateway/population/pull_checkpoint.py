"""Remember how far a pull is, so that one that was killed goes on where it was.

Holds no row: addresses at the source, and the names of partitions that are written. What is not in the checkpoint is
fetched again, and what was written without being in it is written again, under the same name.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import assert_never

import msgspec

from adapters.bulk_contract import FeedPart, FeedRequest, PartKind
from gateway.population.pull_files import remove, write_whole
from gateway.population.pull_manifest import Partition

PATIENT = "Patient"
_NAME = "checkpoint.json"


class Share(StrEnum):
    """What a pull asks for apart: what changed, and all Patients."""

    CHANGES = "changes"
    PATIENTS = "patients"


@dataclass(frozen=True, slots=True)
class Part:
    """One piece to bring, as the checkpoint keeps it."""

    kind: PartKind
    resource_type: str
    address: str = field(repr=False)
    count: int | None

    @classmethod
    def of(cls, part: FeedPart) -> "Part":
        """Keep a part of a source's plan."""
        return cls(part.kind, part.resource_type, part.address, part.count)

    @property
    def share(self) -> Share:
        """Say which share it is of."""
        return Share.PATIENTS if self.resource_type == PATIENT else Share.CHANGES

    def as_planned(self) -> FeedPart:
        """Give the part as the source planned it."""
        return FeedPart(self.kind, self.resource_type, self.address, self.count)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A pull under way. `parts` is None until the source has said what there is; `written` is by number of part.

    `begun` is where the source prepares each share.
    """

    pull: int
    types: tuple[str, ...]
    since: datetime | None
    until: datetime
    begun: dict[Share, str] = field(default_factory=dict, repr=False)
    parts: tuple[Part, ...] | None = None
    covers_until: datetime | None = None
    is_partial: bool = False
    # Set where an address alone opens the rows behind it: then nothing of this pull is kept.
    is_secret: bool = False
    written: dict[int, tuple[Partition, ...]] = field(default_factory=dict)
    # Of the rows that are written; the first that there was did not say.
    format: int = 1
    key_mark: str = ""

    def asked(self, share: Share) -> FeedRequest:
        """Give what is asked of a share."""
        match share:
            case Share.PATIENTS:
                return FeedRequest((PATIENT,), None, self.until)
            case Share.CHANGES:
                others = tuple(each for each in self.types if each != PATIENT)
                return FeedRequest(others, self.since, self.until)
            case _:
                assert_never(share)

    def with_begun(self, share: Share, begun: str) -> "Checkpoint":
        """Note where the source prepares a share."""
        return replace(self, begun={**self.begun, share: begun})

    def with_written(self, number: int, partitions: tuple[Partition, ...]) -> "Checkpoint":
        """Note that a part is at rest."""
        return replace(self, written={**self.written, number: partitions})


_DECODER = msgspec.json.Decoder(Checkpoint)


def read_checkpoint(folder: Path) -> Checkpoint | None:
    """Give the pull that was under way; None when there was none, or nothing that can be gone on with."""
    try:
        return _DECODER.decode((folder / _NAME).read_bytes())
    except (FileNotFoundError, msgspec.DecodeError):
        # One that an older version wrote: the pull begins anew, and nothing is lost by it.
        return None


def keep_checkpoint(folder: Path, checkpoint: Checkpoint) -> None:
    """Keep how far a pull is."""
    if checkpoint.is_secret:
        clear_checkpoint(folder)
    else:
        write_whole(folder / _NAME, msgspec.json.encode(checkpoint))


def clear_checkpoint(folder: Path) -> None:
    """Forget the pull under way."""
    remove(folder / _NAME)
