"""Sign the state of the log at regular times and hold it in a second place, so that no past can be changed unseen.

One worker at a time does it, by a lease; the same entries make the same tree and the same signature, so two that do it
at once do no harm. Before it signs, it holds the log against what was signed before: a log that does not grow out of
that is not signed, and the operators are told.
"""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TypeAlias

from gateway.audit.entries import kept_between, last_sequence
from gateway.audit.growth import new_nodes
from gateway.audit.line import Kept, has_its_leaf
from gateway.audit.losses import led_to, losses_kept, with_former
from gateway.audit.notes import Checkpoint, NoteError, SigningKey, VerifierKey, open_checkpoint
from gateway.audit.second_place import SecondPlace
from gateway.audit.tree import Tree
from gateway.errors import LogAlteredError
from gateway.store.audit_tree import (
    StoredCheckpoint,
    StoredNode,
    checkpoints_between,
    keep_tree,
    kept_nodes,
    latest_checkpoint,
    tile_of,
)
from gateway.store.engine import Store
from gateway.store.leases import Lease, take_lease
from gateway.store.sessions import Reading

SIGN_AFTER = timedelta(seconds=9)
"""With a look every second, an entry waits ten at most (safety rule 8)."""

SIGN_AFTER_ENTRIES = 1_000
"""Safety rule 8."""

LEASE_LASTS = timedelta(seconds=30)
"""Far longer than a turn takes; a worker that died is followed after it."""

ENTRIES_AT_ONCE = 4_096
"""A few megabytes: a long backlog is taken in by steps, each durable."""

Grown: TypeAlias = Callable[[int], Awaitable[Sequence[bytes] | None]]
"""Prove that the log grew from a size that somebody saw; None where they saw more of it than is to be signed."""

Countersign: TypeAlias = Callable[[str, int, Grown], Awaitable[str]]
"""Ask a witness to sign a note of so many entries. Gives signature lines, none when it did not sign."""


@dataclass(frozen=True, slots=True)
class Keeper:
    """What one worker does for the log's tree. `holder` names the worker, `others` are keys that signed before."""

    store: Store
    key: SigningKey
    holder: str
    clock: Callable[[], datetime]
    place: SecondPlace | None = None
    others: tuple[VerifierKey, ...] = ()
    countersign: Countersign | None = None

    async def keep(self) -> StoredCheckpoint | None:
        """Take in what is new, sign if it is time, and bring the second place up to date.

        Gives the last checkpoint. Raises: UnavailableError; OSError when the second place does not answer;
        LogAlteredError when the log is not what was signed.
        """
        now = self.clock()
        if not await take_lease(self.store, Lease("log", self.holder, now + LEASE_LASTS), now):
            return await self.store.read(latest_checkpoint)
        latest, last = await self.store.read(_state)
        held = () if self.place is None else await self.place.held()
        # Each time, and not only when there is something to sign: a log cut off may have nothing new for long.
        await self._must_have_grown_out_of((*held, *(() if latest is None else (latest.note,))))
        if is_due(latest, last, now):
            await self._sign(latest, last, now)
            latest = await self.store.read(latest_checkpoint)
        await self._bring_up_to_date(latest, held)
        return latest

    def known_keys(self) -> tuple[VerifierKey, ...]:
        """List the keys whose signature is the log's own."""
        return (self.key.verifier(), *self.others)

    async def _sign(self, latest: StoredCheckpoint | None, last: int, now: datetime) -> None:
        first = 1 if latest is None else latest.size + 1
        for start in range(first, last + 1, ENTRIES_AT_ONCE):
            through = min(start + ENTRIES_AT_ONCE - 1, last)
            await keep_tree(self.store, await self.store.read(_taken_in, start, through))
        note = await self.store.read(_signed, self.key, last)
        signed = StoredCheckpoint(last, note + await self._countersigned(note, last), now)
        await keep_tree(self.store, (), signed)

    async def _countersigned(self, note: str, size: int) -> str:
        if self.countersign is None:
            return ""
        return await self.countersign(note, size, partial(self._grown, size))

    async def _grown(self, later: int, earlier: int) -> Sequence[bytes] | None:
        return await self.store.read(_consistency, earlier, later)

    async def _must_have_grown_out_of(self, notes: Iterable[str]) -> None:
        # A log of another name is this one only where an entry says so: else its keeper would sign over a loss.
        for note in dict.fromkeys(notes):
            await self.store.read(_must_grow_out_of, await self._opened(note))

    async def _opened(self, note: str) -> Checkpoint:
        losses = led_to(self.key.origin, await self.store.read(losses_kept))
        try:
            return open_checkpoint(note, with_former(self.known_keys(), losses))
        except NoteError as fault:
            raise LogAlteredError("A checkpoint is not one of this log's.") from fault

    async def _bring_up_to_date(self, latest: StoredCheckpoint | None, held: Sequence[str]) -> None:
        if self.place is None or latest is None or held == (latest.note,):
            return
        sizes = [(await self._opened(each)).size for each in held]
        # With the one that is there: a worker that was killed may not have made it the latest.
        for each in await self.store.read(checkpoints_between, max(sizes, default=0), latest.size):
            await self.place.hold(each.size, each.note)


def is_due(latest: StoredCheckpoint | None, last: int, now: datetime) -> bool:
    """Say whether so many entries are to be signed by now."""
    if latest is None:
        return last > 0
    new = last - latest.size
    # A clock that was set back must not stop the signing until it is as late again (AI-07).
    is_time = not timedelta(0) <= now - latest.signed_at < SIGN_AFTER
    return new >= SIGN_AFTER_ENTRIES or (new > 0 and is_time)


def _state(reading: Reading) -> tuple[StoredCheckpoint | None, int]:
    return latest_checkpoint(reading), last_sequence(reading)


def _must_grow_out_of(reading: Reading, checkpoint: Checkpoint) -> None:
    # Counted anew: another worker may have signed more since this one looked.
    last = last_sequence(reading)
    if checkpoint.size > last:
        raise LogAlteredError(f"The log was signed with {checkpoint.size} entries and has {last}.")
    if _root(reading, checkpoint.size) != checkpoint.root:
        raise LogAlteredError(
            f"The first {checkpoint.size} entries are not those that were signed."
        )


def _taken_in(reading: Reading, first: int, last: int) -> tuple[StoredNode, ...]:
    _must_be_whole(kept_between(reading, first, last), first, last)
    return new_nodes(partial(tile_of, reading), kept_nodes(reading), last)


def _must_be_whole(rows: Sequence[Kept], first: int, last: int) -> None:
    if [each.sequence for each in rows] != list(range(first, last + 1)):
        raise LogAlteredError(f"Entries are missing between {first} and {last}.")
    for each in rows:
        if not has_its_leaf(each):
            raise LogAlteredError(f"Entry {each.sequence} is not as it was written.")


def _signed(reading: Reading, key: SigningKey, size: int) -> str:
    return key.sign(size, _root(reading, size))


def _root(reading: Reading, size: int) -> bytes:
    with _all_there():
        return Tree(partial(tile_of, reading)).root(size)


def _consistency(reading: Reading, earlier: int, later: int) -> Sequence[bytes] | None:
    # Counted anew: who is slow may be overtaken by another worker, and what was seen be of its entries.
    last = last_sequence(reading)
    if earlier > last:
        raise LogAlteredError(f"The witness saw {earlier} entries, and there are {last}.")
    if earlier > later:
        return None
    with _all_there():
        return Tree(partial(tile_of, reading)).consistency(earlier, later)


@contextmanager
def _all_there() -> Iterator[None]:
    try:
        yield
    except IndexError as fault:
        raise LogAlteredError("Entries that were signed are not there.") from fault
