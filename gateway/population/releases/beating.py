"""Tell how far a job is, keep its lease, and stop it once its release is no longer its own.

Guards nothing: a job that hears nothing from the database goes on, and then cannot publish.
"""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from gateway.errors import UnavailableError
from gateway.store.engine import Store
from gateway.store.leases import Lease, take_lease
from gateway.store.releases import (
    Release,
    ReleaseProgress,
    keep_release_progress,
    release_of,
)

LEASE = timedelta(minutes=2)
"""Judgement: how long nobody takes a job over whose process is gone, and longer than a step goes without a word."""

_APART = timedelta(seconds=1)
"""Within one step: often enough for whoever watches or cancels, and no load."""


class StoppedError(Exception):
    """Say that a job's release was cancelled, or is another job's by now."""


@dataclass(slots=True)
class Beat:
    """What a job that works in a thread of its own calls at each step."""

    store: Store
    release: Release
    holder: str
    now: Callable[[], datetime]
    loop: asyncio.AbstractEventLoop
    _step: str = ""
    _at: datetime | None = field(default=None)

    def __call__(self, step: str, done: int, steps: int) -> None:
        """Tell of a step.

        Raises StoppedError.
        """
        at = self.now()
        if step == self._step and self._at is not None and at - self._at < _APART:
            return
        self._step, self._at = step, at
        progress = ReleaseProgress(self.release.id, step, done, steps, at)
        asyncio.run_coroutine_threadsafe(self._tell(progress), self.loop).result()

    async def _tell(self, progress: ReleaseProgress) -> None:
        with contextlib.suppress(UnavailableError):
            await self._must_be_ours()
            await take_lease(
                self.store, lease_of(self.release, self.holder, progress.at), progress.at
            )
            await keep_release_progress(self.store, progress)

    async def _must_be_ours(self) -> None:
        found = await self.store.read(release_of, self.release.id)
        if found is None or found.generation != self.release.generation:
            raise StoppedError


def lease_of(release: Release, holder: str, now: datetime) -> Lease:
    """Name the lease of the job that makes a release."""
    return Lease(f"release/{release.id.hex}", holder, now + LEASE)
