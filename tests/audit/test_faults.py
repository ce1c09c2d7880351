"""Where no row can be written nothing is done, and the next one is written again (AI-03, AV-07, AV-08)."""

import asyncio
import resource
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from gateway.audit.entries import entries_between
from gateway.audit.log import AuditLog
from gateway.errors import AuditUnavailableError, UnavailableError
from gateway.store.engine import Store
from gateway.store.policies import active_policy
from tests.postgres_fixture import Cluster
from tests.store_factories import SIGNED_OUT, open_log

SQLITE_ONLY = pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
POSTGRES_ONLY = pytest.mark.parametrize("store_url", ["postgres"], indirect=True)


class FailingStatement:
    """Makes the k-th statement of a transaction fail, or its commit when there are fewer."""

    def __init__(self, store: Store, k: int) -> None:
        self.left = k
        self.reached_commit = False
        event.listen(store.writes, "before_cursor_execute", self.count)
        event.listen(store.writes, "commit", self.commit)

    def count(self, *_: object) -> None:
        self.left -= 1
        if self.left == 0:
            raise OperationalError("statement", {}, OSError("input/output error"))

    def commit(self, *_: object) -> None:
        self.reached_commit = True
        self.count()

    def remove(self, store: Store) -> None:
        event.remove(store.writes, "before_cursor_execute", self.count)
        event.remove(store.writes, "commit", self.commit)


async def test_ai_03_a_failure_at_any_statement_or_at_commit_refuses_and_recovers(
    store: Store, log: AuditLog
) -> None:
    written, k, reached_commit = 0, 1, False
    while not reached_commit:
        fault = FailingStatement(store, k)
        with pytest.raises(AuditUnavailableError):
            await log.append(SIGNED_OUT)
        fault.left = k
        with pytest.raises(AuditUnavailableError):
            await _record(log)
        fault.remove(store)
        reached_commit = fault.reached_commit
        written, k = written + 1, k + 1
        assert await log.append(SIGNED_OUT) == written

    assert k >= 4
    assert len(await store.read(entries_between, 1, 100)) == written


@SQLITE_ONLY
async def test_ai_03_a_removed_file_refuses_until_it_is_put_back(
    store: Store, log: AuditLog, tmp_path: Path
) -> None:
    await log.append(SIGNED_OUT)
    file, aside = tmp_path / "store.db", tmp_path / "aside"
    _copy(file, aside)

    _remove(file)
    with pytest.raises(AuditUnavailableError):
        await log.append(SIGNED_OUT)
    with pytest.raises(UnavailableError):
        await store.read(active_policy)
    assert not file.exists()

    aside.rename(file)
    assert await log.append(SIGNED_OUT) == 2
    assert len(await store.read(entries_between, 1, 10)) == 2


@SQLITE_ONLY
async def test_ai_03_a_file_removed_during_the_commit_refuses(
    store: Store, log: AuditLog, tmp_path: Path
) -> None:
    await log.append(SIGNED_OUT)

    def remove(*_: object) -> None:
        _remove(tmp_path / "store.db")

    event.listen(store.writes, "commit", remove, once=True)
    with pytest.raises(AuditUnavailableError):
        await log.append(SIGNED_OUT)


@SQLITE_ONLY
async def test_ai_03_a_read_only_database_refuses_until_it_may_be_written(store: Store) -> None:
    await _refuses_while_connections_run(store, "PRAGMA query_only = ON")


@SQLITE_ONLY
async def test_av_07_a_full_database_refuses_until_there_is_room(store: Store) -> None:
    await _refuses_while_connections_run(store, "PRAGMA max_page_count = 1")


@SQLITE_ONLY
async def test_av_07_a_disk_that_takes_no_more_refuses_until_there_is_room(
    log: AuditLog, tmp_path: Path
) -> None:
    await log.append(SIGNED_OUT)

    nearly_full = (tmp_path / "store.db-wal").stat().st_size + 2_000
    with _files_end_at(nearly_full), pytest.raises(AuditUnavailableError):
        await log.append(SIGNED_OUT)

    assert await log.append(SIGNED_OUT) == 2


@pytest.mark.usefixtures("hurried")
async def test_ai_03_a_locked_database_refuses_until_it_is_free(store: Store) -> None:
    async with open_log(store, deadline_seconds=10) as log, open_log(store) as holder:
        async with holder.recorded(SIGNED_OUT):
            refusals = await asyncio.gather(
                log.append(SIGNED_OUT), _record(log), return_exceptions=True
            )
        assert [type(refusal) for refusal in refusals] == [AuditUnavailableError] * 2
        assert await log.append(SIGNED_OUT) == 2


@POSTGRES_ONLY
async def test_av_08_a_stopped_postgres_refuses_and_a_started_one_serves(
    store: Store, log: AuditLog, postgres_cluster: Cluster
) -> None:
    await log.append(SIGNED_OUT)
    await store.read(active_policy)

    postgres_cluster.stop()
    try:
        for _ in range(2):
            with pytest.raises(AuditUnavailableError):
                await log.append(SIGNED_OUT)
            with pytest.raises(UnavailableError):
                await store.read(active_policy)
    finally:
        postgres_cluster.start()

    assert await log.append(SIGNED_OUT) == 2
    assert await store.read(active_policy) is None


@POSTGRES_ONLY
async def test_av_08_after_a_restart_nobody_saw_one_entry_is_refused_and_then_all_is_well(
    store: Store, log: AuditLog, postgres_cluster: Cluster
) -> None:
    await log.append(SIGNED_OUT)
    postgres_cluster.stop()
    postgres_cluster.start()

    with pytest.raises(AuditUnavailableError):
        await log.append(SIGNED_OUT)
    assert await log.append(SIGNED_OUT) == 2


async def _refuses_while_connections_run(store: Store, pragma: str) -> None:
    def spoil(connection: object, *_: object) -> None:
        connection.execute(pragma)  # type: ignore[attr-defined]  # the driver's own connection

    event.listen(store.writes, "checkout", spoil)
    async with open_log(store) as log:
        with pytest.raises(AuditUnavailableError):
            await _append_many(log)
        event.remove(store.writes, "checkout", spoil)
        store.writes.dispose()
        before = len(await store.read(entries_between, 1, 1000))
        assert await log.append(SIGNED_OUT) == before + 1


async def _append_many(log: AuditLog) -> None:
    # A page has room for some rows before a full database is noticed.
    for _ in range(100):
        await log.append(SIGNED_OUT)


async def _record(log: AuditLog) -> None:
    async with log.recorded(SIGNED_OUT):
        pass


def _remove(file: Path) -> None:
    for path in file.parent.glob(f"{file.name}*"):
        path.unlink()


def _copy(file: Path, to: Path) -> None:
    source, target = sqlite3.connect(file), sqlite3.connect(to)
    source.backup(target)
    source.close()
    target.close()


@contextmanager
def _files_end_at(size: int) -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
