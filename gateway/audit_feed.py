"""Feed the audit to a receiver as FHIR AuditEvents, in order, each at least once.

Never in the way of a request: it reads what is durable already, and a receiver that is down, slow or wrong is asked again
later. One worker at a time sends, by a lease; where it goes on from moves only when the receiver has confirmed all of a batch.
docs/decisions/0024.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus

import structlog

from adapters.limits import Allowance, ByteBudget
from adapters.source_config import SourceConfig
from adapters.transport import Call, Fetched, Transport, Unfetched
from gateway.audit.balp_agents import Address
from gateway.audit.feeding import Batch, confirms_all, next_batch
from gateway.errors import UnavailableError
from gateway.metrics import Metrics
from gateway.store.audit_feed import Advance, advance
from gateway.store.engine import Store
from gateway.store.leases import Lease, take_lease

LOOK_EVERY_SECONDS = 2.0
"""How old an entry is at most, while all is well, when it is sent."""

BETWEEN_BATCHES_SECONDS = 0.05
"""A long backlog is sent at two thousand entries a second and leaves the requests most of the time."""

ANOTHERS_TURN_SECONDS = 10.0
RETRY_AT_MOST_SECONDS = 60.0
"""A receiver that comes back is sent again within a minute."""

LEASE_LASTS = timedelta(seconds=60)
"""Longer than a turn takes, with the receiver's and the database's deadlines; a worker that died is followed after it."""

ANSWER_BYTES = 4 * 1024 * 1024
"""Ten times what a receiver says that repeats all it was sent."""

_log = structlog.get_logger("scr.audit-feed")


class Receiver:
    """Where batches are POSTed to."""

    def __init__(self, config: SourceConfig) -> None:
        self.url = config.base_url
        self._transport = Transport(config)
        self._seconds = config.deadline_seconds
        self._headers = {
            "Content-Type": "application/fhir+json",
            "Accept": "application/fhir+json",
            # Nothing is made of what a receiver would repeat.
            "Prefer": "return=minimal",
        }
        if config.auth.secret:
            self._headers["Authorization"] = f"Bearer {config.auth.secret}"

    async def take(self, batch: Batch) -> str | None:
        """Send a batch; None when all of it was taken, else why that is not known, as a closed word."""
        answer = await self._ask(Call(self.url, "POST", self._headers, batch.body))
        if not isinstance(answer, Fetched):
            return answer.reason.value
        is_taken = confirms_all(answer.status, answer.body, batch.count)
        return None if is_taken else "not-confirmed"

    async def answers(self) -> bool:
        """Say whether it describes itself as a FHIR server does; it is sent nothing."""
        answer = await self._ask(Call(f"{self.url}/metadata", headers=self._headers))
        return isinstance(answer, Fetched) and answer.status == HTTPStatus.OK

    async def _ask(self, call: Call) -> Fetched | Unfetched:
        ends_at = asyncio.get_running_loop().time() + self._seconds
        return await self._transport.fetch(call, Allowance(ends_at, ByteBudget(ANSWER_BYTES)))

    async def aclose(self) -> None:
        """Close the connection."""
        await self._transport.aclose()


@dataclass(slots=True)
class AuditFeed:
    """The feeding of one worker, which `holder` names. `pause` waits for a number of seconds."""

    store: Store
    receiver: Receiver
    address: Address
    metrics: Metrics
    holder: str
    clock: Callable[[], datetime]
    pause: Callable[[float], Awaitable[None]]
    _failures: int = field(default=0, init=False)

    async def keep_on(self) -> None:
        """Send what there is, wait and look again, until cancelled."""
        try:
            while True:
                await self.pause(await self.step())
        finally:
            await self.receiver.aclose()

    async def step(self) -> float:
        """Send a batch if it is this worker's turn and there is one; give the seconds to wait before the next look."""
        try:
            return await self._turn()
        except UnavailableError:
            return self._failed("database")
        except Exception as fault:  # noqa: BLE001 - a feed that ended would be missed by nobody
            _log.error("audit-feed-at-fault", fault=str(type(fault)))
            return self._failed("fault")

    async def _turn(self) -> float:
        now = self.clock()
        if not await take_lease(
            self.store, Lease("audit-feed", self.holder, now + LEASE_LASTS), now
        ):
            self._failures = 0
            return ANOTHERS_TURN_SECONDS
        batch = await self.store.read(next_batch, self.receiver.url, self.address)
        if batch.behind < 0:
            # What is recorded from here on would come under numbers that were confirmed, and never be sent.
            return self._failed("log-cut-off")
        self.metrics.audit_feed_behind.set(batch.behind)
        if not batch.count:
            return self._done(LOOK_EVERY_SECONDS)
        fault = await self.receiver.take(batch)
        if fault is not None:
            return self._failed(fault)
        await advance(
            self.store, Advance(self.receiver.url, batch.after, batch.through, self.clock())
        )
        self.metrics.audit_feed_behind.set(batch.behind - (batch.through - batch.after))
        return self._done(BETWEEN_BATCHES_SECONDS)

    def _done(self, seconds: float) -> float:
        self._failures = 0
        return seconds

    def _failed(self, reason: str) -> float:
        self.metrics.audit_not_fed.labels(reason).inc()
        _log.warning("audit-not-fed", reason=reason)
        self._failures += 1
        return min(2.0 ** (self._failures - 1), RETRY_AT_MOST_SECONDS)
