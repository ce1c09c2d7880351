"""What is handed on of the log is so to the letter: to a receiver, to who reads it, and to the second place."""

import errno
from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Event
from time import sleep

import orjson
import pytest
from typing_extensions import override

from gateway.audit.feeding import confirms_all, next_batch
from gateway.audit.places import LATEST, Folder, key_of
from gateway.audit.second_place import SecondPlace, looked_through, size_told_by, under_its_key
from gateway.audit.told import told
from gateway.errors import (
    LogAlteredError,
)
from gateway.store.audit_feed import Advance, advance
from gateway.store.engine import Store, open_store
from tests.audit.balp_events import ADDRESS, kept
from tests.audit.signed_log import KEY
from tests.store_factories import NOW, SIGNED_OUT, activate, asked, disclosed, open_log


@pytest.fixture
def sqlite_store(sqlite_url: str) -> Iterator[Store]:
    opened = open_store(sqlite_url)
    yield opened
    opened.close()


# A receiver of the audit


def answer(*statuses: object, **changes: object) -> bytes:
    entries = [{"response": {"status": each}} for each in statuses]
    return orjson.dumps(
        {"resourceType": "Bundle", "type": "batch-response", "entry": entries, **changes}
    )


@pytest.mark.parametrize(
    ("status", "body", "is_confirmed"),
    [
        (200, answer("201", "201 Created"), True),
        (299, answer("200", "299"), True),
        *((status, answer("201", "201"), False) for status in (199, 300, 404, 500)),
        *((200, answer("201", other), False) for other in ("199", "300", "404 x", "x", "", None)),
        *((200, answer("201", other), False) for other in ("²01", " 201", 201, "-201", "2.01")),
        (200, answer("201"), False),
        (200, answer("201", "201", "201"), False),
        (200, answer("201", "201", type="batch"), False),
        (200, answer("201", "201", resourceType="Parameters"), False),
        (200, answer(entry=None), False),
        (200, answer(entry="ab"), False),
        (200, answer(entry=["x", "y"]), False),
        (200, answer(entry=[{"response": "201"}] * 2), False),
        (200, answer(entry=[{}, {}]), False),
        (200, b"", False),
        (200, b"[]", False),
        (200, b"x", False),
    ],
)
def test_a_batch_is_confirmed_when_each_of_its_entries_is(
    status: int, body: bytes, is_confirmed: bool
):
    assert confirms_all(status, body, 2) is is_confirmed


async def test_what_waits_for_a_receiver_is_handed_on_in_batches(
    sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("gateway.audit.feeding.BATCH_AT_MOST", 2)
    async with open_log(sqlite_store) as log:
        await activate(log)
        for event in (asked(1), disclosed(1), SIGNED_OUT):
            await log.append(event)
    await advance(sqlite_store, Advance("r", 0, 1, NOW))

    batch = await sqlite_store.read(next_batch, "r", ADDRESS)

    assert (batch.after, batch.through, batch.count, batch.behind) == (1, 3, 2, 3)
    bundle = orjson.loads(batch.body)
    assert (bundle["resourceType"], bundle["type"]) == ("Bundle", "batch")
    asked_for, shown = (each["resource"] for each in bundle["entry"])
    assert (asked_for["id"], shown["id"]) == ("2", "3")
    assert shown["purposeOfEvent"] == asked_for["purposeOfEvent"]
    assert bundle["entry"][1] == {
        "fullUrl": f"{ADDRESS.base_url}/fhir/AuditEvent/3",
        "resource": shown,
        "request": {"method": "POST", "url": "AuditEvent"},
    }


async def test_a_receiver_that_has_all_is_handed_an_empty_batch(sqlite_store: Store):
    await advance(sqlite_store, Advance("r", 0, 9, NOW))

    batch = await sqlite_store.read(next_batch, "r", ADDRESS)

    assert (batch.after, batch.through, batch.count, batch.behind) == (9, 9, 0, -9)
    assert orjson.loads(batch.body)["entry"] == []


# What is told of an entry


def test_blanks_are_left_out_at_every_depth_and_nothing_else_is():
    event = asked(1, details={"a": " ", "b": "x", "n": 0, "no": False})

    read = told(kept(event), None)

    assert read.fields["details"] == {"a": None, "b": "x", "n": 0, "no": False}
    assert read.asked is read.fields
    assert told(kept(disclosed(1)), None).asked == {}
    assert told(kept(disclosed(1)), kept(event).body).asked == read.fields


# The second place


def note(size: int) -> bytes:
    return KEY.sign(size, b"r" * 32).encode()


def test_a_folder_that_is_not_there_is_named(tmp_path: Path):
    place = Folder(tmp_path / "away")

    for ask in (lambda: place.get("x"), lambda: place.put("x", b""), place.sizes):
        with pytest.raises(NotADirectoryError) as told_of:
            ask()
        assert (told_of.value.errno, told_of.value.strerror) == (
            errno.ENOTDIR,
            "There is no such folder",
        )
        assert told_of.value.filename == str(tmp_path / "away")


def test_a_key_has_twenty_digits_in_a_folder_of_its_own(tmp_path: Path):
    place = Folder(tmp_path)
    place.put(key_of(7), b"seven")

    assert key_of(7) == "checkpoints/00000000000000000007"
    assert [each.name for each in (tmp_path / "checkpoints").iterdir()] == ["00000000000000000007"]
    assert (place.sizes(), place.get(key_of(7))) == ([7], b"seven")


def test_the_size_is_the_second_line_of_what_is_held():
    assert (size_told_by(note(12)), size_told_by(b"\xff\n7"), size_told_by(b"x")) == ("12", "7", "")


def test_what_was_taken_away_or_exchanged_is_told_of(tmp_path: Path):
    place = Folder(tmp_path)
    for size in (3, 5):
        place.put(key_of(size), note(size))
    with pytest.raises(LogAlteredError) as taken:
        looked_through(place)
    place.put(key_of(5), note(3))
    with pytest.raises(LogAlteredError) as exchanged:
        under_its_key(place, 5)
    with pytest.raises(LogAlteredError):
        under_its_key(place, 6)

    assert str(taken.value) == (
        "The second place holds checkpoints, and its latest was taken away."
    )
    assert str(exchanged.value) == "The second place's checkpoint of 5 entries is not that."


def test_the_latest_and_the_one_of_most_entries_are_found(tmp_path: Path):
    place = Folder(tmp_path)
    assert looked_through(place) == (None, None)

    place.put(LATEST, note(3))
    assert looked_through(place) == (note(3), None)
    for size in (3, 5):
        place.put(key_of(size), note(size))
    assert looked_through(place) == (note(3), note(5))


async def test_another_checkpoint_of_as_many_entries_is_told_of(tmp_path: Path):
    place = SecondPlace(Folder(tmp_path))
    await place.hold(3, note(3).decode())

    with pytest.raises(LogAlteredError) as told_of:
        await place.hold(3, KEY.sign(3, b"o" * 32))

    assert str(told_of.value) == "The second place holds another checkpoint of 3 entries."
    assert await place.held() == (note(3).decode(),)


class Hanging(Folder):
    """A place that answers when it is let go."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.let_go = Event()

    @override
    def sizes(self) -> Sequence[int]:
        self.let_go.wait()
        return super().sizes()


async def test_a_place_that_hangs_is_told_of_by_how_long_it_was_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("gateway.audit.second_place.LISTED_WITHIN_SECONDS", 0.01)
    hanging = Hanging(tmp_path)
    place, said = SecondPlace(hanging), []
    for _time in range(2):
        with pytest.raises(TimeoutError) as told_of:
            await place.held()
        said.append((told_of.value.errno, told_of.value.strerror))
    hanging.let_go.set()

    assert said == [
        (errno.ETIMEDOUT, "The second place does not answer"),
        (errno.ETIMEDOUT, "The second place has still not answered"),
    ]


class Slow(Folder):
    """A place that takes a while to list what it holds."""

    @override
    def sizes(self) -> Sequence[int]:
        sleep(0.05)
        return super().sizes()


async def test_a_place_that_is_looked_through_is_waited_for_longer(tmp_path: Path):
    slow = Slow(tmp_path)
    slow.put(key_of(3), note(3))

    assert await SecondPlace(slow, seconds=0.01).held() == (note(3).decode(),)
