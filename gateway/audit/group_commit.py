"""Let entries that wait for the same disk share one commit.

Knows no SQL: what writes a group is given to it. One thread writes; whoever asks while it does joins the
next group. (DeWitt et al., "Implementation Techniques for Main Memory Database Systems", 1984, section 5.2.)
"""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Condition, Thread
from typing import TypeAlias

from gateway.audit.acts import Entry
from gateway.audit.entries import Verdict
from gateway.errors import AuditUnavailableError, UnavailableError

GROUP_LIMIT = 256  # entries of one transaction: keeps a commit within a few milliseconds
WAITING_LIMIT = 4096  # entries in memory: about a second's worth at full speed; beyond it, refuse

Write: TypeAlias = Callable[[Sequence[Entry]], Sequence[Verdict]]


@dataclass(frozen=True, slots=True)
class _Member:
    entry: Entry
    answer: asyncio.Future[int]


class GroupCommit:
    """Queue of entries and the thread that writes them, started with the first one."""

    def __init__(self, write: Write, waiting_limit: int = WAITING_LIMIT) -> None:
        self._write = write
        self._waiting_limit = waiting_limit
        self._waiting: list[_Member] = []
        self._changed = Condition()
        self._thread: Thread | None = None
        self._is_closing = False

    def join(self, entry: Entry) -> asyncio.Future[int]:
        """Queue an entry; the future ends when its group is durable. Cancelling it does not unwrite it.

        Raises: AuditUnavailableError when too many wait, or after closing.
        """
        member = _Member(entry, asyncio.get_running_loop().create_future())
        with self._changed:
            if self._is_closing or len(self._waiting) >= self._waiting_limit:
                raise AuditUnavailableError("the audit takes no more entries now: try again")
            self._waiting.append(member)
            self._changed.notify()
            if self._thread is None:
                self._thread = Thread(target=self._run, name="audit", daemon=True)
                self._thread.start()
        return member.answer

    def close(self) -> None:
        """Write what waits, then end the thread."""
        with self._changed:
            self._is_closing = True
            self._changed.notify()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while group := self._next_group():
            _announce(group, self._verdicts(group))

    def _next_group(self) -> list[_Member]:
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._is_closing)
            group = self._waiting[:GROUP_LIMIT]
            del self._waiting[:GROUP_LIMIT]
            return group

    def _verdicts(self, group: list[_Member]) -> Sequence[int | UnavailableError]:
        try:
            return self._write([member.entry for member in group])
        except Exception as error:  # noqa: BLE001 - whatever it was, there is no entry: refuse all
            return [_unavailable(error) for _ in group]


def _unavailable(cause: Exception) -> AuditUnavailableError:
    error = AuditUnavailableError("the audit entry could not be made durable: nothing was done")
    error.__cause__ = cause
    return error


def _announce(group: list[_Member], verdicts: Sequence[int | UnavailableError]) -> None:
    settled = list(zip(group, verdicts, strict=True))
    for loop in {member.answer.get_loop() for member in group}:
        own = [(member, verdict) for member, verdict in settled if member.answer.get_loop() is loop]
        with contextlib.suppress(RuntimeError):  # a closed loop has nobody left to tell
            loop.call_soon_threadsafe(_settle, own)


def _settle(verdicts: list[tuple[_Member, int | UnavailableError]]) -> None:
    for member, verdict in verdicts:
        if member.answer.done():
            continue
        if isinstance(verdict, int):
            member.answer.set_result(verdict)
        else:
            member.answer.set_exception(verdict)
