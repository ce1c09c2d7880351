import pytest

from adapters.contract import Notice, NoticeKind, Outcome, Reason
from gateway.patient.people import Difference
from gateway.patient.receipt import SourceEnd, no_source_answered, receipt_of
from tests.patient.factories import NOW

NOTICE = Notice(NoticeKind.CONFIDENTIAL_ITEMS)
ANSWERED = {Outcome.DATA, Outcome.EMPTY, Outcome.STALE}


def end(outcome, reason=Reason.NONE, source="gp", **changes):
    return SourceEnd(source, outcome, reason, **changes)


def line(of_end, shown=0):
    [found] = receipt_of((of_end,), {of_end.source_id: shown}).lines
    return found


@pytest.mark.parametrize(
    ("outcome", "shown", "told"),
    [
        (Outcome.DATA, 3, Outcome.DATA),
        (Outcome.DATA, 0, Outcome.EMPTY),
        (Outcome.EMPTY, 0, Outcome.EMPTY),
        (Outcome.WRONG_PATIENT, 0, Outcome.REFUSED),
        (Outcome.REFUSED, 0, Outcome.REFUSED),
        (Outcome.STALE, 0, Outcome.STALE),
        (Outcome.MALFORMED, 0, Outcome.MALFORMED),
        (Outcome.FAILED, 0, Outcome.FAILED),
        (Outcome.TIMED_OUT, 0, Outcome.TIMED_OUT),
        (Outcome.WITHHELD, 0, Outcome.WITHHELD),
        (Outcome.NOT_ASKED, 0, Outcome.NOT_ASKED),
    ],
)
def test_a_reader_is_told_how_each_source_ended(outcome, shown, told):
    assert (line(end(outcome), shown).outcome, line(end(outcome), shown).shown) == (told, shown)


@pytest.mark.parametrize("outcome", sorted(Outcome))
def test_only_a_source_that_gave_everything_is_complete(outcome):
    assert line(end(outcome), 1).is_complete is (outcome in {Outcome.DATA, Outcome.EMPTY})


@pytest.mark.parametrize("outcome", [Outcome.DATA, Outcome.EMPTY])
def test_a_source_that_says_it_holds_back_is_not_complete(outcome):
    found = line(end(outcome, notices=(NOTICE,)), 1)

    assert not found.is_complete
    assert found.notices == (NOTICE,)


@pytest.mark.parametrize("reason", sorted(Reason))
def test_a_source_that_is_rightly_not_asked_leaves_no_gap(reason):
    found = line(end(Outcome.NOT_ASKED, reason))

    assert found.is_complete is (reason in {Reason.ROLE, Reason.STAGE})


def test_age_and_differences_are_told():
    found = line(end(Outcome.STALE, stale_since=NOW, differences=frozenset({Difference.NAME})))

    assert (found.stale_since, found.differences) == (NOW, {Difference.NAME})


def test_a_receipt_lists_every_source_in_order_and_is_complete_when_all_are():
    ends = (end(Outcome.EMPTY, source="gp"), end(Outcome.DATA, source="hospital"))

    whole = receipt_of(ends, {"hospital": 2, "pds": 1})
    broken = receipt_of((*ends, end(Outcome.FAILED, source="ambulance")), {})

    assert [(each.source_id, each.shown) for each in whole.lines] == [("gp", 0), ("hospital", 2)]
    assert whole.is_complete
    assert not broken.is_complete


@pytest.mark.parametrize("outcome", sorted(set(Outcome) - {Outcome.NOT_ASKED}))
@pytest.mark.parametrize("has_proven_data", [True, False])
def test_nobody_answered_when_no_source_gave_anything(outcome, has_proven_data):
    ends = (
        end(outcome, has_proven_data=has_proven_data),
        end(Outcome.TIMED_OUT, source="hospital"),
        end(Outcome.NOT_ASKED, source="ambulance"),
    )

    assert no_source_answered(ends) is not (outcome in ANSWERED or has_proven_data)


def test_when_nobody_was_to_be_asked_nobody_failed_to_answer():
    assert not no_source_answered((end(Outcome.NOT_ASKED),))
    assert not no_source_answered(())


def test_a_source_that_no_agreement_binds_is_a_gap_and_one_alone_is_no_record():
    unbound = end(Outcome.NOT_ASKED, Reason.AGREEMENT)

    assert not line(unbound).is_complete
    assert no_source_answered((unbound, end(Outcome.NOT_ASKED, Reason.ROLE)))
    assert not no_source_answered((unbound, end(Outcome.EMPTY)))


def test_sources_that_are_not_released_to_a_reader_leave_no_gap_but_alone_no_record():
    unreleased = end(Outcome.NOT_ASKED, Reason.STAGE)

    assert line(unreleased).is_complete
    assert no_source_answered((unreleased, end(Outcome.NOT_ASKED, Reason.ROLE)))
    assert not no_source_answered((unreleased, end(Outcome.EMPTY)))
