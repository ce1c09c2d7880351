"""Fix what a release is made of when it is first begun, so that a job that goes on makes the same.

Pure. A pull that finishes while a release is made, or between two attempts, is in the next release.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import msgspec

from gateway.population.release_order import SourceKind, StoreSource, sources_now


@dataclass(frozen=True, slots=True)
class ReleasePlan:
    """The day that a release was first begun on, and how far each source had been pulled then."""

    ordered_on: date
    sources: tuple[StoreSource, ...]

    def written(self) -> bytes:
        """Write it, to be kept with the release."""
        return msgspec.json.encode(self)


_DECODER = msgspec.json.Decoder(ReleasePlan)


def plan_now(store: Path, kinds: Mapping[str, SourceKind], today: date) -> ReleasePlan:
    """Plan a release of what is in the store now."""
    return ReleasePlan(today, sources_now(store, kinds))


def read_plan(written: bytes) -> ReleasePlan:
    """Read a plan that was kept.

    Raises msgspec.DecodeError.
    """
    return _DECODER.decode(written)
