"""Remember every cell that was ever published: what it was called, whom it counted, and how many.

Behind the gate only. What follows from it is decided in gateway/population/differencing.py and
gateway/population/settling.py. A published cell is never changed or forgotten here (docs/decisions/0030, section 2).
"""

import json
import os
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from gateway.population.differencing import MEMBER_BYTES, Members
from gateway.population.pull_files import make_durable
from gateway.population.small_numbers import SUPPRESSED
from gateway.population.tables import CellName, CellNow

_FILE_MODE = 0o600
"""It holds whom each cell counted, by keyed numbers: nobody but the service's own account reads it."""


@dataclass(frozen=True, slots=True)
class PublishedCell:
    """One cell of one release: what was `told` of it, and behind the gate whom it counted, and the true number then."""

    release: str
    name: CellName
    told: str
    cell: CellNow = field(repr=False)

    @property
    def is_shown(self) -> bool:
        """Whether readers have a number."""
        return self.told != str(SUPPRESSED)


class ReleaseLedger(Protocol):
    """Where published cells are remembered."""

    def published(self) -> Iterable[PublishedCell]:
        """Give all cells in the order in which they were published."""
        ...

    def remember(self, cells: Iterable[PublishedCell]) -> None:
        """Keep the cells of a release, all or none, before anybody is given it."""
        ...


@dataclass(slots=True)
class LedgerInMemory:
    """A ledger that lasts as long as the process."""

    cells: tuple[PublishedCell, ...] = ()

    def published(self) -> Iterable[PublishedCell]:
        """Give all cells."""
        return self.cells

    def remember(self, cells: Iterable[PublishedCell]) -> None:
        """Keep cells."""
        self.cells = (*self.cells, *cells)


@dataclass(frozen=True, slots=True)
class LedgerFile:
    """A ledger in one file, a line for each release; only grows."""

    path: Path

    def published(self) -> Iterator[PublishedCell]:
        """Give all cells. Raises ValueError for a line that is not whole: what it held is not known."""
        if self.path.exists():
            with self.path.open(encoding="utf-8") as lines:
                for line in lines:
                    yield from map(_read, json.loads(line))

    def remember(self, cells: Iterable[PublishedCell]) -> None:
        """Add a line, and wait until it is on the disk."""
        line = json.dumps([_written(each) for each in cells], separators=(",", ":"))
        descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, _FILE_MODE)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(f"{line}\n")
            file.flush()
            os.fsync(file.fileno())
        make_durable(self.path.parent)


def _written(published: PublishedCell) -> list[object]:
    name, cell = published.name, published.cell
    members = b"".join(each.to_bytes(MEMBER_BYTES, "big") for each in sorted(cell.members))
    amounts = [cell.count, cell.population, *cell.largest]
    packed = b64encode(members).decode()
    return [published.release, name.measure, dict(name.where), published.told, amounts, packed]


def _read(written: list[object]) -> PublishedCell:
    match written:
        case [str(release), str(measure), dict(where), str(told), [*amounts], str(packed)]:
            count, population, *largest = map(_whole, amounts)
            cell = CellNow(count, _unpacked(packed), population, tuple(largest))
            return PublishedCell(release, CellName.of(measure, where), told, cell)
        case _:
            raise ValueError("the release ledger has a line that is not one of its own")


def _whole(amount: object) -> int:
    if not isinstance(amount, int):
        raise ValueError("the release ledger has an amount that is no whole number")  # noqa: TRY004 - of a file
    return amount


def _unpacked(packed: str) -> Members:
    together = b64decode(packed, validate=True)
    return frozenset(
        int.from_bytes(together[start : start + MEMBER_BYTES], "big")
        for start in range(0, len(together), MEMBER_BYTES)
    )
