"""Measure how alike the people of a table of rows are: the fewest of one kind, the least variety, the greatest distance.

People are counted, not rows: eight contacts of one person hide nobody. Decides nothing but whether what was measured
keeps to a profile. Sources: gateway/population/profile.py; distance is half the sum of differences, which is the earth
mover's distance where all values are equally far apart (t-closeness, section 5.2).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias, cast

from gateway.population.profile import DisclosureProfile, SensitiveColumn
from gateway.population.views.quoting import identifier

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

    A person counts once for each value that they have.
    """
    names, value, who = listed(columns), identifier(sensitive), identifier(person)
    return f"""
        WITH cells AS (
            SELECT {names}, value, count(*) AS n
            FROM (SELECT DISTINCT {names}, {value} AS value, {who} FROM {identifier(table)})
            GROUP BY ALL
        ), overall AS (
            SELECT value, count(*) / sum(count(*)) OVER () AS share
            FROM (SELECT DISTINCT {value} AS value, {who} FROM {identifier(whole or table)})
            GROUP BY ALL
        ), classes AS (
            SELECT {names}, list(n) AS counts, sum(n) AS total, list(share) AS shares
            FROM cells JOIN overall ON cells.value IS NOT DISTINCT FROM overall.value
            GROUP BY ALL
        )
        SELECT {names}, len(counts) AS fewest, list_sum(list_transform(
            list_zip(counts, shares), lambda each: greatest(each[1] / total - each[2], 0)
        )) AS distance FROM classes"""  # noqa: S608 - every name is quoted


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
