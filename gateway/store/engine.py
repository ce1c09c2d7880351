"""Open the database and run work on it in threads, off the event loop.

Decides nothing and holds no SQL. The work is plain functions that take a session, so several readings
share one snapshot and one change of threads; `docs/decisions` says why not an asyncio driver.
"""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from gateway.errors import UnavailableError
from gateway.store.dialects import (
    confirm_file,
    parse_database_url,
    reading_engine,
    take_turn,
    writing_engine,
)
from gateway.store.sessions import ExemptWriting, Reading

_THREADS = 8  # of one worker: more than its two cores can keep busy
_WRITERS = _THREADS + 2  # beside exempt writes, one group commit and one recorded effect always fit
_DEADLINE_SECONDS = 2.0  # the longest that a request waits for its own database (AZ-17)

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Store:
    """The database of one worker. Close it when done."""

    reads: Engine
    writes: Engine
    threads: ThreadPoolExecutor

    async def read(
        self, question: Callable[Concatenate[Reading, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Ask a question of one snapshot: `await store.read(relationships_of, patient_key, now)`.

        Raises: UnavailableError if the database does not answer in time.
        """
        return await self._in_thread(partial(self._read, question, *args, **kwargs))

    async def write_exempt(
        self,
        act: Callable[Concatenate[ExemptWriting, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Commit one of the writes that need no audit entry; only modules of the store call this.

        Raises: UnavailableError if the database does not answer in time.
        """
        return await self._in_thread(partial(self._write_exempt, act, *args, **kwargs))

    @contextmanager
    def recording(self) -> Iterator[Connection]:
        """Open the transaction of the audit: alone among writers, durable when left without an error.

        After any database error the connection is thrown away, so that the next one starts anew.
        """
        with self.writes.connect() as connection:
            try:
                with connection.begin():
                    take_turn(connection)
                    yield connection
                confirm_file(connection)
            except SQLAlchemyError:
                connection.invalidate()
                raise

    @contextmanager
    def checking(self) -> Iterator[Reading]:
        """Open one snapshot for a command that reads much, in its own thread."""
        with self.reads.connect() as connection:
            yield Reading(connection)

    def close(self) -> None:
        """Let running work end and close every connection."""
        self.threads.shutdown()
        self.reads.dispose()
        self.writes.dispose()

    async def _in_thread(self, work: Callable[[], T]) -> T:
        try:
            async with asyncio.timeout(_DEADLINE_SECONDS):
                return await asyncio.get_running_loop().run_in_executor(self.threads, work)
        except (SQLAlchemyError, TimeoutError) as error:
            raise UnavailableError("the database did not answer: try again") from error

    def _read(
        self, question: Callable[Concatenate[Reading, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        with self.reads.connect() as connection:
            return question(Reading(connection), *args, **kwargs)

    def _write_exempt(
        self,
        act: Callable[Concatenate[ExemptWriting, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        with self.writes.begin() as connection:
            return act(ExemptWriting(connection), *args, **kwargs)


def open_store(url: str) -> Store:
    """Open a migrated database; connections are made when first needed.

    Raises: UnsupportedDatabaseError for an address of neither SQLite nor PostgreSQL.
    """
    parsed = parse_database_url(url)
    return Store(
        reads=reading_engine(parsed, _THREADS),
        writes=writing_engine(parsed, _WRITERS),
        threads=ThreadPoolExecutor(_THREADS, thread_name_prefix="store"),
    )
