"""Say what a release is made of, and what was made: the order beforehand, the manifest afterwards.

Pure data; `gateway/population/making.py` makes releases.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from pathlib import Path

import msgspec

from gateway.population.datasets import Dataset
from gateway.population.declaration import Declaration
from gateway.population.given import Given
from gateway.population.ladders import Places
from gateway.population.ledger import FIRST_ATTEMPT, Attempt, ReleaseLedger
from gateway.population.pull_manifest import finished_pulls
from gateway.population.said_at_rest import Name


class SourceKind(StrEnum):
    """Say what kind of care a source's contacts are: a visit at a practice is another thing than one at a hospital."""

    GP = "gp"
    HOSPITAL = "hospital"
    AMBULANCE = "ambulance"


class Format(StrEnum):
    """Say how rows are written."""

    CSV = "csv"
    NDJSON = "ndjson"
    PARQUET = "parquet"


@dataclass(frozen=True, slots=True)
class StoreSource:
    """One folder of the store; pulls up to and with `through` count, however many have finished since."""

    name: str
    kind: SourceKind
    through: int


@dataclass(frozen=True, slots=True)
class ReleaseOrder:
    """Everything that the bytes of a release depend on: the same order gives the same bytes.

    `left_out` are the store's pseudonyms of those who are in no row, count or denominator. `today` is the day that the
    release was ordered on, also where it is made again. `given` is what is on record beside the ledger.
    """

    declaration: Declaration
    dataset: Dataset
    project: str
    project_key: bytes = field(repr=False)
    store: Path
    sources: tuple[StoreSource, ...]
    places: Places = field(repr=False)
    left_out: frozenset[str] = field(repr=False)
    ledger: ReleaseLedger = field(repr=False)
    ledger_key: bytes = field(repr=False)
    today: date
    given: Given = field(repr=False)
    attempt: Attempt = FIRST_ATTEMPT
    venues: Mapping[str, str] = field(default_factory=dict, repr=False)
    """The LSOA of each venue of the register of assaults."""
    gone: frozenset[Name] = field(default=frozenset(), repr=False)
    """Names of people at a source which by its newest pull are nobody's or somebody else's."""
    formats: tuple[Format, ...] = tuple(Format)


@dataclass(frozen=True, slots=True)
class ReleasedFile:
    """One file; `size` in bytes is a multiple of a block, and tells no number of rows."""

    name: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class InputPull:
    """A pull that a release was made of, by the hash of its manifest."""

    source: str
    pull: int
    sha256: str


@dataclass(frozen=True, slots=True)
class ReleaseManifest:
    """What a release is, for whom, by which rules, of which pulls: no count of anybody, and always the same keys.

    `first_month` and `last_month` are both covered; `policy` names each rule that was applied, with the SHA-256 of what
    decides it.
    """

    release: str
    dataset: str
    dataset_version: int
    dataset_sha256: str
    project: str
    recipient: str
    purpose: str
    legal_basis: str
    agreement: str
    ends_on: date
    ordered_on: date
    destroy_by: date
    first_month: str
    last_month: str
    columns: tuple[str, ...]
    policy: Mapping[str, str]
    rules: tuple[str, ...]
    pulls: tuple[InputPull, ...]
    files: tuple[ReleasedFile, ...]
    format: int = 1

    def to_json(self) -> bytes:
        """Write it, the same bytes each time."""
        return msgspec.json.format(msgspec.json.encode(self, order="deterministic"), indent=1)

    @classmethod
    def from_json(cls, content: bytes) -> "ReleaseManifest":
        """Read one. Raises msgspec.DecodeError."""
        return _DECODER.decode(content)


_DECODER = msgspec.json.Decoder(ReleaseManifest)


def sources_now(store: Path, kinds: Mapping[str, SourceKind]) -> tuple[StoreSource, ...]:
    """Give the sources with what has been pulled of each by now; one that was never pulled from is not among them."""
    pulled = ((name, kind, finished_pulls(store / name)) for name, kind in sorted(kinds.items()))
    return tuple(
        StoreSource(name, kind, manifests[-1].pull) for name, kind, manifests in pulled if manifests
    )


def pulls_of(sources: Iterable[StoreSource]) -> Mapping[str, int]:
    """Give by source the last pull that counts."""
    return {each.name: each.through for each in sources}
