"""Run the steps of one recorded act in their own thread, and end in all of them or in none.

Knows no event and no table: `gateway/audit/log.py` writes the entry before anything else.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from types import TracebackType
from typing import Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection

from gateway.errors import AuditUnavailableError
from gateway.store.engine import Store
from gateway.store.sessions import Writing

P = ParamSpec("P")
T = TypeVar("T")


class RecordedSession:
    """The transaction of one recorded act; `do` runs a writing function of the store in it."""

    def __init__(self, sequence: int, writing: Writing, thread: ThreadPoolExecutor) -> None:
        self.sequence = sequence
        self._writing = writing
        self._thread = thread

    async def do(
        self, act: Callable[Concatenate[Writing, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run one step: `await session.do(begin_sign_in, sign_in)`."""
        step = partial(act, self._writing, *args, **kwargs)
        return await asyncio.get_running_loop().run_in_executor(self._thread, step)


class Transaction:
    """The store's recording transaction as an asynchronous context.

    The thread runs one step at a time, so undoing a cancelled act never overtakes the step in which
    it was cancelled.
    """

    def __init__(self, store: Store, thread: ThreadPoolExecutor, deadline_seconds: float) -> None:
        self._recording = store.recording()
        self._thread = thread
        self._deadline_seconds = deadline_seconds

    async def __aenter__(self) -> Connection:
        """Wait for the writers' turn.

        Raises: AuditUnavailableError if it does not come in time.
        """
        try:
            async with asyncio.timeout(self._deadline_seconds):
                return await self._begin()
        except TimeoutError as error:
            raise AuditUnavailableError("the audit did not answer: nothing was done") from error

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Commit, or undo everything after an error; either runs to its end even if cancelled."""
        end = partial(self._recording.__exit__, kind, error, trace)
        await asyncio.shield(asyncio.get_running_loop().run_in_executor(self._thread, end))

    async def _begin(self) -> Connection:
        begin = self._recording.__enter__
        begun = asyncio.get_running_loop().run_in_executor(self._thread, begin)
        try:
            return await asyncio.shield(begun)
        except asyncio.CancelledError as cancelled:
            # The turn may come after nobody waits for it: give it back.
            self._thread.submit(self._recording.__exit__, type(cancelled), cancelled, None)
            raise
