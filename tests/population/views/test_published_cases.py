"""Every published case of SQL on FHIR v2 holds, on files of one resource type and on files of all.

Source: github.com/FHIR/sql-on-fhir-v2, `tests/`, May 2026: 22 files, 134 cases.
"""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from gateway.population.views.compiled import compile_view
from gateway.population.views.faults import UnfitResourcesError, UnusableViewError
from tests.population.views.viewing import Json, Rows, in_no_order, rows_of, rows_of_any
from tests.required_parts import sample_data

FOLDER = sample_data() / "sql_on_fhir_tests" / "tests"
CASES = 134
Run = Callable[[duckdb.DuckDBPyConnection, Path, Json, list[Json]], Rows]

needs_cases = pytest.mark.skipif(
    not FOLDER.is_dir(), reason="the published sample data is not here (SCR_SAMPLE_DATA)"
)


def run_on_own_type(
    connection: duckdb.DuckDBPyConnection, folder: Path, view: Json, resources: list[Json]
) -> Rows:
    own = [one for one in resources if one["resourceType"] == view.get("resource")]
    return rows_of(connection, folder, view, own)


def published() -> Iterator[Any]:
    for path in sorted(FOLDER.glob("*.json")):
        suite = json.loads(path.read_text("utf-8"))
        for case in suite["tests"]:
            yield pytest.param(suite["resources"], case, id=f"{path.stem}: {case['title']}")


def fails(run: Run, *arguments: Any) -> bool:
    try:
        run(*arguments)
    except (UnusableViewError, UnfitResourcesError):
        return True
    return False


@needs_cases
def test_all_cases_are_there():
    assert len(list(published())) == CASES


@needs_cases
@pytest.mark.parametrize("run", [run_on_own_type, rows_of_any])
@pytest.mark.parametrize(("resources", "case"), list(published()))
def test_a_published_case_holds(
    connection: duckdb.DuckDBPyConnection, folder: Path, run: Run, resources: list[Json], case: Json
):
    if case.get("expectError"):
        assert fails(run, connection, folder, case["view"], resources)
        return

    rows = run(connection, folder, case["view"], resources)

    assert in_no_order(rows) == in_no_order(case["expect"])
    for row in rows:
        assert list(row) == case.get("expectColumns", list(row))


@needs_cases
def test_a_case_that_names_its_columns_has_them_in_that_order():
    named = [case for _resources, case in map(_values, published()) if "expectColumns" in case]

    assert named
    for case in named:
        columns = [column.name for column in compile_view(case["view"]).columns]
        assert columns == case["expectColumns"]


def _values(parameter: Any) -> Any:
    return parameter.values
