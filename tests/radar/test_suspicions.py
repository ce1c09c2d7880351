"""What speaks for snooping adds up; a weak rule alone is never told."""

from datetime import timedelta

import pytest

from gateway.audit.radar.rules import TOLD_FROM, WEIGHTS, RadarRule, place_of
from gateway.audit.radar.suspicions import suspicions_in
from gateway.audit.words import Mark
from tests.radar.made import REFUSED, access, find, in_order, read_on, shift

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
TOLD_ALONE = {
    RadarRule.OWN_RECORD,
    RadarRule.SAME_HOUSEHOLD,
    RadarRule.COLLEAGUE,
    RadarRule.NO_RELATIONSHIP,
    RadarRule.SURGE,
    RadarRule.SERIAL_SEARCH,
}


def marked(*marks, **other):
    return access(marks=frozenset(marks), **other)


def rules_of(*accesses):
    """Give the rules of whom an officer is told of, where user is u1 and person p1."""
    found = suspicions_in(in_order(*accesses))
    return [
        [hit.rule for hit in each.hits]
        for each in found
        if (each.user_id, each.patient) == ("u1", "p1")
    ]


def test_a_lone_weak_rule_is_never_told():
    assert {rule for rule, weight in WEIGHTS.items() if weight >= TOLD_FROM} == TOLD_ALONE


@pytest.mark.parametrize(
    ("accesses", "told"),
    [
        ([access()], []),
        ([*read_on()], []),
        ([marked(Mark.SAME_SURNAME), *read_on()], []),
        ([marked(Mark.SAME_SURNAME)], [["same-surname", "look-and-leave"]]),
        ([marked(Mark.COLLEAGUE), *read_on()], [["colleague"]]),
        ([marked(Mark.OWN_RECORD), *read_on()], [["own-record"]]),
        ([access(reason=REFUSED)], [["no-relationship"]]),
        ([*shift(), access(at=10 * HOUR + 30 * MINUTE)], []),
        ([*shift(), access(at=17 * HOUR)], [["out-of-hours", "look-and-leave"]]),
        (
            [*shift(), marked(Mark.SAME_SURNAME, at=10 * HOUR + 30 * MINUTE), *read_on()],
            [["same-surname", "out-of-hours"]],
        ),
    ],
)
def test_rules_are_told_when_their_weights_add_up(accesses, told):
    assert rules_of(*accesses) == told


def test_a_team_about_the_person_speaks_against_it():
    colleague = [marked(Mark.COLLEAGUE), *read_on()]
    team = [each for user in ("a", "b", "c") for each in read_on(user)]

    assert rules_of(*colleague) == [["colleague"]]
    assert rules_of(*colleague, *team) == []


def test_rules_come_heaviest_first_and_a_rule_that_is_no_more_last():
    in_place = sorted(["gone", *RadarRule], key=place_of)

    assert in_place[0] == RadarRule.OWN_RECORD
    assert in_place[-2:] == [RadarRule.LOOK_AND_LEAVE, "gone"]


def test_a_suspicion_is_about_all_that_one_did_with_one_record():
    first, second = marked(Mark.OWN_RECORD), access(at=HOUR)
    [found] = suspicions_in(in_order(second, first, *read_on("u2")))

    assert (found.user_id, found.patient, found.accesses) == ("u1", "p1", (first, second))
    assert found.decisions == {first.decision_id, second.decision_id}


def test_suspicions_come_in_order_of_their_last_access():
    own = frozenset({Mark.OWN_RECORD})
    late = [access("u1", "p1", HOUR * hours, marks=own) for hours in (0, 9)]
    early = access("u2", "p2", HOUR, marks=own)

    assert [each.user_id for each in suspicions_in(in_order(*late, early))] == ["u2", "u1"]


def test_a_serial_search_is_about_nobody_in_particular():
    finds = [find(patient=f"f{place}", at=place * MINUTE) for place in range(6)]
    [found] = suspicions_in(finds)

    assert (found.user_id, found.patient, found.accesses) == ("u1", None, tuple(finds))
    assert [hit.rule for hit in found.hits] == [RadarRule.SERIAL_SEARCH]


def test_it_is_told_when_and_why():
    [once] = suspicions_in([marked(Mark.OWN_RECORD)])
    [twice] = suspicions_in([marked(Mark.OWN_RECORD), access(at=HOUR)])

    assert [why for _hit, why in once.told] == [
        "Monday 2 November, 09:00. It is their own record.",
        "They looked once and read nothing further.",
    ]
    assert twice.told[0][1].startswith("Monday 2 November, 09:00 to Monday 2 November, 10:00. It")
    assert [hit for hit, _why in twice.told] == list(twice.hits)
