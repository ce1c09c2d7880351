"""What led to nothing: attempts that were refused, and people looked up whom nobody opened."""

from datetime import timedelta

import pytest

from gateway.audit.radar.attempts import no_relationship, refusals_of, serial_searches
from gateway.audit.radar.pairs import pairs_of
from gateway.audit.radar.rules import REPEATED, TRIED_AGAIN, WEIGHTS, RadarRule
from gateway.audit.radar.working import working
from tests.radar.made import REFUSED, access, find, in_order

MINUTE, SECOND, DAY = timedelta(minutes=1), timedelta(seconds=1), timedelta(days=1)
USUAL = WEIGHTS[RadarRule.NO_RELATIONSHIP]


def refused(patient="p1", at=timedelta()):
    return access(patient=patient, at=at, reason=REFUSED)


def hit_of(*accesses):
    made = in_order(*accesses)
    pairs = pairs_of(made)
    refusals = refusals_of(pairs, working(made))
    [pair] = [each for each in pairs if each.patient == "p1"]
    return no_relationship(pair, refusals.get("u1", ()))


@pytest.mark.parametrize(
    ("accesses", "weight"),
    [
        ((refused(),), USUAL),
        ((refused(), refused(at=5 * MINUTE + SECOND)), USUAL),
        ((refused(), refused(at=5 * MINUTE)), TRIED_AGAIN),
        ((refused(), access(at=DAY)), None),
        ((access(reason="sharing-restricted"),), None),
        ((access(),), None),
        ((refused(), access(patient="p2", at=2 * MINUTE)), None),
        ((refused(), find(patient=None, at=2 * MINUTE)), None),
        ((refused(), access(patient="p2", at=2 * MINUTE + SECOND)), USUAL),
        ((refused(), access("u2", "p2", at=MINUTE)), USUAL),
        ((refused(at=MINUTE), access(patient="p2")), USUAL),
    ],
)
def test_a_refused_attempt_that_came_to_nothing_and_was_no_slip_is_a_hit(accesses, weight):
    hit = hit_of(*accesses)

    assert (hit and hit.weight) == weight


def test_how_often_it_was_refused_is_said_of_the_refused_attempts_alone():
    first, second = refused(), refused(at=DAY)
    once = hit_of(first)
    twice = hit_of(first, access(reason="check-failed", at=MINUTE), second)

    assert once.why == "Refused for want of a relationship (once), and never allowed."
    assert twice.why == "Refused for want of a relationship (2 times), and never allowed."
    assert twice.rule is RadarRule.NO_RELATIONSHIP
    assert twice.decisions == {first.decision_id, second.decision_id}


@pytest.mark.parametrize(
    ("others", "last", "more"), [(3, 7 * DAY, REPEATED), (2, DAY, 0), (3, 7 * DAY + SECOND, 0)]
)
def test_refusals_about_several_people_in_a_week_weigh_more(others, last, more):
    times = [place * 10 * MINUTE for place in range(1, others)] + [last]
    hit = hit_of(refused(), *(refused(f"o{at}", at) for at in times))

    assert hit.weight == USUAL + more
    assert hit.why.endswith("about 4 people within 7 days.") is bool(more)


def finds(count, apart=MINUTE, at=timedelta(), user="u1"):
    return [find(user, f"f{place}", at + place * apart) for place in range(count)]


@pytest.mark.parametrize(
    ("accesses", "runs"),
    [
        (finds(5), []),
        (finds(6), [6]),
        (finds(6, 4 * MINUTE), [6]),
        (finds(6, 4 * MINUTE + SECOND), []),
        ([find(patient=None, at=place * MINUTE) for place in range(6)], [6]),
        ([*finds(6), access(patient="f0", at=10 * MINUTE)], []),
        ([*finds(8), *(access(patient=f"f{n}", at=9 * MINUTE) for n in range(2))], [6]),
        ([*finds(9), *(access(patient=f"f{n}", at=9 * MINUTE) for n in range(3))], []),
        ([*finds(6), access(patient="f0", at=40 * MINUTE + SECOND)], [6]),
        ([*finds(6), access(patient="f0", at=40 * MINUTE)], []),
        ([*finds(6), access("u2", "f0", 10 * MINUTE)], [6]),
        ([*finds(3), *finds(3, user="u2")], []),
        ([*finds(6), *finds(7, at=3 * DAY)], [6, 7]),
        ([find(at=-DAY), *finds(6)], [6]),
    ],
)
def test_many_looked_up_and_hardly_one_opened_is_a_serial_search(accesses, runs):
    assert [len(run.finds) for run in serial_searches(in_order(*accesses))] == runs


def test_a_search_that_was_refused_finds_nobody():
    turned_away = [
        access(patient=None, at=n * MINUTE, act="find", reason="not-for-role") for n in range(9)
    ]

    assert list(serial_searches(turned_away)) == []


def test_a_serial_search_says_how_many_were_looked_up_and_opened():
    made = [*finds(7), access(patient="f0", at=8 * MINUTE)]
    [run] = serial_searches(in_order(*made))

    assert run.hit.why == "They looked 6 people up within 20 minutes and opened 1."
    assert (run.hit.rule, run.hit.weight) == (
        RadarRule.SERIAL_SEARCH,
        WEIGHTS[RadarRule.SERIAL_SEARCH],
    )
    assert run.hit.decisions == {each.decision_id for each in run.finds}
