"""Ask whoever runs the service for the renewal of agreements, some time before they end.

Stops nothing and decides nothing: an agreement that ends refuses by itself. Nothing here is of a person.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

import structlog

from gateway.access.agreements import is_renewal_due
from gateway.errors import UnavailableError
from gateway.metrics import Metrics
from gateway.store.agreements import agreements
from gateway.store.engine import Store

LOOK_EVERY_SECONDS = 86_400.0
"""A line a day of each worker, for sixty days: hard to overlook, and no flood."""

_log = structlog.get_logger("scr.renewals")


@dataclass(frozen=True, slots=True)
class Renewals:
    """The reminders of one worker. `pause` waits for a number of seconds."""

    store: Store
    metrics: Metrics
    clock: Callable[[], datetime]
    pause: Callable[[float], Awaitable[None]]

    async def keep_on(self) -> None:
        """Look, wait and look again, until cancelled; a database that does not answer is asked next time."""
        while True:
            try:
                await self.look()
            except UnavailableError:
                _log.warning("agreements-not-read")
            await self.pause(LOOK_EVERY_SECONDS)

    async def look(self) -> int:
        """Name every agreement that is to be renewed or reviewed by now; say how many."""
        now = self.clock()
        due = [
            each.terms
            for each in await self.store.read(agreements)
            if is_renewal_due(each.terms, each.review_at, now)
        ]
        for terms in due:
            _log.warning("agreement-to-renew", agreement=terms.id, ends=terms.ends_at.isoformat())
        self.metrics.agreements_to_renew.set(len(due))
        return len(due)
