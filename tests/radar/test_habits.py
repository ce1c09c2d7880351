"""How and when a record was looked at: once and left, or when who looked was not otherwise at work."""

from datetime import timedelta

import pytest

from gateway.audit.radar.habits import habit_hits, look_and_leave, out_of_hours
from gateway.audit.radar.pairs import Pair
from gateway.audit.radar.rules import FAR_OUT_OF_HOURS, WEIGHTS, RadarRule
from gateway.audit.radar.working import moment, working
from tests.radar.made import MONDAY, REFUSED, access, find, in_order, read_on, shift

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
SHIFT_ENDS = 24 * 15 * MINUTE


def hit_at(at, *, people=25, **more):
    """Look at one person so long after a shift began in which others were read."""
    look = access(at=at, **more)
    when = working(in_order(*shift(people=people), look))
    return look, out_of_hours(Pair("u1", "p1", (look,)), when)


@pytest.mark.parametrize(
    ("after_the_shift", "weight"),
    [
        (timedelta(), None),
        (4 * HOUR, None),
        (4 * HOUR + MINUTE, WEIGHTS[RadarRule.OUT_OF_HOURS]),
        (10 * HOUR, WEIGHTS[RadarRule.OUT_OF_HOURS]),
        (10 * HOUR + MINUTE, FAR_OUT_OF_HOURS),
        (-SHIFT_ENDS - 4 * HOUR, None),
        (-SHIFT_ENDS - 4 * HOUR - MINUTE, WEIGHTS[RadarRule.OUT_OF_HOURS]),
        (-SHIFT_ENDS - 10 * HOUR - MINUTE, FAR_OUT_OF_HOURS),
    ],
)
def test_a_look_away_from_all_other_work_is_out_of_hours(after_the_shift, weight):
    look, hit = hit_at(SHIFT_ENDS + after_the_shift)

    assert (None if hit is None else hit.weight) == weight
    assert hit is None or hit.decisions == {look.decision_id}


def test_it_is_said_when_and_how_far_from_work_it_was():
    _look, near = hit_at(SHIFT_ENDS + 5 * HOUR)
    _look, far = hit_at(SHIFT_ENDS + 11 * HOUR)

    said = "they had to do with nobody else within"
    assert near.why == f"Monday 2 November, 20:00: {said} 4 hours of it."
    assert far.why == f"Tuesday 3 November, 02:00: {said} 10 hours of it."
    assert near.rule is far.rule is RadarRule.OUT_OF_HOURS


@pytest.mark.parametrize(("people", "is_hit"), [(18, False), (19, True)])
def test_of_whom_little_is_known_no_hours_are_known(people, is_hit):
    _look, hit = hit_at(40 * HOUR, people=people)

    assert (hit is not None) is is_hit


def test_only_the_accesses_out_of_hours_are_of_the_hit():
    on_duty, late = access(at=HOUR), access(at=SHIFT_ENDS + 5 * HOUR)
    when = working(in_order(*shift(), on_duty, late))

    assert out_of_hours(Pair("u1", "p1", (on_duty, late)), when).decisions == {late.decision_id}


def test_looking_somebody_else_up_is_being_at_work_and_the_same_person_is_not():
    look = access(at=40 * HOUR)
    pair = Pair("u1", "p1", (look,))
    alone = working(in_order(*shift(), find(at=40 * HOUR - MINUTE), look))
    at_work = working(in_order(*shift(), find(patient=None, at=40 * HOUR - MINUTE), look))
    others = working(in_order(*shift(), access("u2", "p2", 40 * HOUR), look))

    assert out_of_hours(pair, alone) is not None
    assert out_of_hours(pair, at_work) is None
    assert out_of_hours(pair, others) is not None


@pytest.mark.parametrize(
    ("looks", "why"),
    [
        ((access(),), "They looked once and read nothing further."),
        ((access(), access()), "They looked twice and read nothing further."),
        ((access(reason=REFUSED), access()), "They looked once and read nothing further."),
        ((access(), access(), access()), None),
        (read_on(), None),
        ((access(reason=REFUSED),), None),
    ],
)
def test_a_look_or_two_and_nothing_further_is_a_hit(looks, why):
    hit = look_and_leave(Pair("u1", "p1", looks))

    assert (hit and hit.why) == why
    assert hit is None or hit.weight == WEIGHTS[RadarRule.LOOK_AND_LEAVE]
    assert hit is None or hit.decisions == {each.decision_id for each in looks}


def test_both_habits_are_given_together():
    look = access(at=40 * HOUR)
    when = working(in_order(*shift(), look))

    rules = [hit.rule for hit in habit_hits(Pair("u1", "p1", (look,)), when)]
    assert rules == [RadarRule.LOOK_AND_LEAVE, RadarRule.OUT_OF_HOURS]
    assert list(habit_hits(Pair("u1", "u1-0", read_on(patient="u1-0")), when)) == []


def test_moments_are_londons():
    assert moment(MONDAY) == "Monday 2 November, 09:00"
    assert moment(MONDAY - 153 * 24 * HOUR) == "Tuesday 2 June, 10:00"
