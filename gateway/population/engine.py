"""Make DuckDB connections that reach the folders they are given and nothing else.

The only maker of them. No network, no extension beyond those built in, no variable of the caller read by name,
and nothing of that can be changed back on the connection.
Source: DuckDB 2.0, "Securing DuckDB".
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from gateway.population.views.quoting import text_literal


@dataclass(frozen=True, slots=True)
class Engine:
    """What a connection may use; without `spill_folder` a query that outgrows `memory_mib` fails."""

    threads: int
    memory_mib: int
    spill_folder: Path | None = None


@contextmanager
def open_engine(engine: Engine, folders: Sequence[Path]) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a database in memory that may read and write files in the folders, and close it afterwards."""
    connection = duckdb.connect(":memory:", config=_configuration(engine))
    try:
        _close_in(connection, folders)
        yield connection
    finally:
        connection.close()


def _configuration(engine: Engine) -> dict[str, str | bool | int | float | list[str]]:
    spill = engine.spill_folder
    return {
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "allow_community_extensions": False,
        "python_enable_replacements": False,
        "threads": engine.threads,
        "memory_limit": f"{engine.memory_mib}MiB",
        "temp_directory": "" if spill is None else str(spill.resolve()),
    }


def _close_in(connection: duckdb.DuckDBPyConnection, folders: Sequence[Path]) -> None:
    """The order matters: once access is closed no folder can be added, once locked nothing can be changed."""
    allowed = ", ".join(text_literal(str(folder.resolve())) for folder in folders)
    connection.execute(f"SET allowed_directories = [{allowed}]")
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("SET enable_external_access = FALSE")
    connection.execute("SET lock_configuration = TRUE")
