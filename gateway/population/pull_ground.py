"""Say what a pull needs that others make: a permit, and somebody who leaves of each resource what may be kept."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


class FeedPermit(Protocol):
    """Why data may be pulled at all; made in `gateway.access` alone."""

    @property
    def dataset(self) -> str:
        """Name the dataset that it is for."""
        ...

    @property
    def project(self) -> str:
        """Name the project that it is for."""
        ...

    @property
    def agreement(self) -> str:
        """Name the agreement that it rests on."""
        ...

    @property
    def expires_at(self) -> datetime:
        """Say until when it holds."""
        ...


@dataclass(frozen=True, slots=True)
class Cleaned:
    """What may be at rest of some lines, and how much was left out of them, by what; never a value."""

    ndjson: bytes = field(repr=False)
    left_out: Mapping[str, int] = field(default_factory=dict)


Clean = Callable[[bytes, str], Cleaned]
"""De-identifies NDJSON of one type line by line: a line becomes one line or none, and one of another type none."""


class Cleaning(Protocol):
    """Makes what de-identifies the resources of one source."""

    @property
    def key_mark(self) -> str:
        """Tell the key apart that names everybody: what two keys named does not belong together."""
        ...

    async def knowing(self, patients: bytes) -> Clean:
        """Learn from the source's Patients, one a line, whose the other resources are."""
        ...

    def id_of(self, resource_type: str, local_id: str) -> str:
        """Give the id that the store has for a source's own."""
        ...
