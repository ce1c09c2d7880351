"""Keep the tables that counts are answered from, between the job that makes them and the workers that answer.

Decides nothing. A table that is not whole, of another declaration, or over, is none.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import msgspec

from gateway.errors import UnavailableError
from gateway.population.cohorts import CohortCounts
from gateway.population.counting import ToldTable
from gateway.population.measures import Measure
from gateway.population.pull_files import make_folder, write_whole
from gateway.population.small_numbers import SUPPRESSED, PublishedCount, Rounded
from gateway.population.suppression import Total
from gateway.population.tables import CellName

_FOLDER = ".counts"
"""Beside the projects' releases, and no project's: their names have no dot."""


class _Cell(msgspec.Struct, frozen=True):
    where: dict[str, str]
    told: int | None
    is_small: bool


class _Table(msgspec.Struct, frozen=True):
    measure: str
    fingerprint: str
    period: str
    made_at: datetime
    until: datetime
    key: bytes
    called: str
    dimensions: tuple[str, ...]
    finest: tuple[_Cell, ...]
    totals: tuple[tuple[_Cell, tuple[int, ...]], ...]


_DECODER = msgspec.json.Decoder(_Table)


@dataclass(frozen=True, slots=True)
class KeptTable:
    """What one measure's counts are answered from, until `until`: no true number, and of whom it counts nothing."""

    period: str
    made_at: datetime
    until: datetime
    told: ToldTable
    key: bytes = field(repr=False)

    @property
    def cohorts(self) -> CohortCounts:
        """Give what answers."""
        return CohortCounts(self.told, self.key)


@dataclass(frozen=True, slots=True)
class KeptTables:
    """The tables of a deployment, in its folder of releases."""

    releases: Path

    def keep(self, measure: Measure, kept: KeptTable) -> None:
        """Keep a table in place of the one before it."""
        make_folder(self.releases / _FOLDER)
        write_whole(self._path(measure), msgspec.json.encode(_written(measure, kept)))

    def table(self, measure: Measure, now: datetime) -> KeptTable:
        """Give the table of a measure.

        Raises UnavailableError where there is none that may be told now.
        """
        try:
            found = _DECODER.decode(self._path(measure).read_bytes())
        except (OSError, msgspec.DecodeError) as fault:
            raise UnavailableError("These counts have not been made.") from fault
        if (
            found.fingerprint != measure.dataset.fingerprint
            or not found.made_at <= now < found.until
        ):
            raise UnavailableError("These counts are to be made again.")
        return KeptTable(found.period, found.made_at, found.until, _told(found), found.key)

    def is_any(self) -> bool:
        """Say whether a table of any measure was ever kept, whether or not it may be told now."""
        return any((self.releases / _FOLDER).glob("*.json"))

    def _path(self, measure: Measure) -> Path:
        return self.releases / _FOLDER / f"{measure.name}.json"


def _written(measure: Measure, kept: KeptTable) -> _Table:
    told = kept.told
    names = tuple(told.finest.values())
    place = {name: number for number, name in enumerate(names)}
    totals = (
        (_cell(told, each.total), tuple(place[part] for part in each.parts)) for each in told.totals
    )
    return _Table(
        measure.name,
        measure.dataset.fingerprint,
        *(kept.period, kept.made_at, kept.until, kept.key),
        next((name.measure for name in names), ""),
        told.dimensions,
        tuple(_cell(told, name) for name in names),
        tuple(totals),
    )


def _cell(told: ToldTable, name: CellName) -> _Cell:
    number = told.published[name]
    value = number.value if isinstance(number, Rounded) else None
    return _Cell(dict(name.where), value, name in told.small)


def _told(found: _Table) -> ToldTable:
    names = [CellName.of(found.called, each.where) for each in found.finest]
    totals = tuple(
        Total(CellName.of(found.called, each.where), tuple(names[part] for part in parts))
        for each, parts in found.totals
    )
    return ToldTable(
        found.dimensions,
        {
            tuple(each.where[one] for one in found.dimensions): name
            for each, name in zip(found.finest, names, strict=True)
        },
        totals,
        dict(_published(found)),
        frozenset(CellName.of(found.called, each.where) for each in _cells(found) if each.is_small),
    )


def _published(found: _Table) -> Iterator[tuple[CellName, PublishedCount]]:
    for each in _cells(found):
        number = SUPPRESSED if each.told is None else Rounded(each.told)
        yield CellName.of(found.called, each.where), number


def _cells(found: _Table) -> Iterator[_Cell]:
    yield from found.finest
    yield from (each for each, _parts in found.totals)
