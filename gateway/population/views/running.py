"""Run a compiled view on files of the store.

Reads what it is told and decides nothing.
"""

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import duckdb
import pyarrow as pa

from gateway.population.views.compiled import CompiledView
from gateway.population.views.faults import UnfitResourcesError
from gateway.population.views.quoting import text_literal
from gateway.population.views.snippets import TOO_MANY

_Result = TypeVar("_Result")
# Any other is a fault of ours or of the disk.
_OF_RESOURCES = (duckdb.DataError, duckdb.InvalidInputException)
_OURS = re.compile(rf"Invalid Input Error: ({re.escape(TOO_MANY)}(?:: column [A-Za-z0-9_]+)?)")


def run_view(
    connection: duckdb.DuckDBPyConnection, compiled: CompiledView, files: Sequence[Path]
) -> pa.Table:
    """Give the rows of a view over NDJSON files of its resource type, in the order of the resources.

    Raises UnfitResourcesError if a resource is not such as the view can read, or gives two values for a column
    that may have one.
    """
    sql = compiled.sql_over(files)
    return _told(lambda: connection.sql(sql).to_arrow_table())


def run_view_on_mixed(
    connection: duckdb.DuckDBPyConnection, compiled: CompiledView, files: Sequence[Path]
) -> pa.Table:
    """Give the same over files of many resource types."""
    sql = compiled.sql_over_mixed(files)
    return _told(lambda: connection.sql(sql).to_arrow_table())


def write_view(
    connection: duckdb.DuckDBPyConnection,
    compiled: CompiledView,
    files: Sequence[Path],
    target: Path,
) -> None:
    """Write the rows of a view to a Parquet file without holding them all.

    Raises as `run_view` does.
    """
    copy = f"COPY ({compiled.sql_over(files)}) TO {text_literal(str(target))} (FORMAT parquet)"
    _told(lambda: connection.execute(copy))


def _told(ask: Callable[[], _Result]) -> _Result:
    """DuckDB quotes what it could not read: that is a person's data, so its words go no further."""
    try:
        return ask()
    except _OF_RESOURCES as error:
        ours = _OURS.fullmatch(str(error).strip())
        reason = (
            ours.group(1)
            if ours
            else f"a resource is not such as the view reads ({type(error).__name__})"
        )
    raise UnfitResourcesError(reason)
