"""Hold what one bulk source has: every resource as a line, and what was deleted.

Answers no request. A practice's system is one of these: GP Connect is for one person at a time and never is.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

import orjson

from adapters.simulators.planning.population import Population
from adapters.simulators.planning.resources import Line, lines_of
from adapters.simulators.published.samples import NoSamplesError, Samples
from adapters.simulators.truth import SourceKind

PUBLISHED_FOLDER = "bulk_ndjson_10"
_NOT_DATA = frozenset({"log"})


class Deletion(NamedTuple):
    """A resource that the source no longer has."""

    resource_type: str
    id: str
    deleted_at: datetime


@dataclass(slots=True)
class Shelf:
    """What one source holds by type; lines may be put in and taken out while it is served."""

    lines: dict[str, list[Line]] = field(default_factory=dict)
    deletions: list[Deletion] = field(default_factory=list)

    @property
    def types(self) -> tuple[str, ...]:
        """Name the types it holds, sorted."""
        return tuple(sorted(self.lines))

    def put(self, lines: Iterable[Line]) -> None:
        """Put resources in, each in place of an earlier version."""
        arriving: dict[str, dict[str, Line]] = {}
        for line in lines:
            arriving.setdefault(line.resource_type, {})[line.id] = line
        for resource_type, by_id in arriving.items():
            kept = (old for old in self.lines.get(resource_type, ()) if old.id not in by_id)
            self.lines[resource_type] = [*kept, *by_id.values()]

    def delete(self, resource_type: str, resource_id: str, now: datetime) -> None:
        """Take a resource out, and remember that it was there."""
        held = self.lines[resource_type]
        self.lines[resource_type] = [line for line in held if line.id != resource_id]
        self.deletions.append(Deletion(resource_type, resource_id, now))

    def changed(self, resource_type: str, window: "Window") -> Sequence[Line]:
        """Give the resources of a type that changed in a time, oldest first, then by id."""
        found = [line for line in self.lines.get(resource_type, ()) if window.holds(line)]
        return sorted(found, key=lambda line: (_age(line), line.id))


class Window(NamedTuple):
    """A time: after `since`, if that is given, up to and with `until`."""

    since: datetime | None
    until: datetime

    def holds(self, line: Line) -> bool:
        """Say whether a resource changed in this time; one of no stated time always may have."""
        return line.updated_at is None or self.has(line.updated_at)

    def has(self, moment: datetime) -> bool:
        """Say whether a moment lies in this time."""
        return moment <= self.until and (self.since is None or moment > self.since)


def planning_shelf(population: Population, source: SourceKind) -> Shelf:
    """Put on a shelf what one kind of source knows of the planning population."""
    shelf, now = Shelf(), population.reference_time
    for life in population.lives():
        for line in lines_of(source, life, now):
            shelf.lines.setdefault(line.resource_type, []).append(line)
    return shelf


def published_shelf(samples: Samples, folder: str = PUBLISHED_FOLDER) -> Shelf:
    """Put on a shelf the files of a published export.

    Raises NoSamplesError when there are none.
    """
    shelf = Shelf()
    for path in sorted((samples.folder / folder).glob("*.ndjson*")):
        if path.name.partition(".")[0] not in _NOT_DATA:
            shelf.put(_line(text) for text in samples.read(f"{folder}/{path.name}").splitlines())
    if not shelf.lines:
        raise NoSamplesError(f"There is no published export in {folder}.")
    return shelf


def _line(text: bytes) -> Line:
    resource: Mapping[str, Any] = orjson.loads(text)
    stated = resource.get("meta", {}).get("lastUpdated")
    updated_at = None if stated is None else datetime.fromisoformat(stated)
    return Line(resource["resourceType"], resource["id"], updated_at, text)


def _age(line: Line) -> float:
    return 0.0 if line.updated_at is None else line.updated_at.timestamp()
