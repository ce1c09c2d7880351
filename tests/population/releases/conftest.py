"""Lend the databases, the audit and a deployment that releases to the tests of releases."""

import pytest

from tests.population.releases.deployment import Deployment, deployed
from tests.postgres_fixture import postgres_cluster, postgres_url, sqlite_url, store_url
from tests.store_factories import anyio_backend, open_log, store

__all__ = [
    "anyio_backend",
    "deployment",
    "log",
    "postgres_cluster",
    "postgres_url",
    "sqlite_url",
    "store",
    "store_url",
]


@pytest.fixture
async def log(store):
    async with open_log(store) as opened:
        yield opened


@pytest.fixture
async def deployment(store, log, tmp_path) -> Deployment:
    return await deployed(store, log, tmp_path)
