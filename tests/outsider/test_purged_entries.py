"""Entries are gone rightly only where a later purge covers the last of them (rule 7)."""

import pytest

from tests.outsider.checks import Verdict, verify_export
from tests.outsider.written_logs import entry, export, verifier_key

OLD, BEFORE, NOW = "2001-05-06T07:08:09Z", "2001-05-07T00:00:00Z", "2010-01-01T00:00:00Z"
DAYS_2920_ON = "2009-05-05T00:00:00Z"
JUST_BELOW = "2009-05-04T23:59:59.999999Z"


def purge(sequence: int, at: str = NOW, **said: object) -> bytes:
    return entry(
        sequence, at, "entries-purged", **({"through": 3, "recorded_before": BEFORE} | said)
    )


def judge(*entries: bytes, gone: tuple[int, ...] = (1, 2)) -> tuple[bool, int | None]:
    verdict = verify_export(export(list(entries), gone), verifier_key())
    return verdict.is_whole, verdict.first_broken


def old(*sequences: int) -> list[bytes]:
    return [entry(sequence, OLD) for sequence in sequences]


def test_a_purge_of_old_entries_covers_them_and_the_verdict_counts_them():
    lines = export([*old(1, 2, 3), purge(4)], gone=(1, 2))

    assert verify_export(lines, verifier_key()) == Verdict(True, 4, None, "whole", (), 2)


def test_entries_gone_without_a_purge_are_found():
    assert judge(*old(1, 2, 3, 4)) == (False, 2)


@pytest.mark.parametrize(("through", "is_whole"), [(0, 0), (2, 0), (3, 1), (4, 1), (5, 0), (6, 0)])
def test_a_purge_covers_what_is_below_its_through_which_is_below_itself(
    through: int, is_whole: int
):
    verdict = judge(*old(1, 2, 3, 4), purge(5, through=through))

    assert verdict == ((True, None) if is_whole else (False, 2))


def test_a_purge_whose_through_is_the_last_gone_entry_does_not_cover_it():
    assert judge(*old(1, 2, 3), purge(4, through=2)) == (False, 2)


def test_a_purge_directly_after_the_gone_entries_is_not_its_own_witness():
    assert judge(*old(1, 2), purge(3, through=3)) == (False, 2)


def test_a_purge_before_the_last_gone_entry_does_not_cover_it():
    entries = [*old(1, 2, 3), purge(4), entry(5, NOW), *old(6), entry(7, NOW)]

    assert judge(*entries, gone=(1, 2)) == (True, None)
    assert judge(*entries, gone=(1, 2, 5)) == (False, 5)


def test_one_purge_covers_the_gaps_before_its_own():
    assert judge(*old(1, 2, 3, 4), purge(5, through=4), gone=(1, 3)) == (True, None)


@pytest.mark.parametrize("young", [BEFORE, "2002-01-01T00:00:00Z"])
def test_the_entry_after_the_gone_ones_must_be_older_than_recorded_before(young: str):
    assert judge(*old(1, 2), entry(3, young), purge(4)) == (False, 2)


def test_an_entry_before_the_gone_ones_must_be_older_than_recorded_before():
    young = entry(1, BEFORE)

    assert judge(young, *old(2, 3, 4), purge(5, through=4), gone=(2, 3)) == (False, 3)


def test_a_younger_entry_behind_the_witness_does_not_matter():
    assert judge(*old(1, 2, 3), entry(4, NOW), purge(5)) == (True, None)


@pytest.mark.parametrize(("at", "is_whole"), [(DAYS_2920_ON, True), (JUST_BELOW, False)])
def test_a_purge_waits_for_2920_days_by_each_clock_of_the_log(at: str, is_whole: bool):
    verdict = (True, None) if is_whole else (False, 2)

    assert judge(*old(1, 2, 3), purge(4, at)) == verdict
    assert judge(*old(1, 2, 3), purge(4), entry(5, at), entry(6, NOW)) == verdict
    assert judge(*old(1, 2, 3), purge(4), entry(5, NOW), entry(6, at)) == verdict


def test_the_clock_of_an_entry_between_is_not_asked():
    entries = [*old(1, 2, 3), purge(4), entry(5, NOW), entry(6, OLD), entry(7, NOW)]

    assert judge(*entries) == (True, None)


def test_a_purge_of_rows_that_are_young_now_is_refused_whatever_its_own_time():
    young, before, later = "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z", "2999-01-01T00:00:00Z"
    entries = [entry(sequence, young) for sequence in (1, 2, 3)]

    assert judge(*entries, purge(4, later, recorded_before=before)) == (False, 2)


def test_another_purge_may_cover_what_the_first_does_not():
    too_early = purge(4, recorded_before="2009-01-01T00:00:00Z")

    assert judge(*old(1, 2, 3), too_early, purge(5)) == (True, None)
    assert judge(*old(1, 2, 3), purge(4), purge(5, through=1)) == (True, None)


WRONG = [None, "", 5, "2001-05-07", "2001-05-07T00:00:00", "2001-05-07T00:00:00.000000Z", [BEFORE]]


@pytest.mark.parametrize("before", WRONG)
def test_a_purge_with_a_malformed_recorded_before_is_a_fault_where_it_stands(before: object):
    assert judge(*old(1, 2, 3), purge(4, recorded_before=before), purge(5)) == (False, 4)


@pytest.mark.parametrize("through", [None, "3", -1, True, [3]])
def test_a_purge_with_a_malformed_through_is_a_fault_where_it_stands(through: object):
    assert judge(*old(1, 2, 3), purge(4, through=through), purge(5)) == (False, 4)


@pytest.mark.parametrize("said", [{}, {"through": 1}, {"recorded_before": BEFORE}])
def test_a_purge_without_what_it_must_say_is_a_fault_where_nothing_is_gone(said: dict[str, object]):
    halved = entry(2, NOW, "entries-purged", **said)

    assert judge(*old(1), halved, gone=()) == (False, 2)


def test_a_purge_that_covers_nothing_is_no_fault_by_itself():
    assert judge(*old(1), purge(2, through=99), gone=()) == (True, None)


def test_the_last_entry_of_the_file_cannot_be_gone():
    assert judge(*old(1, 2, 3), purge(4), gone=(4,)) == (False, 4)
