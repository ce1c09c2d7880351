"""A checkpoint in the second place is there whole or not at all, and is not written over; a place that hangs is told of."""

import asyncio
import os
from pathlib import Path
from threading import Event, Thread

import pytest
from typing_extensions import override

from gateway.audit.places import LATEST, Folder, key_of
from gateway.audit.second_place import SecondPlace
from gateway.errors import LogAlteredError
from tests.audit.signed_log import KEY


def test_what_is_put_is_given_back_and_replaced(tmp_path: Path):
    place = Folder(tmp_path)

    place.put("checkpoint", b"one")
    place.put("checkpoint", b"two")

    assert place.get("checkpoint") == b"two"
    assert [each.name for each in tmp_path.iterdir()] == ["checkpoint"]


def test_what_was_not_put_is_not_there(tmp_path: Path):
    assert Folder(tmp_path).get(key_of(3)) is None


def test_keys_grow_as_the_log_does(tmp_path: Path):
    sizes = [9, 10, 99, 100, 12_345_678_901]

    assert sorted(map(key_of, sizes)) == [key_of(size) for size in sizes]


def test_a_place_that_is_not_there_is_not_taken_for_an_empty_one(tmp_path: Path):
    place = Folder(tmp_path / "away")

    with pytest.raises(OSError, match="no such folder"):
        place.get("checkpoint")
    with pytest.raises(OSError, match="no such folder"):
        place.put("checkpoint", b"")


def test_a_put_that_fails_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    place = Folder(tmp_path)
    place.put("checkpoint", b"one")

    def fails(_descriptor: int) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "fsync", fails)
    with pytest.raises(OSError, match="Input"):
        place.put("checkpoint", b"two")

    assert place.get("checkpoint") == b"one"
    assert [each.name for each in tmp_path.iterdir()] == ["checkpoint"]


def test_two_hosts_that_put_at_once_never_mix_what_they_put(tmp_path: Path):
    place, texts = Folder(tmp_path), [b"a" * 9_000, b"b" * 40_000]
    putting = [
        Thread(target=lambda text=text: [place.put(LATEST, text) for _ in range(50)])
        for text in texts
    ]

    for each in putting:
        each.start()
    seen = {place.get(LATEST) for _ in range(200)}
    for each in putting:
        each.join()

    assert seen <= {None, *texts}
    assert [each.name for each in tmp_path.iterdir()] == [LATEST]


def test_the_sizes_that_are_held_are_listed_in_order_and_nothing_else_is(tmp_path: Path):
    place = Folder(tmp_path)
    before = place.sizes()
    for size in (100, 9, 10):
        place.put(key_of(size), b"x")
    (tmp_path / "checkpoints" / f".{11:020d}.beside").touch()

    assert (before, place.sizes()) == ((), [9, 10, 100])


def note(size: int, root: bytes = b"r" * 32, signature: str = "") -> str:
    return KEY.sign(size, root) + signature


async def test_a_checkpoint_that_is_held_is_not_written_over(tmp_path: Path):
    place = SecondPlace(Folder(tmp_path))
    await place.hold(3, note(3))
    await place.hold(3, note(3, signature="— w AAAA\n"))

    with pytest.raises(LogAlteredError, match="another checkpoint of 3 entries"):
        await place.hold(3, note(3, b"o" * 32))

    assert Folder(tmp_path).get(key_of(3)) == note(3).encode()


async def test_both_the_latest_and_the_one_of_most_entries_are_given(tmp_path: Path):
    place = SecondPlace(Folder(tmp_path))
    for size in (3, 5):
        await place.hold(size, note(size))
    own = await place.held()
    Folder(tmp_path).put(LATEST, note(3).encode())

    assert own == (note(5),)
    assert await place.held() == (note(3), note(5))
    assert await SecondPlace(Folder(tmp_path)).held() == (note(3), note(5))


async def test_a_worker_killed_before_its_first_was_the_latest_is_no_alarm(tmp_path: Path):
    Folder(tmp_path).put(key_of(3), note(3).encode())

    assert await SecondPlace(Folder(tmp_path)).held() == (note(3),)


async def test_a_latest_that_was_taken_away_is_an_alarm(tmp_path: Path):
    place = SecondPlace(Folder(tmp_path))
    for size in (3, 5):
        await place.hold(size, note(size))
    (tmp_path / LATEST).unlink()

    for each in (place, SecondPlace(Folder(tmp_path))):
        with pytest.raises(LogAlteredError, match="taken away"):
            await each.held()


async def test_a_checkpoint_under_the_key_of_another_size_is_an_alarm(tmp_path: Path):
    Folder(tmp_path).put(key_of(5), note(3).encode())

    with pytest.raises(LogAlteredError, match="5 entries is not that"):
        await SecondPlace(Folder(tmp_path)).held()


class Hanging(Folder):
    """A mount that answers nothing until it is let go, and then that it is broken."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.let_go = Event()

    @override
    def get(self, key: str) -> bytes | None:
        self.let_go.wait()
        raise OSError(5, "Input/output error")


async def test_a_place_that_hangs_is_told_of_and_not_asked_again_until_it_answers(tmp_path: Path):
    hanging = Hanging(tmp_path)
    place = SecondPlace(hanging, seconds=0.01)
    place._latest = b"asked for before"

    with pytest.raises(TimeoutError, match="does not answer"):
        await place.held()
    with pytest.raises(TimeoutError, match="still not answered"):
        await place.held()

    hanging.let_go.set()
    assert place._under_way is not None
    await asyncio.gather(asyncio.wrap_future(place._under_way), return_exceptions=True)
    with pytest.raises(OSError, match="Input"):
        await place.held()
