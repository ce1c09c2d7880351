"""Hold a policy against decisions that somebody expects of it, one a line of a table.

Decides nothing: each answer is looked up where requests look it up. Form: CSV (RFC 4180) in UTF-8.
"""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import resources

from fhir_profiles.vocabulary import Category, Label
from rbac.decide import CompiledPolicy
from rbac.types import Act, Level, OrganisationKind, Purpose

COLUMNS = ("name", "role", "organisation_kind", "purpose", "act", "category", "labels", "expected")
"""`labels` are joined by `+`. `expected` is a level for the act `view`; else allowed or refused."""

MOST_LINES = 5_000
REFUSED, ALLOWED = "refused", "allowed"


class UnreadableExpectationsError(ValueError):
    """Say which line of a table cannot be read, and why; what it holds is not repeated."""


@dataclass(frozen=True, slots=True)
class Expectation:
    """One decision that is expected. `expected` is what `answer_of` should say."""

    name: str
    role: str
    organisation_kind: OrganisationKind
    purpose: Purpose
    act: Act
    category: Category
    labels: frozenset[Label]
    expected: str


@dataclass(frozen=True, slots=True)
class Unmet:
    """An expectation, and what the policy says instead."""

    expectation: Expectation
    found: str


def built_in() -> tuple[Expectation, ...]:
    """Read the decision tests of docs/decisions/0009, section 4, that a policy alone answers."""
    return read_expectations(
        resources.files("rbac").joinpath("decision_tests.csv").read_text("utf-8")
    )


def read_expectations(text: str) -> tuple[Expectation, ...]:
    """Read a table.

    Raises UnreadableExpectationsError for a table without lines, and for the first line that is not understood.
    """
    try:
        head, *lines = csv.reader(io.StringIO(text), strict=True)
    except (csv.Error, ValueError) as fault:
        raise UnreadableExpectationsError("The table cannot be read as CSV.") from fault
    if tuple(head) != COLUMNS or not 0 < len(lines) <= MOST_LINES:
        raise UnreadableExpectationsError(
            f"The table needs the head {','.join(COLUMNS)} and 1 to {MOST_LINES} lines."
        )
    return tuple(_expectation(number, line) for number, line in enumerate(lines, start=2))


def unmet(compiled: CompiledPolicy, expectations: Iterable[Expectation]) -> tuple[Unmet, ...]:
    """List the expectations that a policy does not meet, in order."""
    answered = ((each, answer_of(compiled, each)) for each in expectations)
    return tuple(Unmet(each, found) for each, found in answered if found != each.expected)


def answer_of(compiled: CompiledPolicy, asked: Expectation) -> str:
    """Say what a policy answers: the level, or allowed or refused."""
    levels = compiled.levels_for(asked.role, asked.organisation_kind, asked.purpose)
    if levels is None:
        return REFUSED
    if asked.act is Act.VIEW:
        return levels.level_of(asked.category, asked.labels).value
    return ALLOWED if (asked.act, asked.category) in levels.acts else REFUSED


def _expectation(number: int, line: list[str]) -> Expectation:
    try:
        name, role, kind, purpose, act, category, labels, expected = line
        found = Expectation(
            name,
            role,
            OrganisationKind(kind),
            Purpose(purpose),
            Act(act),
            Category(category),
            frozenset(Label(word) for word in labels.split("+") if word),
            expected,
        )
    except ValueError as fault:
        raise UnreadableExpectationsError(f"Line {number} has a word that is not known.") from fault
    answers = {*Level, REFUSED} if found.act is Act.VIEW else {ALLOWED, REFUSED}
    if expected not in answers:
        raise UnreadableExpectationsError(f"Line {number} expects what no policy answers.")
    return found
