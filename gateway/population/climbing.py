"""Tell time and place less finely, row by row, until enough people are alike: hour to month, LSOA to all London.

A row stops at the first rung where its whole class is fit to be seen; the rows of a class climb together, so a reader who
knows somebody exactly finds them at one rung, among enough people. Whoever is among too few at the top is left out.
Decides nothing about counts.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import cast

from gateway.population.anonymity import (
    Database,
    alike_in,
    listed,
    people_in_classes,
    variety_of_classes,
)
from gateway.population.profile import DisclosureProfile
from gateway.population.views.quoting import identifier, text_literal


class TimeRung(StrEnum):
    """How finely a moment is told, the finest first."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


_AS_TEXT = {
    TimeRung.HOUR: "%Y-%m-%dT%H",
    TimeRung.DAY: "%Y-%m-%d",
    TimeRung.WEEK: "%G-W%V",
    TimeRung.MONTH: "%Y-%m",
}
"""ISO 8601. A week may belong to two months, and is of the year that has its Thursday."""


def told_moment(moment: datetime, rung: TimeRung) -> str:
    """Tell a moment as finely as a rung does."""
    return moment.strftime(_AS_TEXT[rung])


def told_moment_sql(column: str, rung: TimeRung) -> str:
    """Give SQL for the same."""
    return f"strftime({identifier(column)}, '{_AS_TEXT[rung]}')"


@dataclass(frozen=True, slots=True)
class Ladder:
    """One quasi-identifier that can be told less finely.

    `rungs` name the columns of the table that tell it, the finest first. The result has `column`, and `column_rung`
    with the name of the rung.
    """

    column: str
    rungs: tuple[str, ...]

    @property
    def rung_column(self) -> str:
        """The column that says how finely a row tells it."""
        return f"{self.column}_rung"


@dataclass(frozen=True, slots=True)
class Climb:
    """From which table to which; `others` are the columns that are kept as they are."""

    table: str
    into: str
    ladders: tuple[Ladder, ...]
    others: tuple[str, ...]


def steps_of(ladders: Sequence[Ladder]) -> Iterator[tuple[int, ...]]:
    """Give the rungs to stand on, one of each ladder, from the finest to the top of all: each takes a step in turn."""
    standing = [0] * len(ladders)
    yield tuple(standing)
    while any(at < len(ladder.rungs) - 1 for at, ladder in zip(standing, ladders, strict=True)):
        for place, ladder in enumerate(ladders):
            if standing[place] < len(ladder.rungs) - 1:
                standing[place] += 1
                yield tuple(standing)


def climb(database: Database, plan: Climb, profile: DisclosureProfile) -> int:
    """Make the table of rows that are fit to be seen; give how many people are left out of it altogether.

    `profile` is of the result: its quasi-identifiers include both columns of each ladder.
    """
    below, parts = plan.table, []
    for number, standing in enumerate(steps_of(plan.ladders)):
        told, fit, above = (f"{plan.into}_{each}_{number}" for each in ("told", "fit", "above"))
        _run(database, f"CREATE TEMP TABLE {identifier(told)} AS {_told(below, plan, standing)}")
        _run(database, f"CREATE TEMP TABLE {identifier(fit)} AS {_fit(told, plan, profile)}")
        same = alike_in(profile.quasi_identifiers, "told.", "fit.")
        among = f"SELECT 1 FROM {identifier(fit)} AS fit WHERE {same}"  # noqa: S608 - every name is quoted
        rows = f"SELECT * FROM {identifier(told)} AS told"  # noqa: S608
        parts.append(f"SELECT {_result(plan)} FROM ({rows} WHERE EXISTS ({among}))")  # noqa: S608
        _run(
            database, f"CREATE TEMP TABLE {identifier(above)} AS {rows} WHERE NOT EXISTS ({among})"
        )
        below = above
    _run(database, f"CREATE TABLE {identifier(plan.into)} AS {' UNION ALL '.join(parts)}")
    return _people_left_out(database, plan, profile.person)


def _told(table: str, plan: Climb, standing: tuple[int, ...]) -> str:
    """Give SQL for the rows with each ladder told at its rung; the columns of the rungs go along for the next step."""
    at = [(each, each.rungs[rung]) for each, rung in zip(plan.ladders, standing, strict=True)]
    kept = listed([*plan.others, *(rung for each in plan.ladders for rung in each.rungs)])
    told = ", ".join(
        f"CAST({identifier(rung)} AS VARCHAR) AS {identifier(each.column)}, {text_literal(rung)} AS {identifier(each.rung_column)}"
        for each, rung in at
    )
    return f"SELECT {kept}, {told} FROM {identifier(table)}"  # noqa: S608 - every name is quoted


def _fit(told: str, plan: Climb, profile: DisclosureProfile) -> str:
    """Give SQL for the classes that keep to the profile."""
    columns, person = profile.quasi_identifiers, profile.person
    classes = people_in_classes(told, columns, person)
    fit = [f"people >= {profile.fewest_people}"]
    for each in profile.sensitive:
        variety = variety_of_classes(told, columns, person, each.name, plan.table)
        same = alike_in(columns, "variety.", "classes.")
        enough = f"fewest >= {each.fewest_values} AND distance <= {profile.furthest}"
        fit.append(f"EXISTS (SELECT 1 FROM ({variety}) AS variety WHERE {same} AND {enough})")  # noqa: S608
    return f"SELECT * FROM ({classes}) AS classes WHERE {' AND '.join(fit)}"  # noqa: S608


def _result(plan: Climb) -> str:
    told = [name for each in plan.ladders for name in (each.column, each.rung_column)]
    return listed([*plan.others, *told])


def _people_left_out(database: Database, plan: Climb, person: str) -> int:
    who = identifier(person)
    query = (
        f"SELECT count(DISTINCT {who}) FROM {identifier(plan.table)} "  # noqa: S608 - every name is quoted
        f"WHERE {who} NOT IN (SELECT {who} FROM {identifier(plan.into)})"
    )
    ((people,),) = database.execute(query).fetchall()
    return cast("int", people)


def _run(database: Database, statement: str) -> None:
    database.execute(statement)
