"""Lend a vault that was filled, in a database that is migrated once for all tests."""

import shutil
from collections.abc import AsyncIterator

import pytest

from gateway.store.engine import open_store
from gateway.store.migrate import upgrade
from tests.store_factories import activate, anyio_backend
from tests.vault.world import VaultWorld

__all__ = ["anyio_backend"]


@pytest.fixture(scope="session")
def migrated(tmp_path_factory):
    path = tmp_path_factory.mktemp("migrated") / "store.db"
    upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture
async def world(migrated, tmp_path) -> AsyncIterator[VaultWorld]:
    urls = []
    for name in ("service.db", "vault.db"):
        shutil.copy(migrated, tmp_path / name)
        urls.append(f"sqlite:///{tmp_path / name}")
    store, vault_store = map(open_store, urls)
    keys = tmp_path / "keys"
    keys.mkdir()
    made = VaultWorld(store, vault_store, keys)
    await activate(made.log)
    await made.begin()
    yield made
    await made.log.aclose()
    vault_store.close()
    store.close()
