"""Hold checkpoints in a second place: wait for none for ever, and write over none.

Judges no checkpoint: the keeper does. The latest is a copy of the one of most entries, and whoever would have the log
signed over another past has to remove both.
"""

import asyncio
import errno
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import partial
from threading import Thread
from typing import Any, TypeVar

from gateway.audit.places import LATEST, Place, key_of
from gateway.errors import LogAlteredError

T = TypeVar("T")

ANSWERS_WITHIN_SECONDS = 10.0
"""A folder on another machine answers in milliseconds; one that hangs is told about as soon as entries wait too long."""

LISTED_WITHIN_SECONDS = 120.0
"""Millions of names, after years; a worker lists them when it begins."""


@dataclass(slots=True)
class SecondPlace:
    """A place as one worker's keeper uses it, one question at a time. All raise OSError when it does not answer."""

    place: Place
    seconds: float = ANSWERS_WITHIN_SECONDS
    _latest: bytes | None = field(default=None, init=False)
    """The latest as this worker left it, or found it to be that of most entries."""
    _under_way: Future[Any] | None = field(default=None, init=False)

    async def held(self) -> tuple[str, ...]:
        """Give the latest checkpoint, and that of most entries if it is another; none while there is none.

        Raises: LogAlteredError when some was taken away.
        """
        if self._latest is None or await self._answer(self._get_latest) != self._latest:
            self._latest = None
            latest, greatest = await self._answer(
                partial(looked_through, self.place), LISTED_WITHIN_SECONDS
            )
            if latest == greatest:
                self._latest = latest
            found = (latest, greatest)
        else:
            found = (self._latest, None)
        return tuple(dict.fromkeys(text_of(each) for each in found if each is not None))

    async def hold(self, size: int, note: str) -> None:
        """Hold a checkpoint, as the latest too; those of fewer entries must have been held before.

        Raises: LogAlteredError when another checkpoint of as many entries is there.
        """
        content = note.encode()
        await self._answer(partial(_put_once, self.place, size, content))
        await self._answer(partial(self.place.put, LATEST, content))
        self._latest = content

    def _get_latest(self) -> bytes | None:
        return self.place.get(LATEST)

    async def _answer(self, work: Callable[[], T], seconds: float | None = None) -> T:
        if self._under_way is not None and not self._under_way.done():
            raise TimeoutError(errno.ETIMEDOUT, "The second place has still not answered")
        self._under_way = errand = _begin(work)
        answer = asyncio.wrap_future(errand)
        answer.add_done_callback(_look_at)
        ended, _ = await asyncio.wait({answer}, timeout=seconds or self.seconds)
        if not ended:
            raise TimeoutError(errno.ETIMEDOUT, "The second place does not answer")
        return answer.result()


def text_of(held: bytes) -> str:
    """Read what is held as a note; what is none is found to be none by whoever opens it."""
    return held.decode(errors="replace")


def size_told_by(held: bytes) -> str:
    """Give the second line of what is held, the size of a checkpoint; nothing is checked."""
    return text_of(held).partition("\n")[2].partition("\n")[0]


def _begin(work: Callable[[], T]) -> Future[T]:
    # No executor: it would have the process wait, when it ends, for a place that never answers.
    errand: Future[T] = Future()

    def run() -> None:
        try:
            errand.set_result(work())
        except Exception as fault:  # noqa: BLE001 - whoever waits is given it, of whatever kind
            errand.set_exception(fault)

    Thread(target=run, name="second-place", daemon=True).start()
    return errand


def _look_at(answer: "asyncio.Future[Any]") -> None:
    # One that comes too late is nobody's; unseen, its fault would be told as one of the program. Nobody cancels it.
    answer.exception()


def looked_through(place: Place) -> tuple[bytes | None, bytes | None]:
    """Give the latest checkpoint of a place, and that of most entries.

    Raises: LogAlteredError when some was taken away.
    """
    sizes = place.sizes()
    # Asked for after the others: it is there before there are two of them.
    latest = place.get(LATEST)
    if latest is None and len(sizes) > 1:
        raise LogAlteredError("The second place holds checkpoints, and its latest was taken away.")
    return latest, None if not sizes else under_its_key(place, sizes[-1])


def under_its_key(place: Place, size: int) -> bytes:
    """Give the checkpoint under the key of so many entries.

    Raises: LogAlteredError when it is not there, or of another size.
    """
    found = place.get(key_of(size))
    if found is None or size_told_by(found) != str(size):
        raise LogAlteredError(f"The second place's checkpoint of {size} entries is not that.")
    return found


def _put_once(place: Place, size: int, content: bytes) -> None:
    there = place.get(key_of(size))
    if there is None:
        place.put(key_of(size), content)
    elif _signed_text(there) != _signed_text(content):
        raise LogAlteredError(f"The second place holds another checkpoint of {size} entries.")


def _signed_text(note: bytes) -> bytes:
    # The signatures may differ: a witness tells the time in its own, and a key may have been renewed.
    return note.partition(b"\n\n")[0]
