"""Have views tried in a process of their own, one at a time in each worker, and ended when they take too long.

Knows nothing of views: `gateway/population/trying.py` does, on the other side of the pipes.
"""

import asyncio
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from tempfile import TemporaryDirectory

import msgspec

from gateway.errors import UnavailableError
from gateway.population.trial import Trial, Tried
from gateway.settings import process_environment

SECONDS_AT_MOST = 20.0
"""Judgement: a view over the sample takes one, most of it to start; what takes longer was made to."""

_PROCESS = (sys.executable, "-m", "gateway.view_trial_process")
_PASSED_ON = frozenset({"PATH", "PYTHONPATH", "LANG", "TMPDIR"})
"""Of the environment; the rest may hold secrets, and no view has use for any."""

_TOO_MUCH = Tried(faults=("the view took more than is lent for a trial",))


@dataclass(frozen=True, slots=True)
class ViewTrials:
    """The trials of one worker; `command` is what reads a trial and writes what came of it, `clock` counts seconds."""

    command: Sequence[str] = _PROCESS
    seconds_at_most: float = SECONDS_AT_MOST
    clock: Callable[[], float] = time.monotonic
    _pauses: dict[str, float] = field(default_factory=dict)
    _turn: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(1))

    async def tried(self, trial: Trial, client: str) -> Tried:
        """Have one view tried for a client, by its name here.

        Raises UnavailableError when another is being tried, when the client's last one has not been over for as long
        as it took, or when the process came to nothing.
        """
        began = self.clock()
        if self._turn.locked() or began < self._pauses.get(client, began):
            raise UnavailableError("Another view is being tried, or was a moment ago.")
        async with self._turn:
            try:
                return await self._tried(msgspec.json.encode(trial))
            finally:
                # So that nobody has the one turn for more than half of the time.
                ended = self.clock()
                self._pauses[client] = ended + (ended - began)

    async def _tried(self, asked: bytes) -> Tried:
        with TemporaryDirectory(prefix="scr-view-") as folder:
            process = await self._begun(folder)
            try:
                async with asyncio.timeout(self.seconds_at_most):
                    answered, _nothing = await process.communicate(asked)
            except TimeoutError:
                return _TOO_MUCH
            finally:
                with suppress(ProcessLookupError):
                    process.kill()
                await process.wait()
        return _read(answered, process.returncode)

    async def _begun(self, folder: str) -> asyncio.subprocess.Process:
        pipe, nothing = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
        given = process_environment()
        passed_on = {name: given[name] for name in sorted(_PASSED_ON & given.keys())}
        # What it might write of what was sent must reach no log.
        return await asyncio.create_subprocess_exec(
            *self.command, cwd=folder, env=passed_on, stdin=pipe, stdout=pipe, stderr=nothing
        )


def _read(answered: bytes, ended_with: int | None) -> Tried:
    if ended_with is not None and ended_with < 0:
        # The kernel ended it, at one of its own bounds.
        return _TOO_MUCH
    try:
        return msgspec.json.decode(answered, type=Tried)
    except msgspec.DecodeError as fault:
        raise UnavailableError("A view could not be tried.") from fault
