"""What counts as the same cell in two runs of a view, and what does not."""

from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest

from tests.population.agreement import Column, columns_to_compare, compare


def differs(one: object, other: object, kind: str, *, divides: bool = False) -> bool:
    return bool(compare([{"c": one}], [{"c": other}], [Column("c", kind, divides)]))


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        ("decimal", Decimal("1.50"), Decimal("1.5")),
        ("decimal", 1.0, 1),
        ("decimal", Decimal("-0.0"), 0),
        ("decimal", 0.1, Decimal("0.1")),
        ("date", date(1970, 6, 15), "1970-06-15"),
        ("time", time(12, 34), "12:34:00.000"),
        ("time", "12:34:56.500", "12:34:56.5"),
        ("dateTime", "2020-01-01T10:00:00Z", "2020-01-01T10:00:00.000+00:00"),
        ("instant", datetime(2020, 1, 1, 10, tzinfo=UTC), "2020-01-01T11:00:00.000+01:00"),
        ("integer", [1, None], [1, None]),
        ("string", None, None),
    ],
)
def test_cells_are_the_same_however_they_are_held(kind, one, other):
    assert not differs(one, other, kind)


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        ("string", None, ""),
        ("string", [], None),
        ("string", "a", ["a"]),
        ("string", "1", 1),
        ("string", "e\u0301", "\u00e9"),
        ("string", "2020-01-01T10:00:00Z", "2020-01-01T10:00:00+00:00"),
        ("boolean", True, 1),
        ("boolean", False, None),
        ("decimal", Decimal("12345678901234.5678"), 12345678901234.5678),
        ("decimal", Decimal("0.12345678"), Decimal("0.12345679")),
        ("date", "1970-06", "1970-06-01"),
        ("dateTime", "2020-01-01T10:00:00Z", "2020-01-01T11:00:00+01:00"),
        ("instant", "2020-01-01T10:00:00Z", "2020-01-01T10:00:00.001Z"),
        ("time", "12:30:00", "12:3"),
        ("integer", [1, 2], [2, 1]),
    ],
)
def test_cells_that_say_something_else_are_told_apart(kind, one, other):
    assert differs(one, other, kind)


@pytest.mark.parametrize(("over", "under"), [(1, 3), (Decimal("0.12345678"), 4), (10**13, 7)])
def test_quotients_are_the_same_to_twelve_digits(over, under):
    quotient = Decimal(over) / under

    assert not differs(float(quotient), quotient, "decimal", divides=True)
    assert differs(float(quotient) * (1 + 1e-6), quotient, "decimal", divides=True)


def test_rows_have_no_order_but_a_number():
    column = [Column("c", "string")]
    once, twice = [{"c": "a"}, {"c": "b"}], [{"c": "b"}, {"c": "a"}, {"c": "b"}]

    assert not compare(once, once[::-1], column)
    assert "only the walker, 1x: ('b',)" in str(compare(once, twice, column))


def test_a_column_too_many_and_one_too_few_are_differences():
    column = [Column("c", "string")]

    assert compare([{"c": "a", "d": "a"}], [{"c": "a"}], column)
    assert compare([{}], [{"c": None}], column)


def test_a_column_divides_when_one_branch_of_a_union_does():
    branches = [
        {"column": [{"name": "c", "path": path, "type": "decimal"}]} for path in ("1 / 3", "1")
    ]

    assert columns_to_compare({"select": [{"unionAll": branches}]}) == [
        Column("c", "decimal", True)
    ]
