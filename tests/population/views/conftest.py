"""A connection to run views by, and a folder that it may read."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from gateway.population.engine import Engine, open_engine

ENGINE = Engine(threads=1, memory_mib=512)


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("views")


@pytest.fixture(scope="session")
def connection(folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with open_engine(ENGINE, [folder]) as opened:
        yield opened
