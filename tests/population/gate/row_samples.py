"""Rows to put through the gate, made so that a test says only what matters to it."""

from collections.abc import Iterable

import duckdb

from gateway.population.profile import DisclosureProfile, SensitiveColumn

PROFILE = DisclosureProfile(
    "violence", ("person",), ("area", "sex"), (SensitiveColumn("kind"),), event=("area", "kind")
)


def rows(
    people: Iterable[tuple[str, ...]], columns: tuple[str, ...] = ("person", "area", "sex", "kind")
) -> duckdb.DuckDBPyConnection:
    """Put rows into the table `people` of a database in memory, in the order that they come."""
    database = duckdb.connect()
    database.execute(f"CREATE TABLE people ({', '.join(f'{each} VARCHAR' for each in columns)})")
    marks = ", ".join("?" for _each in columns)
    for each in people:
        database.execute(f"INSERT INTO people VALUES ({marks})", list(each))
    return database


def alike(
    count: int,
    area: str = "E1",
    sex: str = "female",
    kinds: tuple[str, ...] = ("fist", "blade"),
    start: int = 0,
) -> list[tuple[str, ...]]:
    """Give rows of people who are alike but for what happened to them, in order of their pseudonym."""
    return [
        (f"p{start + number:04}", area, sex, kinds[number % len(kinds)]) for number in range(count)
    ]
