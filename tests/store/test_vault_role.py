"""The vault's own database role reaches the vault's table and nothing else, and the service's role everything but that."""

from collections.abc import Iterator

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from gateway.errors import UnavailableError
from gateway.store.dialects import UnsupportedDatabaseError
from gateway.store.engine import Store, open_store
from gateway.store.migrate import VAULT, grant, grant_vault
from gateway.store.tables import metadata
from gateway.store.vault_entries import VaultEntry, entries_after, keep_entries
from tests.postgres_fixture import Cluster

ROLES = {"scr-service": grant, "scr-vault": grant_vault}
ENTRIES = [VaultEntry(bytes([each]) * 16, 1, bytes(26)) for each in range(3)]


@pytest.fixture
def stores(postgres_cluster: Cluster, postgres_url: str) -> Iterator[dict[str, Store]]:
    for role, give in ROLES.items():
        postgres_cluster.statement(f'CREATE ROLE "{role}" LOGIN')
        give(postgres_url, role)
    opened = {each: open_store(postgres_url.replace("postgres@", f"{each}@")) for each in ROLES}
    yield opened
    for role, store in opened.items():
        store.close()
        postgres_cluster.statement(f'DROP OWNED BY "{role}"', "migrated")
        postgres_cluster.statement(f'DROP ROLE "{role}"')


async def test_the_vaults_role_fills_and_reads_the_vault(stores: dict[str, Store]):
    vault = stores["scr-vault"]
    await keep_entries(vault, ENTRIES)
    again = VaultEntry(bytes(16), 2, b"s" * 26)
    await keep_entries(vault, [again, ENTRIES[1]])

    assert await vault.read(entries_after, b"", 10) == (again, *ENTRIES[1:])
    assert await vault.read(entries_after, bytes(16), 1) == (ENTRIES[1],)


@pytest.mark.parametrize("table", sorted(set(metadata.tables) - {VAULT}))
def test_the_vaults_role_reads_and_adds_to_no_other_table(stores: dict[str, Store], table: str):
    for statement in (f"SELECT 1 FROM {table}", f"INSERT INTO {table} DEFAULT VALUES"):
        _refused(stores["scr-vault"], statement)


@pytest.mark.parametrize(
    "statement", ["DELETE FROM vault_entry", "TRUNCATE vault_entry", "DROP TABLE vault_entry"]
)
def test_the_vaults_role_deletes_nothing(stores: dict[str, Store], statement: str):
    _refused(stores["scr-vault"], statement)


@pytest.mark.parametrize("statement", ["SELECT 1 FROM vault_entry", "DELETE FROM vault_entry"])
def test_the_services_role_does_not_reach_the_vault(stores: dict[str, Store], statement: str):
    _refused(stores["scr-service"], statement)


def test_a_role_that_is_not_there_is_told(postgres_url: str):
    with pytest.raises(UnavailableError, match="role could not be given"):
        grant_vault(postgres_url, "nobody")


def test_sqlite_has_no_roles(sqlite_url: str):
    with pytest.raises(UnsupportedDatabaseError, match="no roles"):
        grant_vault(sqlite_url, "scr-vault")


def _refused(store: Store, statement: str) -> None:
    with (
        pytest.raises(ProgrammingError, match=r"permission denied|must be owner"),
        store.writes.begin() as connection,
    ):
        connection.execute(text(statement))
