"""A view that is sent to be tried is of a bounded size, and the project's own views are not."""

import json

import pytest

from gateway.population.views.bounds import (
    COLUMNS_AT_MOST,
    DEEPEST,
    OTHERS_AT_MOST,
    SELECTS_AT_MOST,
    UNIONS_AT_MOST,
    must_be_of_a_size_to_try,
)
from gateway.population.views.compiled import compile_view
from gateway.population.views.declared import FOLDER
from gateway.population.views.faults import UnusableViewError

COLUMN = {"name": "a", "path": "id"}


def nested(key: str, depth: int) -> dict:
    within = {"column": [COLUMN]}
    for _each in range(depth - 1):
        within = {key: [within]}
    return {"select": [within]}


BOUNDS = [
    (lambda count: nested("select", count), DEEPEST),
    (lambda count: nested("unionAll", count), DEEPEST),
    (lambda count: {"select": [{}] * count}, SELECTS_AT_MOST),
    (lambda count: {"select": [{"unionAll": [{}] * count}]}, UNIONS_AT_MOST),
    (lambda count: {"select": [{"column": [COLUMN] * count}]}, COLUMNS_AT_MOST),
    (lambda count: {"select": [{"repeat": ["id"] * count}]}, OTHERS_AT_MOST),
    (lambda count: {"where": [{}] * count}, OTHERS_AT_MOST),
    (lambda count: {"constant": [{}] * count}, OTHERS_AT_MOST),
]


@pytest.mark.parametrize(("view_of", "at_most"), BOUNDS, ids=range(len(BOUNDS)))
def test_a_view_of_more_than_is_tried_is_refused_and_one_of_as_much_is_not(view_of, at_most):
    must_be_of_a_size_to_try(view_of(at_most))

    with pytest.raises(UnusableViewError):
        must_be_of_a_size_to_try(view_of(at_most + 1))


@pytest.mark.parametrize("given", [None, [], {"select": 1}, {"select": [1]}, {"where": {}}])
def test_what_has_no_form_of_a_view_is_left_to_who_reads_it(given):
    must_be_of_a_size_to_try(given)


def test_a_view_of_the_projects_own_may_be_larger():
    columns = [{"name": f"c{each}", "path": "id"} for each in range(COLUMNS_AT_MOST + 1)]

    assert compile_view({"resource": "Patient", "select": [{"column": columns}]})


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.json")), ids=lambda path: path.stem)
def test_every_declared_view_could_be_tried(path):
    must_be_of_a_size_to_try(json.loads(path.read_text()))
