"""Read a question for counts, and answer it from a table that has passed the gate.

Pure. What is asked names values of the table's dimensions and nothing else; all answers together tell no more than the table does
(docs/decisions/0030, section 5).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod

from gateway.errors import BadRequestError
from gateway.population.cohorts import CohortCounts, UnknownGroup
from gateway.population.counting import ToldTable
from gateway.population.small_numbers import PublishedCount

MOST_COUNTS = 2_000
"""Judgement: several times the cells of the largest declared table; a dashboard asks for a table at once."""

QUESTION_FIELDS = frozenset({"measure", "project", "purpose_of_use", "where", "by"})
_MOST_VALUES = 5_000
"""Judgement: there are 4,994 LSOAs in London, and no dimension is finer."""


@dataclass(frozen=True, slots=True)
class Question:
    """One count for each combination of values of the dimensions `by`, among those whom `where` leaves in."""

    where: Mapping[str, frozenset[str]]
    by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """One count, and of what."""

    of: Mapping[str, str]
    count: PublishedCount


def read_question(document: Mapping[str, object], dimensions: Sequence[str]) -> Question:
    """Read what somebody sends.

    Raises BadRequestError, whose message never repeats what was sent.
    """
    where, by = document.get("where", {}), document.get("by", [])
    if not isinstance(where, dict) or not isinstance(by, list):
        raise BadRequestError("where is an object of lists, and by is a list.", "structure")
    if not {*where, *_texts(by)} <= {*dimensions} or len(set(by)) != len(by):
        raise BadRequestError(f"This measure is told by: {', '.join(dimensions)}.", "value")
    return Question({name: frozenset(_texts(values)) for name, values in where.items()}, tuple(by))


def answers(cohorts: CohortCounts, question: Question) -> tuple[Answer, ...]:
    """Answer a question.

    Raises BadRequestError for a value that the table does not have, and for more counts than are given at once.
    """
    chosen = {name: _values(cohorts.told, name, question) for name in question.by}
    if prod(map(len, chosen.values())) > MOST_COUNTS:
        raise BadRequestError(f"At most {MOST_COUNTS} counts are given at once.", "too-costly")
    return tuple(_answers(cohorts, question, chosen))


def _answers(
    cohorts: CohortCounts, question: Question, chosen: Mapping[str, list[str]]
) -> Iterator[Answer]:
    for values in product(*chosen.values()):
        of = dict(zip(chosen, values, strict=True))
        group = {**question.where, **{name: frozenset({value}) for name, value in of.items()}}
        told = cohorts.count(group)
        if isinstance(told, UnknownGroup):
            raise BadRequestError(f"There is no such value of {told.dimension}.", "value")
        yield Answer(of, told)


def _values(told: ToldTable, dimension: str, question: Question) -> list[str]:
    """Give the values of a dimension that are asked about: those that are named, else all that the table has."""
    named = question.where.get(dimension)
    if named is not None:
        return sorted(named)
    place = told.dimensions.index(dimension)
    return sorted({each[place] for each in told.finest})


def _texts(found: object) -> list[str]:
    if not isinstance(found, list) or not all(isinstance(each, str) for each in found):
        raise BadRequestError("where is an object of lists, and by is a list.", "structure")
    if len(found) > _MOST_VALUES:
        raise BadRequestError("A list is longer than any that is of use.", "too-long")
    return found
