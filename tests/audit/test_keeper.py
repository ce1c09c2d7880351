"""The state of the log is signed at regular times, held in a second place, and never signed over what was altered."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from gateway.audit.keeper import SIGN_AFTER_ENTRIES, is_due
from gateway.audit.notes import open_checkpoint
from gateway.audit.places import LATEST, Folder, key_of
from gateway.audit.second_place import SecondPlace
from gateway.errors import LogAlteredError
from gateway.store.audit_tree import (
    StoredCheckpoint,
    checkpoints_between,
    kept_nodes,
    latest_checkpoint,
)
from gateway.store.engine import Store
from tests.audit.signed_log import (
    KEY,
    KEYS,
    OTHER_KEY,
    Times,
    begin,
    check,
    keeper_of,
    sign,
    write_pairs,
)
from tests.store_factories import NOW

SIGNED = StoredCheckpoint(10, "", NOW)


@pytest.mark.parametrize(
    ("latest", "last", "seconds", "due"),
    [
        (None, 0, 0, False),
        (None, 1, 0, True),
        (SIGNED, 10, 3600, False),
        (SIGNED, 11, 8.999, False),
        (SIGNED, 11, 9, True),
        # The clock was set back, or the one who signed has another: that may not put it off.
        (SIGNED, 11, -0.001, True),
        (SIGNED, 11, -3600, True),
        (SIGNED, 10, -3600, False),
        (SIGNED, 10 + SIGN_AFTER_ENTRIES - 1, 0, False),
        (SIGNED, 10 + SIGN_AFTER_ENTRIES, 0, True),
    ],
)
def test_entries_are_signed_after_nine_seconds_or_a_thousand(
    latest: StoredCheckpoint | None, last: int, seconds: float, due: bool
):
    assert is_due(latest, last, NOW + timedelta(seconds=seconds)) is due


async def test_a_log_is_signed_and_held_in_a_second_place(store: Store, tmp_path: Path):
    clock = Times()
    keeper = keeper_of(store, clock, tmp_path)
    await begin(store)
    await write_pairs(store, 1, 4)

    await sign(keeper, clock)
    await write_pairs(store, 5, 1)
    await sign(keeper, clock)

    latest = await store.read(latest_checkpoint)
    assert latest is not None
    assert latest.size == 11
    assert open_checkpoint(latest.note, KEYS).size == 11
    place = Folder(tmp_path)
    assert place.get(LATEST) == place.get(key_of(11)) == latest.note.encode()
    held = place.get(key_of(9))
    assert held is not None
    assert open_checkpoint(held.decode(), KEYS).size == 9
    verdict = check(store, [held.decode(), latest.note])
    assert (verdict.fault, verdict.entries, verdict.proven) == (None, 11, 11)


async def test_an_empty_log_is_not_signed(store: Store):
    assert await keeper_of(store, Times()).keep() is None


async def test_a_quiet_log_is_not_signed_again(store: Store):
    clock = Times()
    await begin(store)
    await sign(keeper_of(store, clock), clock)

    again = await keeper_of(store, clock).keep()

    assert again == await store.read(latest_checkpoint)


async def test_whoever_holds_no_lease_leaves_the_signing_to_its_holder(store: Store):
    clock = Times()
    await begin(store)
    one, other = keeper_of(store, clock), keeper_of(store, clock, holder="other")
    await sign(one, clock)
    await write_pairs(store, 1, 1)

    clock.pass_by(15)
    waited = await other.keep()
    clock.pass_by(15)
    followed = await other.keep()

    assert waited is not None
    assert followed is not None
    assert (waited.size, followed.size) == (1, 3)


async def test_ai_07_whoever_died_before_the_clock_was_set_back_is_followed(store: Store):
    clock = Times()
    await begin(store)
    await sign(keeper_of(store, clock), clock)
    await write_pairs(store, 1, 1)

    clock.pass_by(-30)
    waited = await keeper_of(store, clock, holder="other").keep()
    clock.pass_by(-3600)
    followed = await keeper_of(store, clock, holder="other").keep()

    assert waited is not None
    assert followed is not None
    assert (waited.size, followed.size) == (1, 3)


async def test_two_that_sign_at_once_make_one_log(store: Store):
    clock = Times()
    await begin(store)
    await write_pairs(store, 1, 300)
    keepers = [keeper_of(store, clock, holder="one") for _each in range(4)]

    clock.pass_by(10)
    await asyncio.gather(*(each.keep() for each in keepers), return_exceptions=True)
    await keepers[0].keep()

    assert check(store).fault is None
    assert await store.read(kept_nodes) == {1: 2}


async def test_one_that_was_overtaken_while_it_looked_is_no_alarm_and_adds_nothing(
    store: Store, tmp_path: Path
):
    clock = Times()
    await begin(store)

    async def overtake() -> None:
        await write_pairs(store, 1, 1)
        await keeper_of(store, clock, tmp_path).keep()

    slow = replace(keeper_of(store, clock), place=SecondPlace(Overtaken(tmp_path, overtake)))
    latest = await slow.keep()

    assert latest is not None
    assert await store.read(checkpoints_between, 0, 10) == (latest,)
    assert Folder(tmp_path).get(LATEST) == Folder(tmp_path).get(key_of(3)) == latest.note.encode()


class Overtaken(Folder):
    """A place that is so slow to answer, once, that another worker does all its work meanwhile."""

    def __init__(self, path: Path, overtake: Callable[[], Awaitable[None]]) -> None:
        super().__init__(path)
        self.loop = asyncio.get_running_loop()
        self.left = [overtake]

    def get(self, key: str) -> bytes | None:
        while self.left:
            asyncio.run_coroutine_threadsafe(self.left.pop()(), self.loop).result()
        return super().get(key)


async def test_a_long_backlog_is_taken_in_by_steps(store: Store, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("gateway.audit.keeper.ENTRIES_AT_ONCE", 300)
    clock = Times()
    await begin(store)
    await write_pairs(store, 1, 400)

    await sign(keeper_of(store, clock), clock)

    assert await store.read(kept_nodes) == {1: 3}
    assert check(store).proven == 801


ALTERED = {
    "an entry that was signed": "UPDATE audit_entry SET leaf = (SELECT leaf FROM audit_entry WHERE sequence = 2)"
    " WHERE sequence = 1",
    "an entry that was not signed yet": "UPDATE audit_entry SET user_id = 'u2' WHERE sequence = 4",
    "a leaf that was not signed yet": "UPDATE audit_entry SET leaf = (SELECT leaf FROM audit_entry WHERE sequence = 2)"
    " WHERE sequence = 5",
    "a missing entry": "DELETE FROM audit_entry WHERE sequence = 4",
    "a signed entry that is gone": "DELETE FROM audit_entry WHERE sequence = 2",
    "a log cut off": "DELETE FROM audit_entry WHERE sequence > 2",
    "a checkpoint of another key": f"UPDATE audit_checkpoint SET note = '{OTHER_KEY.sign(3, b'r' * 32)}'",
}


@pytest.mark.parametrize("statement", ALTERED.values(), ids=ALTERED)
async def test_a_log_that_was_altered_is_not_signed(store: Store, statement: str):
    clock = Times()
    await begin(store)
    await write_pairs(store, 1, 1)
    await sign(keeper_of(store, clock), clock)
    await write_pairs(store, 2, 1)

    with store.writes.begin() as connection:
        connection.execute(text(statement))
    clock.pass_by(10)

    with pytest.raises(LogAlteredError):
        await keeper_of(store, clock).keep()


async def test_a_log_cut_off_that_has_nothing_new_is_an_alarm_at_the_next_look(store: Store):
    clock = Times()
    await begin(store)
    await write_pairs(store, 1, 3)
    await sign(keeper_of(store, clock), clock)
    with store.writes.begin() as connection:
        connection.execute(text("DELETE FROM audit_entry WHERE sequence > 2"))

    with pytest.raises(LogAlteredError, match="signed with 7 entries and has 2"):
        await keeper_of(store, clock).keep()


async def test_a_new_key_follows_the_one_that_signed_before(store: Store, tmp_path: Path):
    clock = Times()
    await begin(store)
    await sign(keeper_of(store, clock, tmp_path), clock)
    await write_pairs(store, 1, 1)

    renewed = keeper_of(store, clock, tmp_path, key=OTHER_KEY, others=(KEY.verifier(),))
    await sign(renewed, clock)

    latest = await store.read(latest_checkpoint)
    assert latest is not None
    assert open_checkpoint(latest.note, [OTHER_KEY.verifier()]).size == 3
