"""Remember every cell that was ever published: what it was called, whom it counted, and how many.

Behind the gate only. What follows from it is decided in gateway/population/differencing.py and
gateway/population/settling.py. A published cell is never changed or forgotten here (docs/decisions/0030, section 2).
"""

import fcntl
import json
import os
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, Protocol

from gateway.population.differencing import MEMBER_BYTES
from gateway.population.pull_files import make_durable
from gateway.population.shares import amounts_in, share_of
from gateway.population.small_numbers import SUPPRESSED
from gateway.population.tables import CellName, CellNow

_AMOUNT_BYTES = 4
"""Four thousand million contacts or pounds are nobody's."""
_FILE_MODE = 0o600
"""It holds whom each cell counted, by keyed numbers: nobody but the service's own account reads it."""


class Attempt(NamedTuple):
    """Which attempt at a release: in which of its generations, and for which time in it. Later ones are greater."""

    generation: int = 0
    time: int = 0


FIRST_ATTEMPT = Attempt()


@dataclass(frozen=True, slots=True)
class PublishedCell:
    """One cell of one release: what was `told` of it, and behind the gate whom it counted, and the true number then.

    `under` is the fingerprint of the key that its members are numbered with.
    """

    release: str
    name: CellName
    told: str
    cell: CellNow = field(repr=False)
    attempt: Attempt = FIRST_ATTEMPT
    under: str = ""

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

    def alone(self) -> AbstractContextManager[None]:
        """Let nobody else judge anything by the ledger until what is judged now is remembered, or is not to be."""
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

    def alone(self) -> AbstractContextManager[None]:
        """Keep nobody out: whoever shares this memory takes turns already."""
        return nullcontext()


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

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Wait for whoever judges now, in whatever process; a process that is killed keeps nobody waiting."""
        lock = self.path.with_name(f"{self.path.name}.lock")
        descriptor = os.open(lock, os.O_WRONLY | os.O_CREAT, _FILE_MODE)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)


def _written(published: PublishedCell) -> list[object]:
    name, cell = published.name, published.cell
    members = b"".join(each.to_bytes(MEMBER_BYTES, "big") for each in sorted(cell.members))
    amounts = [cell.count, cell.population, *cell.largest]
    packed = [b64encode(each).decode() for each in (members, _amounts(cell))]
    stamp = [published.release, *published.attempt, published.under]
    return [stamp, name.measure, dict(name.where), published.told, amounts, *packed]


def _amounts(cell: CellNow) -> bytes:
    """Give how much is each one's, in the order of the members; nothing where everybody counts once."""
    amounts = sorted(amounts_in(cell.told_apart).items())
    return b"".join(amount.to_bytes(_AMOUNT_BYTES, "big") for _member, amount in amounts)


def _read(written: list[object]) -> PublishedCell:
    match written:
        case [[*stamp], str(measure), dict(where), str(told), [*amounts], str(packed), str(each)]:
            count, population, *largest = map(_whole, amounts)
            members = _unpacked(packed, MEMBER_BYTES)
            shares = map(share_of, members, _unpacked(each, _AMOUNT_BYTES)) if each else ()
            told_apart = frozenset(shares)
            if len(told_apart) not in (0, len(members)):
                raise ValueError("the release ledger has amounts that are not each somebody's")
            cell = CellNow(count, frozenset(members), population, tuple(largest), told_apart)
            return _stamped(stamp, CellName.of(measure, where), told, cell)
        case _:
            raise ValueError("the release ledger has a line that is not one of its own")


def _stamped(stamp: list[object], name: CellName, told: str, cell: CellNow) -> PublishedCell:
    match stamp:
        case [str(release), int(generation), int(time), str(under)]:
            return PublishedCell(release, name, told, cell, Attempt(generation, time), under)
        case _:
            raise ValueError("the release ledger has a cell of no release")


def _whole(amount: object) -> int:
    if not isinstance(amount, int):
        raise ValueError("the release ledger has an amount that is no whole number")  # noqa: TRY004 - of a file
    return amount


def _unpacked(packed: str, size: int) -> list[int]:
    together = b64decode(packed, validate=True)
    return [
        int.from_bytes(together[start : start + size], "big")
        for start in range(0, len(together), size)
    ]
