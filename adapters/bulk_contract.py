"""Say what a source that gives everybody's records at once takes and gives.

Knows no roles and no person. Beside `contract.SourceAdapter`, which asks about one person: GP Connect is such a
source and never a bulk one.
"""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from adapters.transport import Unfetched


class PartKind(StrEnum):
    """What the lines of a part are."""

    RESOURCES = "resources"
    DELETIONS = "deletions"


@dataclass(frozen=True, slots=True)
class FeedRequest:
    """What a source is asked; built only by `pull` from a permit.

    `since` is exclusive, None for everything; `until` inclusive, a bound where the source itself sets none.
    """

    types: tuple[str, ...]
    since: datetime | None
    until: datetime


@dataclass(frozen=True, slots=True)
class FeedPart:
    """One piece that can be brought alone: a file of an export, or all of one type."""

    kind: PartKind
    resource_type: str
    address: str = field(default="", repr=False)
    count: int | None = None


@dataclass(frozen=True, slots=True)
class FeedPlan:
    """Everything that there is to bring.

    `covers_until` is what the next request may begin after. `is_partial`: the source says that it could not give
    everything, so the next request must begin where this one did. `is_secret`: whoever has an address needs no
    token, so addresses must not be kept.
    """

    parts: tuple[FeedPart, ...]
    covers_until: datetime
    is_partial: bool = False
    is_secret: bool = False


@dataclass(frozen=True, slots=True)
class Waiting:
    """How far a source says its preparations are; `text` is its own, cut and plain."""

    text: str


Watch = Callable[[Waiting], None]


class BulkSource(Protocol):
    """A source that gives everybody's records at once. Every failure is a value; only cancellation is raised."""

    source_id: str
    held: frozenset[str]
    """Types that it declares; empty when it does not say."""

    async def begin(self, request: FeedRequest) -> str | Unfetched:
        """Have it prepare; gives where its progress can be asked for, empty if it prepares nothing."""
        ...

    async def plan(self, begun: str, request: FeedRequest, watch: Watch) -> FeedPlan | Unfetched:
        """Wait until it is ready, and give what there is to bring."""
        ...

    def bring(self, part: FeedPart, request: FeedRequest) -> AsyncIterator[bytes | Unfetched]:
        """Bring a part as NDJSON, one resource a line, piece by piece; a failure is the last piece."""
        ...

    async def finish(self, begun: str) -> None:
        """Tell it that nothing more is needed; that it does not hear is no failure."""
        ...
