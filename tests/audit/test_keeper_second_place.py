"""The keeper signs nothing that did not grow out of all that the second place holds, and brings that up to date."""

from pathlib import Path

import pytest
from sqlalchemy import text

from gateway.audit.places import LATEST, Folder, key_of
from gateway.errors import LogAlteredError
from gateway.store.engine import Store
from tests.audit.signed_log import OTHER_KEY, Times, begin, keeper_of, sign, write_pairs


async def test_a_log_written_anew_is_not_signed_over_the_checkpoint_that_is_held_outside(
    store: Store, tmp_path: Path
):
    clock = Times()
    keeper = keeper_of(store, clock, tmp_path)
    await begin(store)
    await write_pairs(store, 1, 1)
    await sign(keeper, clock)
    with store.writes.begin() as connection:
        connection.execute(text("DELETE FROM audit_checkpoint"))
        connection.execute(text("DELETE FROM audit_entry WHERE sequence > 1"))
    await write_pairs(store, 2, 2)

    clock.pass_by(10)
    with pytest.raises(LogAlteredError, match="not those that were signed"):
        await keeper.keep()


@pytest.mark.parametrize("signed", [1, 2])
async def test_a_log_written_anew_is_not_signed_where_the_latest_was_taken_away(
    store: Store, tmp_path: Path, signed: int
):
    clock = Times()
    await begin(store)
    for number in range(signed):
        await write_pairs(store, number + 1, 1)
        await sign(keeper_of(store, clock, tmp_path), clock)
    (tmp_path / LATEST).unlink()
    with store.writes.begin() as connection:
        connection.execute(text("DELETE FROM audit_checkpoint"))
        connection.execute(text("DELETE FROM audit_entry WHERE sequence > 1"))
    await write_pairs(store, 7, 4)

    with pytest.raises(LogAlteredError):
        await sign(keeper_of(store, clock, tmp_path), clock)


async def test_a_latest_that_was_left_behind_is_brought_up_to_date(store: Store, tmp_path: Path):
    clock = Times()
    await begin(store)
    for number in (1, 2):
        await write_pairs(store, number, 1)
        await sign(keeper_of(store, clock, tmp_path), clock)
    place = Folder(tmp_path)
    place.put(LATEST, place.get(key_of(3)) or b"")

    await keeper_of(store, clock, tmp_path).keep()

    assert place.get(LATEST) == place.get(key_of(5))


async def test_a_second_place_that_was_away_is_brought_up_to_date(store: Store, tmp_path: Path):
    clock, folder = Times(), tmp_path / "elsewhere"
    keeper = keeper_of(store, clock, folder)
    await begin(store)
    for number in (1, 2):
        with pytest.raises(OSError, match="no such folder"):
            await sign(keeper_of(store, clock, folder), clock)
        await write_pairs(store, number, 1)
        await sign(keeper_of(store, clock), clock)

    folder.mkdir()
    await keeper.keep()

    held = sorted(each.name for each in (folder / "checkpoints").iterdir())
    assert held == [f"{size:020d}" for size in (3, 5)]


async def test_a_strangers_note_in_the_second_place_is_an_alarm(store: Store, tmp_path: Path):
    clock = Times()
    Folder(tmp_path).put(LATEST, OTHER_KEY.sign(1, b"r" * 32).encode())
    await begin(store)

    clock.pass_by(10)
    with pytest.raises(LogAlteredError, match="not one of this log's"):
        await keeper_of(store, clock, tmp_path).keep()
