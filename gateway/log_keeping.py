"""Have the audit's log signed at regular times, and tell the operators when that cannot be done.

Stops no request: what is recorded is durable without a signature, and care goes on. Every worker looks; one signs.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog

from gateway.audit.keeper import Keeper
from gateway.errors import LogAlteredError, UnavailableError
from gateway.metrics import Metrics
from gateway.store.audit_tree import StoredCheckpoint

LOOK_EVERY_SECONDS = 1.0
"""With `SIGN_AFTER` no entry waits longer than ten seconds (safety rule 8)."""

_log = structlog.get_logger("scr.audit")


@dataclass(frozen=True, slots=True)
class LogKeeping:
    """The looking of one worker. `pause` waits for a number of seconds."""

    keeper: Keeper
    metrics: Metrics
    pause: Callable[[float], Awaitable[None]]

    async def keep_on(self) -> None:
        """Look, wait and look again, until cancelled."""
        while True:
            await self.look()
            await self.pause(LOOK_EVERY_SECONDS)

    async def look(self) -> None:
        """Keep the log once; count and log what prevents it."""
        try:
            latest = await self.keeper.keep()
        except LogAlteredError as fault:
            self.metrics.log_not_kept.labels("altered").inc()
            _log.critical("log-altered", told=str(fault))
        except UnavailableError:
            self.metrics.log_not_kept.labels("database").inc()
            _log.warning("log-not-signed")
        except OSError as fault:
            self.metrics.log_not_kept.labels("second-place").inc()
            _log.warning("checkpoint-not-held", error=fault.errno)
        except Exception as fault:  # noqa: BLE001 - a keeping that ended would be missed by nobody
            self.metrics.log_not_kept.labels("fault").inc()
            _log.critical("log-keeping-at-fault", fault=str(type(fault)))
        else:
            self._count(latest)

    def _count(self, latest: StoredCheckpoint | None) -> None:
        if latest is not None:
            self.metrics.log_signed.set(latest.size)
