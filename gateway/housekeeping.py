"""Throw away at regular times what has expired: sign-ins, answers, and the snapshots behind further pages.

Nothing that has expired is ever used, whether or not it is still there: this only keeps the database small
and holds no longer than needed what concerns people. Every worker sweeps; sweeping twice does nothing.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

import structlog

from gateway.access.permissions import PERMISSION_LASTS
from gateway.errors import UnavailableError
from gateway.store.engine import Store
from gateway.store.logout_tokens import drop_expired_logout_tokens
from gateway.store.sign_ins import drop_expired_sign_ins
from gateway.store.snapshots import drop_expired_snapshots
from gateway.store.view_permissions import drop_permissions_until

SWEEP_EVERY_SECONDS = 300.0
"""Half of a snapshot's life: none stays longer than a quarter of an hour."""

_log = structlog.get_logger("scr.housekeeping")


@dataclass(frozen=True, slots=True)
class Housekeeping:
    """The sweeping of one worker. `pause` waits for a number of seconds."""

    store: Store
    clock: Callable[[], datetime]
    pause: Callable[[float], Awaitable[None]]

    async def keep_on(self) -> None:
        """Sweep, wait and sweep again, until cancelled; a database that does not answer is asked next time."""
        while True:
            try:
                await self.sweep()
            except UnavailableError:
                _log.warning("not-swept")
            await self.pause(SWEEP_EVERY_SECONDS)

    async def sweep(self) -> int:
        """Delete what has expired by now; say how many rows."""
        now = self.clock()
        expired = await drop_expired_sign_ins(self.store, now)
        expired += await drop_expired_logout_tokens(self.store, now)
        expired += await drop_permissions_until(self.store, now - PERMISSION_LASTS)
        return expired + await drop_expired_snapshots(self.store, now)
