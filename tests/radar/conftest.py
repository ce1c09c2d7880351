"""Lend the databases and the audit to the tests of the radar."""

from tests.postgres_fixture import postgres_cluster, postgres_url, sqlite_url, store_url
from tests.store_factories import anyio_backend, log, store

__all__ = [
    "anyio_backend",
    "log",
    "postgres_cluster",
    "postgres_url",
    "sqlite_url",
    "store",
    "store_url",
]
