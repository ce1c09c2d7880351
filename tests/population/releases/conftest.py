"""Lend the databases, the audit and a deployment that releases to the tests of releases."""

import pytest

from gateway.store import engine
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


PATIENT_SECONDS = 60.0
"""A machine that many processes share is slow, and that is not what is tried here."""


@pytest.fixture
async def log(store, monkeypatch):
    monkeypatch.setattr(engine, "_DEADLINE_SECONDS", PATIENT_SECONDS)
    async with open_log(store, deadline_seconds=PATIENT_SECONDS) as opened:
        yield opened


@pytest.fixture
async def deployment(store, log, tmp_path) -> Deployment:
    return await deployed(store, log, tmp_path)
