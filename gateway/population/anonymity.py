"""Measure how alike the people of a table of rows are: the fewest of one kind, the least variety, the greatest distance.

People are counted, not rows: eight contacts of one person hide nobody. Decides nothing but whether what was measured
keeps to a profile. Sources: gateway/population/profile.py; distance of a mix is half the sum of differences, which is the earth
mover's distance where all values are equally far apart (t-closeness, section 5.2). A person may have several values, so the
same bound holds of each value alone, had or not had: there the distance is the difference between two shares of people. It is
taken where the class has more, for what people have is what is told of them (beta-likeness).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias, cast

from gateway.population.profile import UNKNOWN, DisclosureProfile, SensitiveColumn
from gateway.population.views.quoting import identifier, text_literal

Row: TypeAlias = tuple[object, ...]


class Result(Protocol):
    """What an SQL statement gave."""

    def fetchall(self) -> Sequence[Row]: ...


class Database(Protocol):
    """A connection of gateway/population/engine.py, or anything that runs SQL as DuckDB does."""

    def execute(self, query: str) -> Result: ...


@dataclass(frozen=True, slots=True)
class Variety:
    """Of one sensitive column: the fewest values in any class, and the class furthest from the whole table."""

    fewest_values: int
    furthest: float


@dataclass(frozen=True, slots=True)
class Anonymity:
    """What was measured of one set of columns. All are 0 of a table without rows."""

    columns: tuple[str, ...]
    fewest_people: int
    unique_people: int
    varieties: Mapping[str, Variety]


def measured(database: Database, table: str, profile: DisclosureProfile) -> tuple[Anonymity, ...]:
    """Measure every widest set of quasi-identifiers of a table or view."""
    return tuple(
        measured_by(database, table, profile, columns) for columns in profile.widest_subsets()
    )


def measured_by(
    database: Database, table: str, profile: DisclosureProfile, columns: tuple[str, ...]
) -> Anonymity:
    """Measure a table by one set of columns."""
    classes = people_in_classes(table, columns, profile.person)
    fewest, unique = _only_row(
        database,
        f"SELECT coalesce(min(people), 0), count(*) FILTER (people = 1) FROM ({classes})",  # noqa: S608
    )
    varieties = {
        each.name: _variety(database, table, profile.person, columns, each)
        for each in profile.sensitive
    }
    return Anonymity(columns, cast("int", fewest), cast("int", unique), varieties)


def faults_of(anonymity: Anonymity, profile: DisclosureProfile) -> tuple[str, ...]:
    """Say in what a table that has rows falls short of its profile; empty if in nothing."""
    by = ", ".join(anonymity.columns)
    faults = []
    if anonymity.fewest_people < profile.fewest_people:
        faults.append(f"fewer than {profile.fewest_people} people are alike by {by}")
    for each in profile.sensitive:
        variety = anonymity.varieties[each.name]
        if variety.fewest_values < each.fewest_values:
            faults.append(
                f"{each.name} has fewer than {each.fewest_values} values among those alike by {by}"
            )
        if variety.furthest > profile.furthest + _TOLERANCE:
            faults.append(
                f"{each.name} is further than {profile.furthest} from the whole among those alike by {by}"
            )
    return tuple(faults)


_TOLERANCE = 1e-9
"""Shares are compared in floating point."""


def people_in_classes(table: str, columns: Sequence[str], person: str) -> str:
    """Give SQL for the number of people who are alike: the columns, then `people`. Unknown values are alike."""
    names = listed(columns)
    return f"SELECT {names}, count(DISTINCT {identifier(person)}) AS people FROM {identifier(table)} GROUP BY ALL"  # noqa: S608


def variety_of_classes(
    table: str, columns: Sequence[str], person: str, sensitive: str, whole: str | None = None
) -> str:
    """Give SQL for the variety in each class: the columns, `fewest` values, and `distance` from the `whole` table.

    Values are those that are still there, and one, whoever of the class is set aside; not to be known is none. The distance
    is the greater of two: of the mix of values, in which a person counts once for each that they have; and of the value that most
    more people of the class have, as a share, than of all.
    """
    names, value, who = listed(columns), told_of(sensitive), identifier(person)
    return f"""
        WITH had AS (SELECT DISTINCT {names}, {value} AS value, {who} AS who FROM {identifier(table)}
        ), everybody AS (SELECT DISTINCT {value} AS value, {who} AS who FROM {identifier(whole or table)}
        ), shares AS (
            SELECT value, count(*) / sum(count(*)) OVER () AS of_values,
                count(*) / (SELECT count(DISTINCT who) FROM everybody) AS of_people
            FROM everybody GROUP BY value
        ), sizes AS (SELECT {names}, count(DISTINCT who) AS people FROM had GROUP BY ALL
        ), cells AS (
            SELECT {names}, value, count(*) AS n, any_value(who) AS one FROM had GROUP BY ALL
        ), classes AS (
            SELECT {listed(columns, "cells.")}, count(cells.value) AS known, sum(n) AS total,
                list({{'n': n, 'of_values': of_values, 'of_people': of_people}}) AS each_value,
                histogram(one) FILTER (n = 1 AND cells.value IS NOT NULL) AS of_one
            FROM cells JOIN shares ON cells.value IS NOT DISTINCT FROM shares.value
            GROUP BY ALL
        )
        SELECT {listed(columns, "classes.")},
            least(known, 1 + known - coalesce(list_max(map_values(of_one)), 0)) AS fewest,
            greatest(
                list_sum([greatest(each.n / total - each.of_values, 0) for each in each_value]),
                list_max([each.n / people - each.of_people for each in each_value])
            ) AS distance
        FROM classes JOIN sizes ON {alike_in(columns, "classes.", "sizes.")}"""  # noqa: S608 - every name is quoted


def told_of(sensitive: str) -> str:
    """Give SQL for what a sensitive column says of somebody: NULL where it says that this is not known."""
    return f"nullif(CAST({identifier(sensitive)} AS VARCHAR), {text_literal(UNKNOWN)})"


def alike_in(columns: Sequence[str], one: str, other: str) -> str:
    """Give SQL that is true of two rows that are alike in all columns; unknown values are alike."""
    return " AND ".join(
        f"{one}{identifier(each)} IS NOT DISTINCT FROM {other}{identifier(each)}"
        for each in columns
    )


def listed(names: Sequence[str], of: str = "") -> str:
    """Write names with commas between, each `of` a table where one is given."""
    return ", ".join(f"{of}{identifier(name)}" for name in names)


def _variety(
    database: Database,
    table: str,
    person: str,
    columns: Sequence[str],
    sensitive: SensitiveColumn,
) -> Variety:
    classes = variety_of_classes(table, columns, person, sensitive.name)
    fewest, furthest = _only_row(
        database,
        f"SELECT coalesce(min(fewest), 0), coalesce(max(distance), 0) FROM ({classes})",  # noqa: S608
    )
    return Variety(cast("int", fewest), cast("float", furthest))


def _only_row(database: Database, query: str) -> Row:
    (row,) = database.execute(query).fetchall()
    return row
