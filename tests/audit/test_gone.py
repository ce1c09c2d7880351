"""Entries are gone by rule where a purge says so that came after them, eight years after all that is left before them."""

from datetime import datetime, timedelta

import pytest

from gateway.audit.entry_form import EntryFormError, ReadEntry
from gateway.audit.purges import KEPT_FOR, Gone, Purge, purge_told
from tests.audit.written_logs import written_at
from tests.store_factories import NOW

SECOND = timedelta(seconds=1)
OLD = NOW - KEPT_FOR
PURGE = Purge(12, 8, OLD, NOW)


def entry(number: int, at: datetime = NOW, action: str = "asked", **body: object) -> ReadEntry:
    return ReadEntry(number, at, action, body)


def covered(at: datetime = NOW, *, last: int = 5, youngest: datetime | None = None) -> bool:
    return Gone(3, last, OLD - SECOND if youngest is None else youngest, (PURGE,)).is_covered(at)


def test_where_nothing_is_gone_nothing_need_cover_it():
    assert Gone().is_covered(NOW)
    assert not Gone(1, 1).is_covered(NOW)
    assert not Gone(1, 1, None, (PURGE,)).is_covered(NOW)


def test_what_is_gone_was_recorded_before_the_time_that_the_purge_names():
    assert covered()
    assert covered(youngest=OLD - timedelta(days=1))
    assert not covered(youngest=OLD)


def test_a_purge_is_of_what_is_eight_years_old_when_it_was_done_and_by_now():
    assert covered(NOW + SECOND)
    assert not covered(NOW - SECOND)


@pytest.mark.parametrize(("last", "is_covered"), [(7, True), (8, False), (9, False)])
def test_a_purge_covers_what_is_below_its_through(last: int, is_covered: bool):
    assert covered(last=last) is is_covered


def test_a_purge_is_of_entries_before_its_own():
    itself = Purge(8, 8, OLD, NOW)

    assert not Gone(1, 5, OLD - SECOND, (itself,)).is_covered(NOW)
    assert Gone(1, 5, OLD - SECOND, (itself, PURGE)).is_covered(NOW)


def test_an_entry_that_is_gone_is_counted_and_needs_its_own_purge():
    assert Gone(2, 4, NOW, (PURGE,)).with_one_more(6) == Gone(3, 6)


def test_the_first_entry_that_is_left_after_them_says_how_young_they_are():
    gone = Gone(1, 5).with_left(entry(6), NOW).with_left(entry(7), NOW + SECOND)

    assert gone == Gone(1, 5, NOW)


def test_a_purge_was_no_later_than_the_entry_right_after_it():
    said = {"through": 8, "recorded_before": written_at(0)}
    begun = Gone(1, 5).with_left(entry(12, NOW, "entries-purged", **said), NOW)
    [first] = begun.purges
    assert first == Purge(12, 8, NOW, NOW)

    assert begun.with_left(entry(13, NOW - SECOND), NOW).purges[0].latest == NOW - SECOND
    assert begun.with_left(entry(13, NOW + SECOND), NOW).purges == (first,)
    assert begun.with_left(entry(14, NOW - SECOND), NOW).purges == (first,)


def test_only_a_purge_is_told_as_one_and_it_says_what_it_deleted():
    assert purge_told(entry(1, through=8)) is None
    with pytest.raises(EntryFormError):
        purge_told(entry(1, NOW, "entries-purged"))
