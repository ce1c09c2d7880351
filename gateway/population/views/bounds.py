"""Bound how large a view may be that somebody sends to have it tried.

Looks at the definition as it was decoded, before anything is parsed: what is too large costs no more than to count it. The
project's own views are not bounded, and what has no form of a view is left to `gateway/population/views/parsing.py`.
"""

from collections.abc import Iterator
from typing import Any

from gateway.population.views.faults import Fault, UnusableViewError

DEEPEST = 4
SELECTS_AT_MOST = 32
UNIONS_AT_MOST = 16
COLUMNS_AT_MOST = 200
OTHERS_AT_MOST = 100
"""Of constants and of conditions. Judgement, all: the published cases nest three deep and have a handful of each."""


def must_be_of_a_size_to_try(definition: object) -> None:
    """Refuse a view that is larger than one for trying has to be.

    Raises UnusableViewError.
    """
    if not isinstance(definition, dict):
        return
    faults = tuple(_faults(definition))
    if faults:
        raise UnusableViewError(faults)


def _faults(view: dict[str, Any]) -> Iterator[Fault]:
    selects = list(_selects(view, 1))
    if any(depth > DEEPEST for depth, _one in selects):
        yield Fault("select", f"nests more than {DEEPEST} deep")
    counted = {
        "selects": (len(selects), SELECTS_AT_MOST),
        "branches of unions": (_sum(selects, "unionAll"), UNIONS_AT_MOST),
        "columns": (_sum(selects, "column"), COLUMNS_AT_MOST),
        "paths": (_sum(selects, "repeat"), OTHERS_AT_MOST),
    }
    for called, (count, at_most) in counted.items():
        if count > at_most:
            yield Fault("select", f"has more than {at_most} {called}")
    for key in ("constant", "where"):
        if len(_each(view, key)) > OTHERS_AT_MOST:
            yield Fault(key, f"has more than {OTHERS_AT_MOST} entries")


def _selects(within: dict[str, Any], depth: int) -> Iterator[tuple[int, dict[str, Any]]]:
    for one in (*_each(within, "select"), *_each(within, "unionAll")):
        if isinstance(one, dict):
            yield depth, one
            if depth <= DEEPEST:
                yield from _selects(one, depth + 1)


def _sum(selects: list[tuple[int, dict[str, Any]]], key: str) -> int:
    return sum(len(_each(one, key)) for _depth, one in selects)


def _each(within: dict[str, Any], key: str) -> list[Any]:
    found = within.get(key)
    return found if isinstance(found, list) else []
