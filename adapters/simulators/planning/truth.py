"""Count what is true of the planning population, so that what planners are given can be held against it.

Holds exact counts of invented people; nothing here is disclosure-controlled.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from adapters.simulators.planning.lives import Assault, ContactKind, Life, Resident

Who = Callable[[Resident], bool]


class Cell(NamedTuple):
    """Where a contact is counted: its kind, the person's area, and the month as YYYY-MM."""

    kind: ContactKind
    lsoa: str
    month: str


class Chain(NamedTuple):
    """A journey: the index diagnosis, and the kinds of contact about it in order."""

    diagnosis: str
    steps: tuple[ContactKind, ...]


@dataclass(frozen=True, slots=True)
class Truth:
    """Exact counts. Assaults are those attended at hospital, by where and when they happened.

    `heat` is keyed by weekday (Monday is 0) and hour, in UTC; money is in pence.
    """

    people: Counter[str] = field(default_factory=Counter)
    contacts: Counter[Cell] = field(default_factory=Counter)
    cost_pence: Counter[str] = field(default_factory=Counter)
    problems: Counter[tuple[str, str]] = field(default_factory=Counter)
    journeys: Counter[Chain] = field(default_factory=Counter)
    assaults: Counter[tuple[str, str]] = field(default_factory=Counter)
    heat: Counter[tuple[int, int]] = field(default_factory=Counter)

    def pence_a_head(self) -> Mapping[str, float]:
        """Give the cost of each practice for each person registered there."""
        return {practice: self.cost_pence[practice] / n for practice, n in self.people.items()}

    def hot_spots(self, most: int = 10) -> tuple[str, ...]:
        """Give the areas with most assaults, the worst first; of equals the lower code first."""
        by_area = Counter[str]()
        for (lsoa, _), count in self.assaults.items():
            by_area[lsoa] += count
        return tuple(sorted(by_area, key=lambda lsoa: (-by_area[lsoa], lsoa))[:most])


def everybody(_resident: Resident) -> bool:
    """Count everybody."""
    return True


def may_be_planned_with(resident: Resident) -> bool:
    """Count those whom nothing keeps out of planning data."""
    return resident.may_be_planned_with


def truth_of(lives: Iterable[Life], who: Who = everybody) -> Truth:
    """Count what is true of those whom `who` chooses; people and costs by registered practice."""
    truth = Truth()
    for life in lives:
        if who(life.resident):
            _count(truth, life)
    return truth


def month_of(moment: datetime) -> str:
    """Give the month that a moment is counted in."""
    return f"{moment.year:04d}-{moment.month:02d}"


def _count(truth: Truth, life: Life) -> None:
    resident = life.resident
    truth.people[resident.practice] += 1
    truth.problems.update((resident.practice, problem.code) for problem in life.problems)
    truth.journeys.update(_chains(life))
    for contact in life.contacts:
        truth.contacts[Cell(contact.kind, resident.lsoa, month_of(contact.starts_at))] += 1
        truth.cost_pence[resident.practice] += contact.cost_pence
        if contact.assault is not None and contact.kind is ContactKind.EMERGENCY:
            _count_assault(truth, contact.assault)


def _count_assault(truth: Truth, assault: Assault) -> None:
    truth.assaults[assault.lsoa, month_of(assault.at)] += 1
    truth.heat[assault.at.weekday(), assault.at.hour] += 1


def _chains(life: Life) -> Iterator[Chain]:
    for problem in life.problems:
        steps = tuple(each.kind for each in life.contacts if each.reason == problem.code)
        if steps:
            yield Chain(problem.code, steps)
