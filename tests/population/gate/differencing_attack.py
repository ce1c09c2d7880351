"""An attacker who asks two releases about overlapping groups, each question chosen by the answers so far, and solves for what
they do not know.

They know who lives where, that one person alone may be in the second release and not in the first, and every rule of this
service but its keys. They do not know how many people of each area are counted, or whether that person is.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from random import Random
from typing import NamedTuple, TypeAlias

from gateway.population.cohorts import CohortCounts, UnknownGroup
from gateway.population.counting import GatedTable, gated_table
from gateway.population.intervals import Interval, Known, Sum, feasible_intervals
from gateway.population.small_numbers import (
    PublishedCount,
    possible_counts,
    publishable_count,
)
from tests.population.gate.samples import by_area, cell

AREAS = tuple(f"E{number:02}" for number in range(10))
HOME = AREAS[0]
QUESTIONS = 200
TARGET = 999_999
PEOPLE_OF_AREA = 100
KEY = bytes(range(32))


@dataclass(frozen=True, slots=True)
class World:
    """How many people of each area are counted, and whether the target joins them in the second release."""

    counts: dict[str, int]
    joins: bool

    def table(self, release: int):
        """Lay out one release by area, with the whole."""
        cells = {
            name: cell(range(number * 1_000, number * 1_000 + count))
            for number, (name, count) in enumerate(self.counts.items())
        }
        if release == 2 and self.joins:
            home = cells[HOME]
            cells[HOME] = replace(home, count=home.count + 1, members=home.members | {TARGET})
        return by_area(cells)


def worlds(random: Random) -> Iterator[World]:
    """Invent worlds; the target joins in half of them."""
    while True:
        counts = {
            name: random.choice([random.randint(0, 9), random.randint(5, 30)]) for name in AREAS
        }
        yield World(counts, joins=random.random() < 0.5)


class Question(NamedTuple):
    """About some areas in one release, with or without the target among those asked about."""

    release: int
    areas: frozenset[str]
    without_target: bool = False


Answer: TypeAlias = PublishedCount | None
Service: TypeAlias = Callable[[Question], Answer]


def plain_service(world: World) -> Service:
    """Answer any question exactly, by the small-numbers rule alone."""

    def answer(question: Question) -> Answer:
        joins = world.joins and question.release == 2 and not question.without_target
        counted = sum(world.counts[each] for each in question.areas)
        return publishable_count(counted + (joins and HOME in question.areas))

    return answer


def gated_service(world: World) -> Service:
    """Answer from two releases that passed the gate one after the other; a group of persons is no group of areas."""
    first = gated_table("r1", world.table(1), ())
    assert isinstance(first, GatedTable)
    second = gated_table("r2", world.table(2), first.remembered)
    assert isinstance(second, GatedTable)
    by_release = {1: CohortCounts(first.told, KEY), 2: CohortCounts(second.told, KEY)}

    def answer(question: Question) -> Answer:
        group = {"area": question.areas}
        if question.without_target:
            group["person"] = frozenset({"all but one"})
        told = by_release[question.release].count(group)
        return None if isinstance(told, UnknownGroup) else told

    return answer


def asked(service: Service, random: Random) -> dict[Question, Answer]:
    """Ask each area, then pairs of questions that differ by the target alone, about groups that overlap.

    Of a few groups one area away the next is the one that, by the answers so far, is nearest to where rounding turns.
    """
    answers = {each: service(each) for each in (Question(1, frozenset({name})) for name in AREAS)}
    guesses = {name: _guess(answers[Question(1, frozenset({name}))]) for name in AREAS}
    areas, turn = frozenset({HOME}), 0
    while len(answers) < QUESTIONS - 1:
        turn += 1
        near = [areas ^ {name} for name in random.sample(AREAS[1:], 4)]
        areas = min(near, key=lambda group: _from_turning(sum(guesses[name] for name in group)))
        if turn % 7 == 0:
            areas = frozenset({HOME, *random.sample(AREAS[1:], random.randint(1, 5))})
        other = Question(2, areas, without_target=True) if turn % 4 == 0 else Question(1, areas)
        for question in (other, Question(2, areas)):
            answers.setdefault(question, service(question))
    return answers


def _guess(told: Answer) -> int:
    assert told is not None
    possible = possible_counts(told)
    return possible[len(possible) // 2]


def _from_turning(count: int) -> float:
    """Say how far a count is from the middle between two multiples of 5, where one person more is told."""
    return abs((count % 5) - 2.5)


@dataclass(frozen=True, slots=True)
class Told:
    """What the solver is sure of: whether the target joined (None: it cannot say), and small areas to within four."""

    joined: bool | None
    small_areas: tuple[str, ...]


def solved(answers: dict[Question, Answer], small: list[str], *, is_held: bool) -> Told:
    """Solve for all that the answers tell.

    `is_held`: an answer is a sum of numbers that are held for the areas, each published as the true one is, and the target's
    joining may change what is held for their area to anything.
    """
    known = _known(answers, is_held=is_held)
    told = feasible_intervals(known, ["joined", *small])
    joined = told.pop("joined")
    narrow = tuple(name for name, each in told.items() if each.count_of_values < 5)
    return Told(bool(joined.least) if joined.least == joined.most else None, narrow)


def _known(answers: dict[Question, Answer], *, is_held: bool) -> Known[str]:
    reach = 7 if is_held else 1
    bounds = {name: Interval(0, PEOPLE_OF_AREA) for name in AREAS}
    bounds |= {f"held {name}": Interval(0, PEOPLE_OF_AREA) for name in AREAS}
    bounds |= {"joined": Interval(0, 1), "change": Interval(-reach, reach)}
    # Held and true are in one class of the rule, whose widest is 1 to 7.
    apart = Interval(-6, 6) if is_held else Interval(0, 0)
    sums = [Sum({name: 1, f"held {name}": -1}, apart) for name in AREAS]
    sums += [
        Sum({"change": 1, "joined": -reach}, Interval(-2 * reach if is_held else 0, 0)),
        Sum({"change": 1, "joined": reach}, Interval(0, 2 * reach)),
    ]
    sums += [_sum(question, told) for question, told in answers.items() if told is not None]
    return Known(bounds, tuple(sums))


def _sum(question: Question, told: PublishedCount) -> Sum[str]:
    # A single area and the whole are cells of the table: what is told of them is made of true counts.
    is_cell = len(question.areas) in (1, len(AREAS))
    terms = {name if is_cell else f"held {name}": 1 for name in sorted(question.areas)}
    if question.release == 2 and HOME in question.areas and not question.without_target:
        terms["change"] = 1
    return Sum(terms, _possible(told))


def _possible(told: PublishedCount) -> Interval:
    possible = possible_counts(told)
    return Interval(possible[0], possible[-1])
