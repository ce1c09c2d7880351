"""The reference evaluator of views gives what the published cases say (SQL on FHIR v2, `tests/`)."""

import json
import os
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.reference.fhirpath_parser import ViewError
from tests.reference.view_walker import columns_of_view, run_view, run_view_leniently

_BESIDE_THE_PROJECT = Path(__file__).resolve().parents[3] / "shared" / "data"
# A switch of the test run, not a setting of the service.
_DATA = Path(os.environ.get("SCR_SAMPLE_DATA", _BESIDE_THE_PROJECT))  # noqa: TID251
CASES = _DATA / "sql_on_fhir_tests" / "tests"
PUBLISHED = 134


def published() -> Iterator[Any]:
    """Give each published case with the resources of its file."""
    for path in sorted(CASES.glob("*.json")):
        whole = json.loads(path.read_text("utf-8"), parse_float=Decimal)
        for case in whole["tests"]:
            title = f"{path.stem}: {case['title']}"
            yield pytest.param(case, whole["resources"], id=title)


def as_multiset(rows: list[Mapping[str, Any]]) -> Counter[str]:
    """Rows have no order; equal numbers are equal however they are written."""
    return Counter(
        repr(sorted((name, _plain(value)) for name, value in row.items())) for row in rows
    )


def _plain(value: Any) -> Any:
    is_number = isinstance(value, int | Decimal) and not isinstance(value, bool)
    return float(value) if is_number else value


@pytest.mark.skipif(
    not CASES.is_dir(), reason="the published samples are not here (SCR_SAMPLE_DATA)"
)
@pytest.mark.parametrize(("case", "resources"), [*published()])
def test_the_walker_gives_what_a_published_case_expects(case, resources):
    view = case["view"]

    if case.get("expectError"):
        with pytest.raises(ViewError):
            run_view(view, resources)
        return

    assert as_multiset(run_view(view, resources)) == as_multiset(case["expect"])
    assert columns_of_view(view) == case.get("expectColumns", columns_of_view(view))


@pytest.mark.skipif(
    not CASES.is_dir(), reason="the published samples are not here (SCR_SAMPLE_DATA)"
)
def test_all_published_cases_are_walked():
    assert len([*published()]) == PUBLISHED


ID = {"name": "id", "path": "id"}


@pytest.mark.parametrize(
    "view",
    [
        {"select": [{"column": [ID, ID]}]},
        {"select": [{"column": [ID], "select": [{"column": [ID]}]}]},
        {"select": [{"column": [ID]}, {"unionAll": [{"column": [ID]}]}]},
        {"select": [{"column": [{"name": "a-b", "path": "id"}]}]},
        {"select": [{"column": [{"path": "id"}]}]},
        {"select": [{"column": [{"name": "id"}]}]},
        {"select": [{"forEach": "name", "repeat": ["name"], "column": [ID]}]},
        {"select": [{"column": [{"name": "id", "path": "upper(id)"}]}]},
        {"select": [{"column": [{"name": "id", "path": "id.first(1)"}]}]},
        {"select": []},
        {"select": [{"column": [ID]}], "where": [{}]},
        {"select": [{"column": [ID]}], "constant": [{"name": "1", "valueString": "a"}]},
    ],
)
def test_a_view_that_is_not_valid_is_refused_though_nothing_is_walked(view):
    with pytest.raises(ViewError):
        run_view({"resource": "Patient", **view}, [])


def test_a_row_of_nothing_has_null_for_every_column_within_and_zero_for_each_index():
    inner = {"forEach": "telecom", "column": [{"name": "at", "path": "%rowIndex"}]}
    union = {"unionAll": [{"column": [{"name": "said", "path": "'x'"}]}]}
    nothing = {"forEachOrNull": "contact", "select": [inner, union]}

    rows = run_view(
        {"resource": "Patient", "select": [{"column": [ID]}, nothing]},
        [{"resourceType": "Patient", "id": "p"}],
    )

    assert rows == [{"id": "p", "at": 0, "said": None}]


@pytest.mark.parametrize(
    ("neighbour", "run", "is_refused"),
    [
        ("name", run_view, True),
        ("name", run_view_leniently, True),
        ("telecom", run_view, True),
        ("telecom", run_view_leniently, False),
    ],
)
def test_several_values_are_an_error_though_leniently_one_of_a_row(neighbour, run, is_refused):
    column = {"column": [{"name": "given", "path": "name.given"}]}
    view = {"resource": "Patient", "select": [{"forEach": neighbour}, column]}

    with pytest.raises(ViewError) if is_refused else nullcontext():
        assert run(view, [{"resourceType": "Patient", "name": [{"given": ["a", "b"]}]}]) == []
