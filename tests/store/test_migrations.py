from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from gateway.audit.merkle import leaf_hash
from gateway.errors import UnavailableError
from gateway.store.dialects import UnsupportedDatabaseError, creating_engine, parse_database_url
from gateway.store.migrate import is_current, upgrade
from gateway.store.tables import metadata
from tests.postgres_fixture import Cluster

_CHECKS = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'table'",
    "postgresql": "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint",
}


def _look(url: str, question: Callable[[sa.Connection], object]) -> object:
    engine = creating_engine(parse_database_url(url))
    try:
        with engine.connect() as connection:
            return question(connection)
    finally:
        engine.dispose()


def _differences(connection: sa.Connection) -> object:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return compare_metadata(context, metadata)


def _checks(connection: sa.Connection) -> dict[str, list[str]]:
    """Names of tables or constraints, each with the checks that it states."""
    rows = connection.execute(sa.text(_CHECKS[connection.dialect.name]))
    stated = {
        name: sorted(line.strip(" ,\t") for line in text.splitlines() if "CHECK" in line)
        for name, text in rows
        if "alembic" not in name
    }
    return {name: checks for name, checks in stated.items() if checks}


def test_the_tables_and_the_migrations_agree(store_url: str) -> None:
    assert _look(store_url, _differences) == []
    assert is_current(store_url)


def test_the_checks_of_the_tables_and_of_the_migrations_agree_on_sqlite(
    sqlite_url: str, tmp_path: Path
) -> None:
    fresh = f"sqlite:///{tmp_path / 'fresh.db'}"
    _create(fresh)

    assert _look(sqlite_url, _checks) == _look(fresh, _checks) != {}


def test_the_checks_of_the_tables_and_of_the_migrations_agree_on_postgres(
    postgres_url: str, postgres_cluster: Cluster
) -> None:
    postgres_cluster.statement("CREATE DATABASE fresh")
    fresh = postgres_cluster.url("fresh")
    _create(fresh)

    assert _look(postgres_url, _checks) == _look(fresh, _checks) != {}
    postgres_cluster.statement("DROP DATABASE fresh")


def test_upgrading_twice_changes_nothing(store_url: str) -> None:
    upgrade(store_url)

    assert is_current(store_url)


def test_a_new_database_is_not_current(tmp_path: Path) -> None:
    assert not is_current(f"sqlite:///{tmp_path / 'new.db'}")


def test_only_the_owner_may_read_a_new_sqlite_file(sqlite_url: str, tmp_path: Path) -> None:
    assert (tmp_path / "store.db").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("act", [upgrade, is_current])
def test_a_database_that_cannot_be_reached_is_unavailable(
    act: Callable[[str], object], tmp_path: Path
) -> None:
    (tmp_path / "store.db").write_bytes(b"this is not a database, it is a sentence" * 50)

    with pytest.raises(UnavailableError):
        act(f"sqlite:///{tmp_path / 'store.db'}")


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "mysql://host/database"])
def test_a_database_that_is_not_durable_or_not_known_is_refused(url: str) -> None:
    with pytest.raises(UnsupportedDatabaseError):
        parse_database_url(url)


def _create(url: str) -> None:
    engine = creating_engine(parse_database_url(url))
    with engine.begin() as connection:
        metadata.create_all(connection)
    engine.dispose()


def test_entries_from_before_the_tree_get_their_leaf_hash(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'old.db'}"
    upgrade(url, "0008")
    entry = (
        "INSERT INTO audit_entry VALUES (1, 'asked', '00000000000000000000000000000001',"
        " '2026-03-02 09:30:00.000001', 'p', 'u1', CAST('{\"action\":\"asked\"}' AS BLOB))"
    )
    _look(url, lambda connection: (connection.execute(sa.text(entry)), connection.commit()))

    upgrade(url)

    line = (
        b'{"sequence":1,"recorded_at":"2026-03-02T09:30:00.000001Z","action":"asked",'
        b'"decision_id":"00000000-0000-0000-0000-000000000001","patient":"p","user_id":"u1",'
        b'"body":{"action":"asked"}}'
    )
    kept = _look(
        url, lambda connection: connection.execute(sa.text("SELECT leaf FROM audit_entry")).scalar()
    )
    assert kept == leaf_hash(line)
