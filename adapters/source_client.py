"""Ask one source: breaker and bulkhead before, credentials and request id on, one retry after.

Knows no FHIR and does not read bodies. One `asking` is one answer: all its calls share a deadline,
a byte cap and one verdict of the breaker.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from adapters.contract import Outcome, Reason
from adapters.credentials import Credentials
from adapters.echoes import echoes
from adapters.limits import Allowance, ByteBudget
from adapters.paging import Endpoint
from adapters.resilience import (
    Admission,
    Breaker,
    Bulkhead,
    BulkheadFullError,
    RetryBudget,
    is_failing_status,
    is_retried_status,
    pause_before_retry,
    retry_after_seconds,
)
from adapters.source_config import SourceConfig
from adapters.transport import Call, Fetched, Fetcher, Unfetched

_OK = 200
_UNAUTHORISED = 401


class SourceClient:
    """The one way to call a source."""

    def __init__(
        self,
        config: SourceConfig,
        fetcher: Fetcher,
        credentials: Credentials,
        new_id: Callable[[], UUID],
        monotonic: Callable[[], float],
        now: Callable[[], datetime],
    ) -> None:
        self.config = config
        self.endpoint = Endpoint(config.base_url)
        self.breaker = Breaker()
        self.retries = RetryBudget()
        self.bulkhead = Bulkhead(config.caps.calls_at_once, config.caps.calls_waiting)
        self.fetcher = fetcher
        self.credentials = credentials
        self.new_id = new_id
        self.monotonic = monotonic
        self.now = now

    @asynccontextmanager
    async def asking(self) -> AsyncIterator["Asking"]:
        """Open one answer: its deadline starts now, its end is the breaker's verdict."""
        ends_at = asyncio.get_running_loop().time() + self.config.deadline_seconds
        allowance = Allowance(ends_at, ByteBudget(self.config.caps.decoded_bytes))
        asking = Asking(self, allowance, self.breaker.admit(self.monotonic()))
        try:
            yield asking
        finally:
            asking.settle()

    async def aclose(self) -> None:
        """Close every connection, the token endpoint's too."""
        await self.fetcher.aclose()
        await self.credentials.aclose()

    def report_wrong_patient(self) -> None:
        """Count an answer about somebody else as a failure of the source."""
        self.breaker.failed(Admission.NORMAL, self.monotonic())


class Asking:
    """The calls of one answer."""

    def __init__(self, client: SourceClient, allowance: Allowance, admission: Admission) -> None:
        self.allowance = allowance
        self._client = client
        self._admission = admission
        self._has_succeeded = False
        self._has_failed = False
        self._retry_after = 0.0

    async def get(self, url: str, headers: dict[str, str]) -> Fetched | Unfetched:
        """Read an address; tried twice at most."""
        call = Call(url, headers=headers)
        result = await self.call(call)
        if not self._is_worth_a_retry(result):
            return result
        pause = pause_before_retry(_wish_of(result), self._seconds_left())
        if pause is None or not self._client.retries.spend():
            return result
        await asyncio.sleep(pause)
        return await self.call(call)

    async def call(self, call: Call) -> Fetched | Unfetched:
        """Send one call, once."""
        if self._admission is Admission.REFUSED:
            return Unfetched(Outcome.FAILED, Reason.BREAKER_OPEN)
        result = await self._call_in_place(call)
        self._note(result)
        return result

    async def _call_in_place(self, call: Call) -> Fetched | Unfetched:
        try:
            async with asyncio.timeout_at(self.allowance.ends_at), self._client.bulkhead.place():
                return await self._call_with_credentials(call)
        except BulkheadFullError:
            return Unfetched(Outcome.FAILED, Reason.BULKHEAD_FULL)
        except TimeoutError:
            return Unfetched(Outcome.TIMED_OUT, Reason.DEADLINE)

    async def _call_with_credentials(self, call: Call) -> Fetched | Unfetched:
        shown = await self._client.credentials.headers(self.allowance.ends_at)
        if isinstance(shown, Unfetched):
            return shown
        headers = {"X-Request-ID": str(self._client.new_id()), **call.headers, **shown}
        self._client.retries.note_call()
        result = await self._client.fetcher.fetch(replace(call, headers=headers), self.allowance)
        if isinstance(result, Unfetched):
            return result
        if result.status == _UNAUTHORISED:
            self._client.credentials.forget()
        if result.status == _OK and echoes(result.body, headers):
            return Unfetched(Outcome.FAILED, Reason.CREDENTIAL_ECHOED, result.status)
        return result

    def _note(self, result: Fetched | Unfetched) -> None:
        if isinstance(result, Fetched) and not is_failing_status(result.status):
            self._has_succeeded = True
            return
        # A full bulkhead is our own doing and says nothing about the source.
        is_ours = isinstance(result, Unfetched) and result.reason is Reason.BULKHEAD_FULL
        self._has_failed = self._has_failed or not is_ours
        self._retry_after = max(self._retry_after, _wish_of(result))

    def _is_worth_a_retry(self, result: Fetched | Unfetched) -> bool:
        if isinstance(result, Fetched):
            return is_retried_status(result.status)
        return result.reason is Reason.CONNECTION

    def _seconds_left(self) -> float:
        return self.allowance.ends_at - asyncio.get_running_loop().time()

    def settle(self) -> None:
        """Tell the breaker how the whole answer went; once for all calls of it."""
        breaker = self._client.breaker
        if self._has_failed:
            breaker.failed(self._admission, self._client.monotonic(), self._retry_after)
        elif self._has_succeeded:
            breaker.succeeded(self._admission)
        else:
            breaker.abandoned(self._admission)


def _wish_of(result: Fetched | Unfetched) -> float:
    if isinstance(result, Unfetched):
        return 0.0
    return retry_after_seconds(result.headers.get("retry-after", ""))
