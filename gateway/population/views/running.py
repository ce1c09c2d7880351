"""Run a compiled view on files of the store.

Reads what it is told and decides nothing.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeVar

import duckdb
import pyarrow as pa

from gateway.population.views.compiled import CompiledView
from gateway.population.views.faults import UnfitResourcesError
from gateway.population.views.quoting import text_literal
from gateway.population.views.snippets import NEEDS_DIGITS, TOO_MANY

_Result = TypeVar("_Result")
# Any other is a fault of ours or of the disk.
_OF_RESOURCES = (duckdb.DataError, duckdb.InvalidInputException, duckdb.OutOfMemoryException)
_FORMATS = {"ndjson": "json", "csv": "csv, HEADER", "parquet": "parquet"}
_SAID_FIRST = "Invalid Input Error: "
_OURS = re.compile(rf"{re.escape(TOO_MANY)}(?:: column [A-Za-z0-9_]+)?")


@dataclass(frozen=True, slots=True)
class Some:
    """How many rows at most, and in which form."""

    rows: int
    form: Literal["ndjson", "csv", "parquet"]


def run_view(
    connection: duckdb.DuckDBPyConnection, compiled: CompiledView, files: Sequence[Path]
) -> pa.Table:
    """Give the rows of a view over NDJSON files of its resource type, in the order of the resources.

    Raises UnfitResourcesError if a resource is not such as the view can read, or gives two values for a column
    that may have one.
    """
    return _run(lambda sql: connection.sql(sql).to_arrow_table(), compiled, files)


def run_view_on_any(
    connection: duckdb.DuckDBPyConnection, compiled: CompiledView, files: Sequence[Path]
) -> pa.Table:
    """Give the same over files of many resource types: slower, and lenient with wrong types."""
    sql = compiled.sql_over_any(files)
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
    place = text_literal(str(target))
    _run(
        lambda sql: connection.execute(f"COPY ({sql}) TO {place} (FORMAT parquet)"), compiled, files
    )


def write_some_on_any(
    connection: duckdb.DuckDBPyConnection,
    compiled: CompiledView,
    files: Sequence[Path],
    target: Path,
    some: Some,
) -> None:
    """Write the first rows over files of many resource types, leniently: NDJSON, CSV or Parquet.

    Raises UnfitResourcesError; also when they need more memory than the connection has.
    """
    written = f"{text_literal(str(target))} (FORMAT {_FORMATS[some.form]})"
    sql = f"COPY (FROM ({compiled.sql_over_any(files)}) LIMIT {some.rows:d}) TO {written}"
    _told(lambda: connection.execute(sql))


def _run(run: Callable[[str], _Result], compiled: CompiledView, files: Sequence[Path]) -> _Result:
    """Run the fast way, and where digits count the slow one: both give the same where both give something."""
    if not compiled.needs_digits:
        try:
            return _told(lambda: run(compiled.sql_over(files)))
        except _NeedsDigitsError:
            pass
    return _told(lambda: run(compiled.sql_over_any(files)))


def _told(ask: Callable[[], _Result]) -> _Result:
    """DuckDB quotes what it could not read: that is a person's data, so its words go no further."""
    try:
        return ask()
    except _OF_RESOURCES as error:
        kind, words = type(error).__name__, str(error).removeprefix(_SAID_FIRST).strip()
    if words == NEEDS_DIGITS:
        raise _NeedsDigitsError
    if _OURS.fullmatch(words):
        raise UnfitResourcesError(words)
    raise UnfitResourcesError(f"a resource is not such as the view reads ({kind})")


class _NeedsDigitsError(Exception):
    """A number was too large to be sure of."""
