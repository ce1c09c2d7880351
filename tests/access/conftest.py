"""Lend an SQLite database and the audit to the tests of access."""

import pytest

from tests.postgres_fixture import sqlite_url
from tests.store_factories import anyio_backend, log, store

__all__ = ["anyio_backend", "log", "sqlite_url", "store", "store_url"]


@pytest.fixture
def store_url(sqlite_url: str) -> str:
    return sqlite_url
