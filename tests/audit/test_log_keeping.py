"""The log is looked at again and again; what prevents its signing is counted and told to the operators."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs
from typing_extensions import override

from gateway.audit.places import Folder
from gateway.audit.second_place import SecondPlace
from gateway.log_keeping import LOOK_EVERY_SECONDS, LogKeeping
from gateway.metrics import Metrics
from gateway.store.engine import Store, open_store
from tests.audit.signed_log import Times, begin, keeper_of, sign, write_pairs

NOT_KEPT = "scr_audit_not_kept_total"


async def forever(_seconds: float) -> None:
    await asyncio.Event().wait()


def keeping_of(store: Store, clock: Times, folder: Path | None = None) -> LogKeeping:
    return LogKeeping(keeper_of(store, clock, folder), Metrics(), forever)


def counted(keeping: LogKeeping, reason: str) -> float | None:
    return keeping.metrics.registry.get_sample_value(NOT_KEPT, {"reason": reason})


async def test_it_is_told_how_much_is_signed(store: Store):
    keeping = keeping_of(store, Times())
    await keeping.look()
    await begin(store)

    await keeping.look()

    assert keeping.metrics.registry.get_sample_value("scr_audit_signed_entries") == 1


async def test_a_log_that_was_altered_is_an_alarm(store: Store):
    clock = Times()
    await begin(store)
    await sign(keeper_of(store, clock), clock)
    await write_pairs(store, 1, 1)
    with store.writes.begin() as connection:
        connection.execute(text("UPDATE audit_entry SET user_id = 'x' WHERE sequence = 2"))
    clock.pass_by(10)
    keeping = keeping_of(store, clock)

    with capture_logs() as told:
        await keeping.look()

    assert counted(keeping, "altered") == 1
    assert [(each["event"], each["log_level"]) for each in told] == [("log-altered", "critical")]
    assert told[0]["told"] == "Entry 2 is not as it was written."


async def test_a_second_place_that_is_away_is_told(store: Store, tmp_path: Path):
    await begin(store)
    keeping = keeping_of(store, Times(), tmp_path / "away")

    with capture_logs() as told:
        await keeping.look()

    assert counted(keeping, "second-place") == 1
    assert [each["event"] for each in told] == ["checkpoint-not-held"]


async def test_a_database_that_does_not_answer_is_told(sqlite_url: str, tmp_path: Path):
    store = open_store(sqlite_url)
    (tmp_path / "store.db").unlink()
    keeping = keeping_of(store, Times())

    with capture_logs() as told:
        await keeping.look()

    store.close()
    assert counted(keeping, "database") == 1
    assert [each["event"] for each in told] == ["log-not-signed"]


class Broken(Folder):
    """A place with a fault of the program."""

    @override
    def get(self, key: str) -> bytes | None:
        raise ZeroDivisionError("private")


async def test_a_fault_that_nobody_foresaw_is_told_and_ends_nothing(store: Store, tmp_path: Path):
    keeper = replace(keeper_of(store, Times()), place=SecondPlace(Broken(tmp_path)))
    keeping = LogKeeping(keeper, Metrics(), forever)

    with capture_logs() as told:
        await keeping.look()

    assert counted(keeping, "fault") == 1
    assert told[0]["event"] == "log-keeping-at-fault"
    assert "private" not in str(told)


async def test_it_looks_every_second_until_it_is_told_to_end(store: Store):
    waited: list[float] = []

    async def pause(seconds: float) -> None:
        waited.append(seconds)
        if len(waited) == 3:
            raise asyncio.CancelledError

    keeping = LogKeeping(keeper_of(store, Times()), Metrics(), pause)
    with pytest.raises(asyncio.CancelledError):
        await keeping.keep_on()

    assert waited == [LOOK_EVERY_SECONDS] * 3
