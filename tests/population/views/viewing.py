"""Run views on resources as a test has them: decoded from JSON."""

import json
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any

import duckdb

from gateway.population.views.compiled import compile_view
from gateway.population.views.faults import UnusableViewError
from gateway.population.views.running import run_view, run_view_on_any

Json = Mapping[str, Any]
Rows = list[dict[str, Any]]
_NUMBERS = count()


def written(folder: Path, resources: Iterable[Json]) -> Path:
    """Write resources as NDJSON, a number with the digits that it is written with."""
    path = folder / f"{next(_NUMBERS)}.ndjson"
    path.write_text("".join(f"{json.dumps(each)}\n" for each in resources), encoding="utf-8")
    return path


def rows_of(
    connection: duckdb.DuckDBPyConnection, folder: Path, view: Json, resources: Sequence[Json]
) -> Rows:
    """Run a view on resources of its own type."""
    return run_view(connection, compile_view(view), [written(folder, resources)]).to_pylist()


def rows_of_any(
    connection: duckdb.DuckDBPyConnection, folder: Path, view: Json, resources: Sequence[Json]
) -> Rows:
    """Run a view on resources of any type."""
    files = [written(folder, resources)]
    return run_view_on_any(connection, compile_view(view), files).to_pylist()


def column(path: str, **more: Any) -> Json:
    """Make a view of Patients with one column, `v`."""
    return view({"column": [{"name": "v", "path": path, **more}]})


def view(*selects: Json, resource: str = "Patient", **more: Any) -> Json:
    return {"resource": resource, "select": list(selects), **more}


def plain(value: Any) -> Any:
    """Tell numbers by what they are worth, and not true from 1."""
    match value:
        case bool() | None | str():
            return repr(value)
        case int() | float() | Decimal():
            return f"{Decimal(str(value)).normalize():f}"
        case list():
            return [plain(each) for each in value]
        case _:
            return {key: plain(each) for key, each in value.items()}


def in_no_order(rows: Rows) -> list[str]:
    return sorted(json.dumps(plain(row), sort_keys=True) for row in rows)


def faults_of(definition: object) -> list[tuple[str, str]]:
    """Give each fault of a definition that has some, as place and words."""
    try:
        compile_view(definition)
    except UnusableViewError as error:
        return [(fault.place, fault.says) for fault in error.faults]
    return []
