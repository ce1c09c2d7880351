"""Keep one failing source from costing the others: breaker, bulkhead, retry budget.

Does no input or output and reads no clock: times are passed in, monotonic, in seconds.
Follows Nygard, "Release It!" (circuit breaker, bulkhead) and the retry budget of Finagle.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from enum import StrEnum
from http import HTTPStatus

FAILURES_TO_OPEN = 5
FAILURE_WINDOW_SECONDS = 10.0
OPEN_SECONDS = 10.0
# A source may ask for hours; a minute is as long as clinicians should go without trying it again.
MOST_RETRY_AFTER_SECONDS = 60.0
# Short of any human notice, long enough for a restarting worker behind a load balancer.
PAUSE_BEFORE_RETRY_SECONDS = 0.05


class Admission(StrEnum):
    """Whether an answer may be asked for now."""

    NORMAL = "normal"
    PROBE = "probe"
    REFUSED = "refused"


class Breaker:
    """Stops asking a source that fails: opens at 5 failures in 10 s, then lets one probe through."""

    def __init__(self) -> None:
        self._failed_at: deque[float] = deque(maxlen=FAILURES_TO_OPEN)
        self._closed_again_at: float | None = None
        self._probe_lost_at: float | None = None

    def is_open(self, now: float) -> bool:
        """Say whether it refuses, for metrics."""
        return self._closed_again_at is not None and now < self._closed_again_at

    def admit(self, now: float) -> Admission:
        """Decide whether one answer may be asked for; a probe must be settled or abandoned."""
        if self._closed_again_at is None:
            return Admission.NORMAL
        is_probing = self._probe_lost_at is not None and now < self._probe_lost_at
        if now < self._closed_again_at or is_probing:
            return Admission.REFUSED
        # A probe that never reports back must not keep the breaker half-open for ever.
        self._probe_lost_at = now + OPEN_SECONDS
        return Admission.PROBE

    def succeeded(self, admission: Admission) -> None:
        """Note a good answer; only a probe's closes an open breaker."""
        if admission is Admission.PROBE:
            self._failed_at.clear()
            self._closed_again_at = self._probe_lost_at = None

    def failed(self, admission: Admission, now: float, retry_after: float = 0.0) -> None:
        """Note a failed answer; `retry_after` is the source's own wish, in seconds."""
        if admission is Admission.PROBE:
            self._open(now, retry_after)
            return
        self._failed_at.append(now)
        is_full = len(self._failed_at) == FAILURES_TO_OPEN
        if is_full and now - self._failed_at[0] <= FAILURE_WINDOW_SECONDS:
            self._open(now, retry_after)

    def abandoned(self, admission: Admission) -> None:
        """Note an answer that nobody waited for: it says nothing about the source."""
        if admission is Admission.PROBE:
            self._probe_lost_at = None

    def _open(self, now: float, retry_after: float) -> None:
        wait = max(OPEN_SECONDS, min(retry_after, MOST_RETRY_AFTER_SECONDS))
        self._closed_again_at = now + wait
        self._probe_lost_at = None


class BulkheadFullError(Exception):
    """Say that too many calls wait for this source already."""


class Bulkhead:
    """Bounds the calls under way to one source, and those that wait for a place."""

    def __init__(self, calls_at_once: int, calls_waiting: int) -> None:
        self._places = asyncio.Semaphore(calls_at_once)
        self._most_waiting = calls_waiting
        self._waiting = 0

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """Hold a place; the caller's deadline bounds the wait.

        Raises BulkheadFullError at once when the queue is full.
        """
        if self._places.locked() and self._waiting >= self._most_waiting:
            raise BulkheadFullError("Too many calls wait for this source.")
        self._waiting += 1
        try:
            await self._places.acquire()
        finally:
            self._waiting -= 1
        try:
            yield
        finally:
            self._places.release()


class RetryBudget:
    """Allows one retry for every ten calls, and never saves up more than a few."""

    # Whole tenths, because 0.1 summed ten times is not 1.
    _TENTHS_A_RETRY = 10
    _MOST_SAVED_TENTHS = 50

    def __init__(self) -> None:
        self._tenths = 0

    def note_call(self) -> None:
        """Earn a tenth of a retry."""
        self._tenths = min(self._tenths + 1, self._MOST_SAVED_TENTHS)

    def spend(self) -> bool:
        """Take one retry if it has been earned."""
        if self._tenths < self._TENTHS_A_RETRY:
            return False
        self._tenths -= self._TENTHS_A_RETRY
        return True


_RETRIED_STATUSES = frozenset({HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE})
_FAILING_STATUSES = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS})


def is_failing_status(status: int) -> bool:
    """Say whether a status counts against the source, rather than against what was asked."""
    return status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in _FAILING_STATUSES


def is_retried_status(status: int) -> bool:
    """Say whether a status is worth a second try: the answer came from in front of the source."""
    return status in _RETRIED_STATUSES


def pause_before_retry(retry_after: float, seconds_left: float) -> float | None:
    """Give the wait before a second try, or None when it would pass the deadline."""
    pause = max(PAUSE_BEFORE_RETRY_SECONDS, min(retry_after, MOST_RETRY_AFTER_SECONDS))
    return pause if pause < seconds_left else None


def retry_after_seconds(value: str) -> float:
    """Read a Retry-After header; 0 when absent, a date, or not a plain number of seconds."""
    text = value.strip()
    if not (text.isascii() and text.isdigit()) or len(text) > 9:
        return 0.0
    return min(float(text), MOST_RETRY_AFTER_SECONDS)
