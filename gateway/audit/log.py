"""Record every act before its effect, and give the only session that may change anything.

Does not decide what is recorded, and has no way to go without. There is no exception to "no audit, no
data", emergencies included.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from gateway.audit.acts import AuditEvent, Entry, entry_of
from gateway.audit.entries import Verdict, append_entries
from gateway.audit.group_commit import WAITING_LIMIT, GroupCommit
from gateway.audit.recorded import RecordedSession, Transaction
from gateway.errors import AuditUnavailableError
from gateway.store.engine import Store
from gateway.store.sessions import Reading, Writing

DEADLINE_SECONDS = (
    2.0  # then the caller is refused; the entry may still be written, which is the safe side
)


class AuditLog:
    """The audit of one worker. Close it before its store."""

    def __init__(
        self,
        store: Store,
        clock: Callable[[], datetime],
        deadline_seconds: float = DEADLINE_SECONDS,
        waiting_limit: int = WAITING_LIMIT,
    ) -> None:
        self._store = store
        self._clock = clock
        self._deadline_seconds = deadline_seconds
        self._group = GroupCommit(self._write_group, waiting_limit)
        self._effects = ThreadPoolExecutor(1, thread_name_prefix="effects")
        self._effects_turn = asyncio.Lock()

    async def append(self, event: AuditEvent) -> int:
        """Record an event and give its sequence number when it is durable.

        A caller that is cancelled while waiting leaves the event recorded.
        Raises: AuditUnavailableError if it could not be made durable in time; GroundChangedError if
        it was decided under a policy or an agreement that is no longer in force, and then nothing was recorded.
        """
        answer = self._group.join(entry_of(event))
        # A plain timer: `asyncio.timeout` costs three times as much, twice in every request.
        deadline = asyncio.get_running_loop().call_later(self._deadline_seconds, _give_up, answer)
        try:
            return await answer
        finally:
            deadline.cancel()

    @asynccontextmanager
    async def recorded(self, event: AuditEvent) -> AsyncIterator[RecordedSession]:
        """Record an event and what is done in the block as one: both are durable at its end, or neither.

        Every other writer waits meanwhile: await nothing in the block but the session.
        Raises: as `append`; AuditUnavailableError also for any failure of the database in the block.
        """
        entry = entry_of(event)
        async with self._effects_turn:
            transaction = Transaction(self._store, self._effects, self._deadline_seconds)
            try:
                async with transaction as connection:
                    yield await self._record(entry, connection)
            except SQLAlchemyError as error:
                raise AuditUnavailableError(
                    "the act could not be recorded: nothing was done"
                ) from error

    async def aclose(self) -> None:
        """Write what waits, then end the threads."""
        await asyncio.get_running_loop().run_in_executor(None, self._group.close)
        self._effects.shutdown()

    async def _record(self, entry: Entry, connection: Connection) -> RecordedSession:
        write = partial(append_entries, Reading(connection), [entry], self._clock())
        [verdict] = await asyncio.get_running_loop().run_in_executor(self._effects, write)
        if not isinstance(verdict, int):
            raise verdict
        return RecordedSession(verdict, Writing(connection), self._effects)

    def _write_group(self, entries: Sequence[Entry]) -> list[Verdict]:
        with self._store.recording() as connection:
            return append_entries(Reading(connection), entries, self._clock())


def _give_up(answer: asyncio.Future[int]) -> None:
    if not answer.done():
        answer.set_exception(AuditUnavailableError("the audit did not answer: nothing was done"))
