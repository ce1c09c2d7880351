"""Entries become accesses: each decision once, with every entry of it, in the order in which they began."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.contract import Reason
from gateway.audit.accesses import Effect, accesses_of
from gateway.audit.acts import AskedAct, AuditAction, DisclosureOutcome, EmergencyEnded
from tests.audit.accessed import (
    HOUR,
    PATIENT,
    access,
    answer,
    claim,
    doubted,
    glass,
    numbered,
    refused,
    request,
    settled,
    shown,
)
from tests.store_factories import NOW, WHO, asked, disclosed


def test_both_rows_of_a_decision_are_one_access():
    found = access(request(), shown(medications=2))

    assert (found.sequences, found.at, found.user_id) == ((1, 2), NOW, "u1")
    assert (found.is_disclosed, found.shown, found.effects) == (True, {"medications": 2}, ())


def test_row_a_says_who_asked_for_what_and_by_which_rules():
    row = request(relationship="referral", agreements=("a-1", "a-2"))

    question = access(row).question

    assert question is not None
    assert (question.who, question.act, question.purpose) == (WHO, AskedAct.VIEW, "TREAT")
    assert (question.is_allowed, question.reason) == (True, "relationship")
    assert (question.policy_version, question.relationship) == (row.policy_version, "referral")
    assert question.agreements == ("a-1", "a-2")
    assert (question.reason_code, question.own_words) == (None, None)


def test_a_refusal_is_an_access_that_showed_nothing():
    found = access(refused("no-relationship"))

    assert found.question is not None
    assert (found.question.is_allowed, found.question.reason) == (False, "no-relationship")
    assert (found.is_disclosed, found.shown) == (False, {})


def test_the_plea_of_a_refused_attempt_is_kept():
    details = {"reason_code": "risk-to-life", "plea": "Found in the street"}

    question = access(refused("not-for-role", details=details)).question

    assert question is not None
    assert (question.reason_code, question.own_words) == ("risk-to-life", "Found in the street")


def test_what_several_rows_b_showed_is_added_up_and_what_showed_nothing_counts_for_nothing():
    rows = (
        shown(medications=2, allergies=1),
        shown(medications=3),
        shown(DisclosureOutcome.ABORTED, medications=9),
    )

    found = access(request(), *rows)

    assert found.shown == {"medications": 5, "allergies": 1}
    assert found.is_disclosed


@pytest.mark.parametrize("outcome", [DisclosureOutcome.NOTHING, DisclosureOutcome.ABORTED])
def test_a_request_that_ended_without_showing_anything_is_not_disclosed(outcome):
    found = access(request(), shown(outcome, medications=1))

    assert (found.is_disclosed, found.shown) == (False, {})


def test_a_row_b_without_its_row_a_is_still_an_access():
    found = access(shown(medications=2))

    assert (found.question, found.user_id, found.shown) == (None, "u1", {"medications": 2})


@pytest.mark.parametrize(
    ("event", "effect"),
    [
        (
            glass(),
            Effect(
                AuditAction.GLASS_BROKEN, "risk-to-life", "Found in the street", NOW + HOUR, None
            ),
        ),
        (
            claim(),
            Effect(
                AuditAction.RELATIONSHIP_CLAIMED,
                "other-care",
                "Seen at home today",
                NOW + 24 * HOUR,
                None,
            ),
        ),
        (
            answer("unable", "too-unwell", "Not awake yet"),
            Effect(
                AuditAction.PERMISSION_RECORDED,
                "too-unwell",
                "Not awake yet",
                NOW + HOUR,
                "unable",
            ),
        ),
        (answer("yes"), Effect(AuditAction.PERMISSION_RECORDED, None, None, NOW + HOUR, "yes")),
        (
            settled("justified"),
            Effect(AuditAction.PRIVACY_ALERT_SETTLED, None, None, None, "justified"),
        ),
        (
            doubted(Reason.FOREIGN_SUBJECT),
            Effect(AuditAction.SAFETY_EVENT_RAISED, None, None, None, None),
        ),
        (
            EmergencyEnded(NOW, "u1", PATIENT, UUID(int=1), UUID(int=7)),
            Effect(AuditAction.EMERGENCY_ENDED, None, None, None, None),
        ),
    ],
    ids=["glass", "claim", "unable", "yes", "settled", "doubt", "end"],
)
def test_what_was_done_under_a_decision_belongs_to_its_access(event, effect):
    found = access(request(), event)

    assert found.effects == (effect,)
    assert found.sequences == (1, 2)


def test_accesses_stand_in_the_order_in_which_they_began_whatever_order_they_are_given_in():
    first, second = asked(1), replace(asked(2), at=NOW + timedelta(minutes=1))
    entries = numbered(first, second, disclosed(2), disclosed(1))

    found = accesses_of(reversed(entries))

    assert [each.sequences for each in found] == [(1, 4), (2, 3)]
    assert [each.at for each in found] == [NOW, NOW + timedelta(minutes=1)]


def test_an_entry_without_a_decision_stands_alone():
    entries = [replace(each, decision_id=None) for each in numbered(request(), shown(alerts=1))]

    assert [each.sequences for each in accesses_of(entries)] == [(1,), (2,)]


def test_of_no_entries_there_is_no_access():
    assert accesses_of(()) == ()


EVENTS = st.lists(
    st.tuples(st.integers(1, 4), st.booleans()).map(
        lambda each: asked(each[0]) if each[1] else disclosed(each[0])
    )
)


@given(EVENTS)
def test_every_entry_is_in_exactly_one_access(events):
    entries = numbered(*events)

    found = accesses_of(entries)

    listed = [entry for each in found for entry in each.entries]
    assert sorted(listed, key=lambda each: each.sequence) == list(entries)
    assert len(found) == len({each.decision_id for each in entries})
