"""A connection reaches the folders that it was given, and nothing else."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from gateway.population.engine import Engine, open_engine

ENGINE = Engine(threads=1, memory_mib=64)


@pytest.fixture
def inside(tmp_path: Path) -> Path:
    folder = tmp_path / "inside's"
    folder.mkdir()
    (folder / "a.csv").write_text("n\n1\n", encoding="utf-8")
    (tmp_path / "outside.csv").write_text("n\n2\n", encoding="utf-8")
    return folder


@pytest.fixture
def connection(inside: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with open_engine(ENGINE, [inside]) as opened:
        yield opened


def quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"


def test_it_reads_and_writes_in_its_folders(connection: duckdb.DuckDBPyConnection, inside: Path):
    read = f"FROM read_csv({quoted(inside / 'a.csv')})"
    connection.execute(f"COPY ({read}) TO {quoted(inside / 'b.parquet')} (FORMAT parquet)")

    assert connection.sql(f"FROM {quoted(inside / 'b.parquet')}").fetchall() == [(1,)]


@pytest.mark.parametrize(
    "statement",
    [
        "FROM read_csv({outside})",
        "FROM read_text({inside} || '/../outside.csv')",
        "FROM glob({outside})",
        "COPY (SELECT 1) TO {outside}",
        "ATTACH {outside} AS other",
        "FROM read_csv('https://example.org/a.csv')",
        "FROM read_json('s3://bucket/a.json')",
        "INSTALL httpfs",
        "LOAD httpfs",
        "LOAD {outside}",
        "SET enable_external_access = TRUE",
        "SET allowed_directories = ['/']",
        "SET threads = 8",
        "SET memory_limit = '1TB'",
        "SET python_enable_replacements = TRUE",
        "CREATE SECRET s (TYPE s3)",
        "EXPORT DATABASE {outside}",
        "FROM caller",
    ],
)
def test_it_refuses(connection: duckdb.DuckDBPyConnection, inside: Path, statement: str):
    caller = connection.sql("SELECT 'a variable of the caller' AS v")
    places = {"outside": quoted(inside.parent / "outside.csv"), "inside": quoted(inside)}

    with pytest.raises(duckdb.Error):
        connection.execute(statement.format(**places)).fetchall()

    assert caller.columns == ["v"]


def test_no_extension_comes_by_itself(connection: duckdb.DuckDBPyConnection):
    named = "autoinstall_known_extensions autoload_known_extensions allow_community_extensions"
    asked = ", ".join(f"current_setting('{name}')" for name in named.split())

    assert connection.sql(f"SELECT {asked}").fetchall() == [(False, False, False)]


def test_it_keeps_to_its_limits(connection: duckdb.DuckDBPyConnection):
    named = "current_setting('threads'), current_setting('temp_directory')"
    assert connection.sql(f"SELECT {named}").fetchall() == [(1, "")]

    with pytest.raises(duckdb.OutOfMemoryException):
        connection.sql("SELECT list(r::VARCHAR) FROM range(10_000_000) t(r)").fetchall()


def test_it_spills_where_it_may(inside: Path, tmp_path: Path):
    spill = tmp_path / "spill"
    spill.mkdir()
    with open_engine(Engine(1, 64, spill), [inside]) as connection:
        (found,) = connection.sql("SELECT current_setting('temp_directory')").fetchall()

    assert found == (str(spill),)


def test_it_is_closed_afterwards(inside: Path):
    with open_engine(ENGINE, [inside]) as connection:
        pass

    with pytest.raises(duckdb.Error):
        connection.execute("SELECT 1")


def test_without_a_folder_nothing_is_read(inside: Path):
    with open_engine(ENGINE, []) as connection, pytest.raises(duckdb.Error):
        connection.execute(f"FROM read_csv({quoted(inside / 'a.csv')})")
