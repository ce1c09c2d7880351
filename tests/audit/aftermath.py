"""Look at what processes left that were killed: nothing told is missing, no act is half done, and the log goes on."""

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import select

from gateway.audit.acts import AuditAction
from gateway.audit.entries import AuditEntry, entries_after
from gateway.audit.keeper import Keeper
from gateway.audit.notes import open_checkpoint
from gateway.audit.places import LATEST, Folder, key_of
from gateway.audit.verify import ROWS_AT_ONCE
from gateway.errors import UnavailableError
from gateway.store.audit_tree import StoredCheckpoint, checkpoints_between
from gateway.store.engine import Store
from gateway.store.sessions import Reading
from gateway.store.tables import identity_hold, safety_event
from tests.audit.serving_process import ACT_EVERY
from tests.audit.signed_log import KEYS, Times, check, keeper_of
from tests.store_factories import NOW

EVER = 10**9
TRIES = 50
"""Of signing: a server may still be ending what a killed process had begun."""


@dataclass
class Aftermath:
    """What was looked at until now, so that each kill costs only what came since the one before."""

    store: Store
    folder: Path
    entries: int = 0
    checkpoints: int = 0
    asked: set[int] = field(default_factory=set)
    acts: set[int] = field(default_factory=set)
    clock: Times = field(default_factory=Times)

    async def look(self, served: set[int], first: int, later_than: int = 0) -> None:
        """Hold what is kept against what was served since the last look, then sign as the next worker does.

        Effects are looked at from the decision numbered `first`; `later_than` are seconds after the first moment of the
        tests.
        """
        self._second_place_is_whole()
        with self.store.checking() as reading:
            kept = _kept_after(reading, self.entries)
            effects = _effects_from(reading, first)
        self.entries += kept.count
        # A server may have committed a row B of the process before only after it was looked at.
        self.asked = {number for number in self.asked | kept.asked if number >= first}
        assert {number for number in served if number % ACT_EVERY} <= kept.disclosed <= self.asked
        assert {number for number in served if not number % ACT_EVERY} <= kept.acts
        self.acts = {number for number in self.acts | kept.acts if number >= first}
        assert effects == [self.acts, self.acts]
        await self._next_keeper_goes_on(later_than)

    def _second_place_is_whole(self) -> None:
        """Open what was put there since the last look, before the next keeper mends anything."""
        named = (self.folder / "checkpoints").glob("[!.]*")
        new = [path for path in named if int(path.name) > self.checkpoints]
        for path in [*new, *self.folder.glob(LATEST)]:
            open_checkpoint(path.read_text(), KEYS)

    def look_at_all(self) -> None:
        """Verify the whole log, held against every checkpoint of the second place."""
        # What a killed process had not yet put in its place has a name that begins with a dot.
        held = [path.read_text() for path in (self.folder / "checkpoints").glob("[!.]*")]
        verdict = check(self.store, held)
        assert verdict.fault is None
        assert verdict.entries >= self.entries
        assert verdict.checkpoints == len(held) > 0
        assert verdict.proven >= self.entries

    async def _next_keeper_goes_on(self, later_than: int) -> None:
        self.clock.now = NOW + timedelta(seconds=later_than)
        latest = await _sign(keeper_of(self.store, self.clock, self.folder, holder="next"))
        assert latest.size >= self.entries
        for each in await self.store.read(checkpoints_between, self.checkpoints + 1, EVER):
            assert Folder(self.folder).get(key_of(each.size)) == each.note.encode()
            assert open_checkpoint(each.note, KEYS).size == each.size
        assert Folder(self.folder).get(LATEST) == latest.note.encode()
        self.checkpoints = latest.size


async def _sign(keeper: Keeper) -> StoredCheckpoint:
    for _ in range(TRIES):
        try:
            latest = await keeper.keep()
        except UnavailableError:
            continue
        assert latest is not None
        return latest
    raise AssertionError("the log could not be signed again")


@dataclass
class Kept:
    """What entries were found, by what they say: numbers of decisions."""

    count: int = 0
    asked: set[int] = field(default_factory=set)
    disclosed: set[int] = field(default_factory=set)
    acts: set[int] = field(default_factory=set)


def _kept_after(reading: Reading, sequence: int) -> Kept:
    """Read the entries after a number, some at a time, for there may be many; none may be missing."""
    kept = Kept()
    while some := entries_after(reading, sequence + kept.count, ROWS_AT_ONCE):
        first = sequence + kept.count + 1
        assert [entry.sequence for entry in some] == list(range(first, first + len(some)))
        kept.count += len(some)
        kept.asked |= _of(some, AuditAction.ASKED)
        kept.disclosed |= _of(some, AuditAction.DISCLOSED)
        kept.acts |= _of(some, AuditAction.SAFETY_EVENT_RAISED)
    return kept


def _effects_from(reading: Reading, number: int) -> list[set[int]]:
    """Name the acts from a number of which there is the one effect, and the other."""
    return [
        {id_.int for id_ in reading.connection.scalars(select(of).where(of >= UUID(int=number)))}
        for of in (safety_event.c.id, identity_hold.c.decision_id)
    ]


def _of(kept: tuple[AuditEntry, ...], action: AuditAction) -> set[int]:
    return {entry.decision_id.int for entry in kept if entry.decision_id and entry.action == action}
