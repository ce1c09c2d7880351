"""An entry that is gone was deleted by rule or destroyed, and what is left tells which (P06)."""

from collections.abc import Callable, Collection
from datetime import UTC, datetime, timedelta

import pytest

from gateway.audit.following import Fault, Verdict
from gateway.audit.verify import verify_export
from tests.audit.signed_log import KEYS
from tests.audit.written_logs import DAY, exported_log, old_until, purged_log, written_at
from tests.store_factories import NOW

OLD = written_at(-9 * 365 * DAY)
TEN_OLD = old_until(10)


def checked(lines: list[bytes], now: datetime | None = None) -> Verdict:
    return verify_export(lines, KEYS, now=now)


def purged(
    gone: Collection[int] = range(1, 6),
    purge_at: int = 12,
    minutes: Callable[[int], float] = TEN_OLD,
    **said: object,
) -> Verdict:
    """Give the verdict on a log of 20 entries, the first ten of which are ten years older."""
    told = {"through": 8, "recorded_before": OLD, **said}
    purges = {purge_at: {name: value for name, value in told.items() if value != "left out"}}
    return checked(exported_log(20, purged=gone, minutes=minutes, purges=purges))


def first(verdict: Verdict) -> int | None:
    return None if verdict.fault is None else verdict.fault.first


def test_purged_entries_are_proven_by_the_purge_that_follows():
    verdict = purged()

    assert (verdict.fault, verdict.purged, verdict.proven) == (None, 5, 20)


def test_a_purge_of_entries_that_are_not_old_is_a_fault():
    assert first(purged(gone=range(11, 14), purge_at=16, through=14)) == 13


def test_a_purge_that_calls_young_entries_old_is_a_fault():
    assert first(purged(minutes=float)) == 5
    assert first(purged(minutes=float, recorded_before=written_at(DAY))) == 5


def test_a_purge_of_nothing_yet_is_no_leave_to_delete_what_is_recorded_later():
    verdict = purged(gone=range(14, 16), purge_at=12, minutes=old_until(20), through=18)

    assert verdict.fault == Fault(15, 15, "the entry is gone, by no purge of what was old enough")


@pytest.mark.parametrize(("through", "broken"), [(7, None), (6, None), (5, 5), (12, 5), (99, 5)])
def test_a_purge_is_of_what_is_below_its_through_and_before_itself(
    through: int, broken: int | None
):
    assert first(purged(through=through)) == broken


@pytest.mark.parametrize("through", ["8", 8.0, True, -1, None, "left out", 10**19])
def test_a_purge_that_does_not_say_through_which_entry_is_a_fault_itself(through: object):
    assert first(purged(through=through)) == 12


@pytest.mark.parametrize(
    "before",
    [None, "left out", 2018, "2018-04-01", "2018-04-01T00:00:00+00:00", "2018-02-30T00:00:00Z"],
)
def test_a_purge_that_does_not_say_before_when_is_a_fault_itself(before: object):
    assert first(purged(recorded_before=before)) == 12


def test_entries_that_are_gone_by_no_purge_at_all_are_a_fault():
    assert first(checked(exported_log(20, purged=range(1, 6)))) == 5
    assert first(checked(exported_log(20, purged=range(1, 21)))) == 20


def test_one_young_entry_that_is_left_before_those_that_are_gone_shows_that_they_are_young():
    def minutes(number: int) -> float:
        return 0 if number == 2 else TEN_OLD(number)

    assert first(purged(gone=(4, 5), minutes=minutes)) == 5


def test_the_entry_after_those_that_are_gone_shows_how_old_they_are():
    assert first(purged(gone=range(1, 11), through=11)) == 10
    assert first(purged(gone=range(1, 10), through=10)) is None


@pytest.mark.parametrize("late", [(12,), (12, 13), (12, 20)])
def test_a_purge_with_a_time_to_come_is_told_by_what_is_recorded_after_it(late: tuple[int, ...]):
    def minutes(number: int) -> float:
        return 20 * 365 * DAY if number in late else number

    verdict = purged(minutes=minutes, recorded_before=written_at(DAY))

    assert first(verdict) == 5


def test_a_purge_with_a_time_to_come_is_told_by_the_time_at_which_it_is_checked():
    lines = purged_log(40, range(1, 6), 35, 8)
    day = timedelta(days=1)

    assert checked(lines, NOW).fault is None
    assert first(checked(lines, NOW - 2 * 365 * day)) == 5
    assert checked(lines, datetime(2300, 1, 1, tzinfo=UTC)).fault is None


@pytest.mark.parametrize(("days", "broken"), [(2_920, None), (2_919, 5)])
def test_the_time_that_entries_are_kept_is_counted_in_days(days: int, broken: int | None):
    assert first(purged(recorded_before=written_at(12 - days * DAY))) == broken


def test_a_purge_of_the_first_year_of_all_covers_nothing():
    def written(line: bytes) -> bytes:
        return line.replace(written_at(12).encode(), b"0001-01-01T00:00:00Z")

    lines = purged_log(20, range(1, 6), 12, 8, minutes=old_until(10), written={12: written})

    assert first(checked(lines)) == 5


def test_a_later_purge_covers_what_one_before_it_did_not():
    told = {"through": 8, "recorded_before": OLD}
    purges = {12: {**told, "through": 2}, 13: {**told, "through": 3}, 15: told}

    verdict = checked(exported_log(20, purged=(1, 5), minutes=old_until(10), purges=purges))

    assert (verdict.fault, verdict.purged) == (None, 2)
