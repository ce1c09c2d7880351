"""Random views tell apart a run by the specification and one with a likely fault of a compiler planted into it.

The faults are planted into the walker itself, so that nothing but the fault differs.
"""

from collections.abc import Callable, Sequence
from functools import cache
from random import Random
from typing import Any

import pytest

from tests.population.agreement import Row, columns_to_compare, compare
from tests.population.random_resources import parsed, random_resources
from tests.population.random_views import random_view
from tests.population.shapes import RESOURCES
from tests.reference import fhirpath_items, fhirpath_walker, view_walker
from tests.reference.fhirpath_items import Item
from tests.reference.fhirpath_parser import ViewError

VIEWS = 150
RESOURCES_OF_EACH = 12

Fault = Callable[..., Any]


def texts_for_times(left: str, right: str) -> int:
    return (left > right) - (left < right)


def no_third_truth(decides: bool, left: bool | None, right: bool | None) -> list[Item]:
    held = {bool(left), bool(right)}
    return [Item(decides if decides in held else not decides)]


def first_of_each(items: Sequence[Item], position: int) -> list[Item]:
    return list(items[max(position - 1, 0) : position + 1])


def without_kinds(item: Item, wanted: str) -> bool:
    return item.type == wanted


def nulls_as_items(held: Any, beside: Any, kind: str | None) -> list[Item]:
    return [Item(each, kind) for each in (held if isinstance(held, list) else [held])]


def objects_beside_left_out(held: Any, beside: Any, kind: str | None) -> list[Item]:
    return [each for each in nulls_as_items(held, beside, kind) if each.value is not None]


def null_for_an_empty_list(column: dict[str, Any], found: Sequence[Item], **_how: bool) -> Any:
    return (
        (_WHOLE_VALUE(column, found) or None)
        if column.get("collection")
        else _WHOLE_VALUE(column, found)
    )


def first_of_several(column: dict[str, Any], found: Sequence[Item], **_how: bool) -> Any:
    return _WHOLE_VALUE(column, found if column.get("collection") else found[:1])


def no_row_of_nothing(selection: dict[str, Any], node: Item, run: Any) -> Any:
    inner = {"forEach" if key == "forEachOrNull" else key: held for key, held in selection.items()}
    return _WHOLE_PROCESS(inner, node, run)


def no_row_twice(selection: dict[str, Any], node: Item, run: Any) -> list[Row]:
    return [
        dict(row)
        for row in {repr(row): row for row in _WHOLE_PROCESS(selection, node, run)}.values()
    ]


def one_index_for_all(selection: dict[str, Any]) -> bool:
    return False


def only_one_level(paths: Sequence[str], node: Item, run: Any) -> list[Item]:
    return [child for path in paths for child in run.evaluated(path, node)]


def floats(column: dict[str, Any], found: Sequence[Item], **_how: bool) -> Any:
    held = _WHOLE_VALUE(column, found)
    return (
        float(held) if column["type"] == "decimal" and not isinstance(held, list | None) else held
    )


def any_that_is_same(left: Sequence[Item], right: Sequence[Item]) -> bool | None:
    return _WHOLE_EQUAL(left[:1], right[:1])


def keys_of_all_types(focus: Sequence[Item], arguments: Any, scope: Any) -> list[Item]:
    return _WHOLE_KEY(focus, (), scope)


_WHOLE_VALUE = view_walker._value
_WHOLE_PROCESS = view_walker._process
_WHOLE_EQUAL = fhirpath_walker._equal
_WHOLE_KEY = fhirpath_walker._reference_key

FAULTS: Sequence[tuple[Any, str, Fault]] = (
    (fhirpath_walker, "order", texts_for_times),
    (fhirpath_walker, "_logic", no_third_truth),
    (fhirpath_walker, "_indexed", first_of_each),
    (fhirpath_walker, "is_kind_of", without_kinds),
    (fhirpath_walker, "_equal", any_that_is_same),
    (fhirpath_items, "_items", nulls_as_items),
    (fhirpath_items, "_items", objects_beside_left_out),
    (view_walker, "_value", null_for_an_empty_list),
    (view_walker, "_value", first_of_several),
    (view_walker, "_value", floats),
    (view_walker, "_process", no_row_of_nothing),
    (view_walker, "_process", no_row_twice),
    (view_walker, "_iterates", one_index_for_all),
    (view_walker, "_traversed", only_one_level),
)


@cache
def whole() -> tuple[tuple[dict[str, Any], Sequence[Any], list[Row] | None], ...]:
    """Give views, resources, and what the walker makes of them as it is."""
    held = {
        kind: parsed(random_resources(Random(kind), kind, RESOURCES_OF_EACH)) for kind in RESOURCES
    }
    views = [
        random_view(f"fault {number}", RESOURCES[number % len(RESOURCES)])
        for number in range(VIEWS)
    ]
    return tuple(
        (view, held[view["resource"]], rows(view, held[view["resource"]])) for view in views
    )


def rows(view: dict[str, Any], resources: Sequence[Any]) -> list[Row] | None:
    try:
        return view_walker.run_view(view, resources)
    except ViewError:
        return None


def tells(view: dict[str, Any], resources: Sequence[Any], expected: list[Row] | None) -> bool:
    found = rows(view, resources)
    if found is None or expected is None:
        return found is not expected
    return bool(compare(found, expected, columns_to_compare(view)))


@pytest.mark.parametrize(
    ("module", "name", "fault"), FAULTS, ids=lambda each: getattr(each, "__name__", "")
)
def test_a_planted_fault_is_told_by_a_random_view(module, name, fault, monkeypatch):
    compared = whole()
    monkeypatch.setattr(module, name, fault)

    assert any(tells(*each) for each in compared)


def test_nothing_is_told_where_nothing_is_planted():
    assert not any(tells(*each) for each in whole()[:20])
