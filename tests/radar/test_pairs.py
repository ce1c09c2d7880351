"""All that one member of staff did with one person's record is put together."""

from datetime import timedelta

import pytest

from gateway.audit.radar.kin import kin_hits
from gateway.audit.radar.pairs import Pair, began, pairs_of
from gateway.audit.radar.rules import WEIGHTS, RadarRule
from gateway.audit.words import AskedAct, Mark
from tests.radar.made import MONDAY, REFUSED, access, find

HOUR = timedelta(hours=1)


def pair(*accesses):
    return Pair("u1", "p1", accesses)


def test_openings_are_put_together_by_user_and_person():
    first, other, again = access(at=HOUR), access("u2"), access(at=2 * HOUR)
    elsewhere = access(patient="p2")

    found = pairs_of([first, other, again, elsewhere, find(), access(patient=None)])

    assert found == (
        Pair("u1", "p1", (first, again)),
        Pair("u2", "p1", (other,)),
        Pair("u1", "p2", (elsewhere,)),
    )
    assert found[0].decisions == {first.decision_id, again.decision_id}
    assert began(found[0]) == MONDAY + HOUR


@pytest.mark.parametrize(
    ("accesses", "is_mere_look", "is_kept_out"),
    [
        ((access(),), True, False),
        ((access(), access()), True, False),
        ((access(), access(), access()), False, False),
        ((access(), access(act=AskedAct.SEARCH)), False, False),
        ((access(act=AskedAct.READ),), False, False),
        ((access(reason=REFUSED),), False, True),
        ((access(reason=REFUSED), access()), True, False),
        ((access(reason="sharing-restricted"),), False, False),
        ((access(reason="sharing-restricted"), access(reason=REFUSED)), False, True),
    ],
)
def test_what_little_came_of_it_is_told_apart(accesses, is_mere_look, is_kept_out):
    made = pair(*accesses)

    assert (made.is_mere_look, made.is_kept_out) == (is_mere_look, is_kept_out)
    assert made.is_light is (is_mere_look or is_kept_out)


def test_attempts_that_failed_for_want_of_a_relationship_are_given():
    refused = access(reason=REFUSED)

    assert pair(access(reason="sharing-restricted"), refused, access()).kept_out == (refused,)


@pytest.mark.parametrize("mark", Mark)
def test_what_a_caller_is_to_the_person_is_a_hit_of_the_marked_accesses(mark):
    marked = access(marks=frozenset({mark}))

    [hit] = kin_hits(pair(access(), marked))

    assert (hit.rule, hit.weight) == (RadarRule(mark.value), WEIGHTS[RadarRule(mark.value)])
    assert hit.decisions == {marked.decision_id}


def test_each_mark_says_why_in_a_sentence_and_no_mark_is_no_hit():
    hits = list(kin_hits(pair(access(marks=frozenset(Mark)))))

    assert [hit.why for hit in hits] == [
        "It is their own record.",
        "The person lives at their address.",
        "The person has their family name.",
        "The person works for the same organisation.",
    ]
    assert list(kin_hits(pair(access()))) == []
