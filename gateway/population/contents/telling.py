"""Lay gated rows, tables and reports out as text, ready to be written.

Adds nothing that the gate has not let pass. What a head costs is made of published numbers alone.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict

from gateway.population.counting import ToldTable
from gateway.population.datasets import Dataset, TableRule
from gateway.population.five_safes import FiveSafes
from gateway.population.small_numbers import SUPPRESSED, PublishedCount, Rounded
from gateway.population.tables import CellName

ALL = "all"
"""Stands for a dimension that a margin sums over."""

_VALUE = "value"
_PER_HEAD = "pounds_per_head"

Lines = tuple[tuple[str, ...], ...]


def told_columns(rule: TableRule) -> tuple[str, ...]:
    """Name the columns of a table's file."""
    return (*rule.dimensions, _VALUE, *((_PER_HEAD,) if rule.per_head else ()))


def told_lines(rule: TableRule, told: Mapping[str, ToldTable]) -> Lines:
    """Give the lines of a table's file: each cell, then each margin, by their values."""
    published = told[rule.name].published
    heads = _by_values(told[rule.per_head]) if rule.per_head else {}
    lines = {
        _values(name, rule.dimensions): (str(number), *_per_head(rule, name, number, heads))
        for name, number in published.items()
    }
    return tuple(
        (*values, *numbers) for values, numbers in sorted(lines.items(), key=_margins_last)
    )


def dictionary_of(dataset: Dataset) -> Sequence[Mapping[str, str]]:
    """Describe every column that is given, as a planner reads it."""
    return [
        {
            "name": each.name,
            "type": each.type,
            "unit": each.unit,
            "allowed values": each.allowed,
            "why it is safe": each.why_safe,
        }
        for each in dataset.columns
        if each.given
    ]


def report_of(reports: Mapping[str, FiveSafes]) -> Mapping[str, object]:
    """Give the reports of rows and tables; how much an attack found stays inside, as it might count somebody."""
    return {
        name: {**asdict(each), "attacks": list(_attacks(each))} for name, each in reports.items()
    }


def _attacks(report: FiveSafes) -> Iterator[Mapping[str, object]]:
    return ({key: told for key, told in each.items() if key != "found"} for each in report.attacks)


def _margins_last(line: tuple[tuple[str, ...], tuple[str, ...]]) -> tuple[int, tuple[str, ...]]:
    values, _numbers = line
    return values.count(ALL), values


def _values(name: CellName, dimensions: Sequence[str]) -> tuple[str, ...]:
    where = dict(name.where)
    return tuple(where.get(each, ALL) for each in dimensions)


def _by_values(told: ToldTable) -> Mapping[tuple[str, ...], PublishedCount | int]:
    return {_values(name, told.dimensions): number for name, number in told.published.items()}


def _per_head(
    rule: TableRule,
    name: CellName,
    pounds: PublishedCount | int,
    heads: Mapping[tuple[str, ...], PublishedCount | int],
) -> tuple[str, ...]:
    if not rule.per_head:
        return ()
    people = heads.get(_values(name, rule.dimensions), SUPPRESSED)
    if isinstance(pounds, int) and isinstance(people, Rounded) and people.value:
        return (str(round(pounds / people.value)),)
    return (str(SUPPRESSED),)
