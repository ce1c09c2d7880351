"""Say where two runs of one view differ: as multisets of rows of typed values, for rows have no order.

What is the same, of each column's type:

- **null** is null alone: neither an empty text nor an empty list. A collection is a list, of one and of none too.
- **numbers** are the same at every place down to the eighth behind the point, FHIRPath's step, and `1` is `1.0`; in a column
  whose path divides, whose digits may have no end, of the first twelve digits. A number is never a text or a Boolean.
- **date, dateTime, time** are texts, the same as written, precision included; but `Z` is `+00:00`, and a second is the
  same with noughts behind its point or without. A native date or time counts as the text of it.
- **instant** is a moment: the same in every zone.
- **all else** is the same text, character for character, or the same Boolean.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any, Final

Row = Mapping[str, Any]
Same = tuple[Any, ...]

_STEP: Final = Decimal("0.00000001")
# Decimals of 28 digits must hold a quotient of them.
_EXACT: Final = Context(prec=60)
_ROUNDED: Final = Context(prec=12)
_ZONE: Final = re.compile(r"(?:Z|[+-]00:00)$")
_NOUGHTS: Final = re.compile(r"(:\d\d:\d\d(?:\.\d*[1-9])?)\.?0*(?=Z|[+-]\d\d:\d\d$|$)")


@dataclass(frozen=True, slots=True)
class Column:
    """What decides how a column's values are compared."""

    name: str
    type: str
    divides: bool = False


@dataclass(frozen=True, slots=True)
class Difference:
    """Rows that one side has and the other has not, with how often."""

    only_compiler: Counter[Same]
    only_walker: Counter[Same]

    def __bool__(self) -> bool:
        return bool(self.only_compiler or self.only_walker)

    def __str__(self) -> str:
        sides = (("compiler", self.only_compiler), ("walker", self.only_walker))
        return "\n".join(
            f"only the {name}, {number}x: {row}"
            for name, rows in sides
            for row, number in rows.most_common(3)
        )


def compare(
    rows_of_compiler: Iterable[Row], rows_of_walker: Iterable[Row], columns: Iterable[Column]
) -> Difference:
    """Give what only one side has; false where there is nothing of the kind."""
    all_columns = [*columns]
    left, right = (
        Counter(_same_row(row, all_columns) for row in rows)
        for rows in (rows_of_compiler, rows_of_walker)
    )
    return Difference(left - right, right - left)


def columns_to_compare(view: Mapping[str, Any]) -> list[Column]:
    """Give each column of a view, with its type."""
    found: dict[str, Column] = {}
    for column in _columns_within(view):
        divides = " / " in column["path"] or (
            column["name"] in found and found[column["name"]].divides
        )
        found[column["name"]] = Column(column["name"], column["type"], divides)
    return [*found.values()]


def _columns_within(selection: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield from selection.get("column", ())
    for inner in (*selection.get("select", ()), *selection.get("unionAll", ())):
        yield from _columns_within(inner)


def _same_row(row: Row, columns: list[Column]) -> Same:
    # A column that a row lacks, or has beyond the view's, is a difference of its own.
    cells = tuple(_same(row.get(each.name, "no column"), each) for each in columns)
    beyond = len(row) != len(columns) and set(row) - {each.name for each in columns}
    return (*cells, *sorted(beyond or ()))


def _same(value: Any, column: Column) -> Any:
    match value:
        case None | bool():
            return value
        case list():
            return [_same(each, column) for each in value].__repr__()
        case int() | float() | Decimal():
            return _number(Decimal(str(value)), divides=column.divides)
        case datetime() | date() | time():
            return _written(value.isoformat(), column)
        case str():
            return _written(value, column)
        case _:
            return repr(value)


def _number(value: Decimal, *, divides: bool) -> Same:
    if divides:
        value = _ROUNDED.plus(value)
    return ("number", value.quantize(_STEP, ROUND_HALF_UP, _EXACT).normalize(_EXACT) + 0)


def _written(text: str, column: Column) -> str:
    match column.type:
        case "instant":
            return datetime.fromisoformat(text).astimezone(UTC).isoformat()
        case "date" | "dateTime" | "time":
            return _ZONE.sub("+00:00", _NOUGHTS.sub(r"\1", text))
        case _:
            return text
