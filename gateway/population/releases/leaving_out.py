"""Say whom a release leaves out: whoever is not on the list of those who may be used, and whoever objected.

Asks nobody and keeps nothing: the list is read anew each time, and is none once it has expired.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

import msgspec

from gateway.population.opt_out_list import kept_list
from gateway.population.opt_outs import Objections, OptOutRule, Refused, population
from gateway.population.pull_checkpoint import PATIENT
from gateway.population.pulled import current_rows


class LeavingOut(Protocol):
    """Knows who is to be left out of a release that is made now."""

    async def left_out(self, rule: OptOutRule, now: datetime) -> frozenset[str] | Refused:
        """Give the subjects to be left out of every row, count and denominator; or why there can be no release."""
        ...


@dataclass(frozen=True, slots=True)
class ListedPeople:
    """Whoever is in the store and not on the national list, and whoever objected here.

    `objected` gives the subjects of those who did; it is asked each time.
    """

    store: Path
    check_list: Path
    objected: Callable[[], frozenset[str]]

    async def left_out(self, rule: OptOutRule, now: datetime) -> frozenset[str] | Refused:
        """Read the list and the store's people."""
        found = population(rule, _NOBODY_OBJECTS, kept_list(self.check_list, now), now)
        if isinstance(found, Refused):
            return found
        objected = self.objected()
        if found.usable is None:
            return objected
        return (people_in(self.store) - found.usable) | objected


_NOBODY_OBJECTS = Objections(frozenset(), frozenset(), {})


def people_in(store: Path) -> frozenset[str]:
    """Give everybody who is in the store, by their subjects; somebody who is not a Patient there is in no table."""
    return frozenset(_PERSON.decode(row).id for row in _patients(store))


class _Person(msgspec.Struct):
    id: str


_PERSON = msgspec.json.Decoder(_Person)


def _patients(store: Path) -> Iterator[bytes]:
    for source in sorted(store.iterdir()) if store.is_dir() else []:
        yield from current_rows(source, PATIENT)
