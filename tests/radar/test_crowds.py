"""Many who only look at one person are a surge; a team reads."""

from datetime import timedelta

import pytest

from gateway.audit.radar.crowds import SURGE_WITHIN, crowds
from gateway.audit.radar.pairs import pairs_of
from gateway.audit.radar.rules import IN_A_TEAM, WEIGHTS, RadarRule
from tests.radar.made import REFUSED, access, in_order, read_on

HOUR = timedelta(hours=1)


def came(*accesses):
    pairs = pairs_of(in_order(*accesses))
    return crowds(pairs), pairs[0]


def looks(count, at=timedelta()):
    return [access(f"l{place}", at=at + place * HOUR) for place in range(count)]


def readers(count, **other):
    made = [read_on(f"r{place}", at=HOUR * place) for place in range(count)]
    return [each for of_one in made for each in of_one]


@pytest.mark.parametrize(
    ("accesses", "is_surge"),
    [
        (looks(2), False),
        (looks(3), True),
        ([*looks(2), access("l9", reason=REFUSED)], True),
        ([*looks(2), access("l9", reason="sharing-restricted")], False),
        ([*looks(6), *readers(2)], True),
        ([*looks(6), *readers(3)], False),
        ([*looks(2), access("l9", at=SURGE_WITHIN)], True),
        ([*looks(2), access("l9", at=SURGE_WITHIN + timedelta(seconds=1))], False),
        ([*looks(2), access("l9", "p2")], False),
    ],
)
def test_many_single_looks_in_a_day_are_a_surge(accesses, is_surge):
    crowd, first = came(*accesses)

    assert (crowd.surge(first) is not None) is is_surge


def test_a_surge_says_how_many_and_counts_for_who_read_on_too():
    crowd, _first = came(*looks(5), *read_on("r0", at=HOUR))
    [reader] = pairs_of(read_on("r0", at=HOUR))

    hit = crowd.surge(reader)

    assert hit.why == "5 people only looked at this person, or tried to, within 20 hours of it."
    assert (hit.rule, hit.weight) == (RadarRule.SURGE, WEIGHTS[RadarRule.SURGE])
    assert hit.decisions == reader.decisions


def of(organisation, *users):
    return [
        access(user, at=HOUR, organisation=organisation, act=act)
        for user in users
        for act in ("view", "search")
    ]


@pytest.mark.parametrize(
    ("others", "weight"),
    [
        ([], 0.0),
        (of("RRV", "a", "b"), 0.0),
        (of("RRV", "a", "b", "c"), IN_A_TEAM),
        ([*of("RRV", "a", "b"), *of("RJ1", "c", "d")], 0.0),
        ([*of("RRV", "a", "b"), access("c", at=HOUR)], 0.0),
        ([*of("RRV", "a", "b"), access("u1", at=HOUR, act="search")], 0.0),
    ],
)
def test_others_of_the_organisation_who_read_further_are_a_team(others, weight):
    crowd, first = came(access("u1"), *others)

    assert crowd.team(first) == weight
