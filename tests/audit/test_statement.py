"""What the patient's statement says of each access, in words, and what it never says."""

from dataclasses import replace

import pytest

from adapters.contract import Reason
from gateway.audit import statement_words as words
from gateway.audit.acts import AskedAct, AuditAction, DisclosureOutcome
from gateway.audit.statement import line_of
from rbac.types import Purpose
from tests.audit.accessed import (
    answer,
    claim,
    doubted,
    glass,
    line,
    refused,
    request,
    seen_by,
    settled,
    shown,
)
from tests.store_factories import disclosed


def test_an_access_says_who_when_what_why_how_much_and_by_which_rules():
    row = request(relationship="referral", agreements=("a-1", "a-2"))

    told = line(row, shown(medications=2, demographics=4))

    assert told.when == "2 March 2026 at 09:30"
    assert told.who == "Dr Example, a GP, at Vine Surgery."
    assert told.what == "They looked at your record."
    assert told.why == "The reason was to give you care. You had been referred to this service."
    assert told.saw == "They saw your name and details and 2 medicines."
    assert told.rule == "Access rules, version vvvvvvvvvvvv. Sharing agreement: a-1, a-2."


def test_each_part_stands_under_its_heading():
    told = line(request(), shown(alerts=1))

    assert told.parts == (
        ("Who", told.who),
        ("What they did", told.what),
        ("Why", told.why),
        ("What they saw", told.saw),
        ("Rules", told.rule),
    )


def test_rules_without_an_agreement_name_none():
    assert line(request()).rule == "Access rules, version vvvvvvvvvvvv."


def test_what_was_refused_was_asked_for_and_showed_nothing():
    told = line(refused("no-relationship"))

    assert told.what == "They asked to look at your record."
    assert told.saw == "Nothing. We said no. We found no link between you and them."


@pytest.mark.parametrize("outcome", [DisclosureOutcome.NOTHING, DisclosureOutcome.ABORTED])
def test_what_was_allowed_and_not_shown_was_asked_for(outcome):
    told = line(request(), shown(outcome))

    assert (told.what, told.saw) == ("They asked to look at your record.", "Nothing.")


def test_a_request_that_was_cut_off_before_its_row_b_showed_nothing():
    told = line(request())

    assert (told.what, told.saw) == ("They asked to look at your record.", "Nothing.")


def test_a_row_b_alone_names_the_member_of_staff_by_their_number():
    told = line(shown(alerts=1))

    assert told.who == "Staff member u1."
    assert (told.what, told.saw) == ("They did something else about you.", "They saw 1 alert.")
    assert [heading for heading, _said in told.parts] == ["Who", "What they did", "What they saw"]


def test_words_without_a_table_are_shown_as_they_are_kept():
    told = line(
        replace(
            seen_by("new_role", "X1"), purpose="NEW", relationship="cousin", reason="new-refusal"
        )
    )
    refusal = line(refused("new-refusal", details={"reason_code": "new-code"}))

    assert told.who == "Amara Nwosu, new_role, at X1."
    assert told.why == "The reason was NEW. The link to you was cousin."
    assert refusal.saw == "Nothing. We said no. The reason was new-refusal."
    assert refusal.why == "The reason was to give you care. They said that new-code."


def test_an_emergency_says_what_was_claimed_in_whose_words_and_until_when():
    told = line(request(AskedAct.BREAK_GLASS, purpose=Purpose.ETREAT), glass())

    assert told.what == (
        "They told us of an emergency, so that they could see your record. "
        "This let them in until 2 March 2026 at 10:30 at the latest."
    )
    assert told.why == (
        "The reason was an emergency. They said that your life was at risk. "
        "In their own words: “Found in the street”"
    )
    assert told.saw == "Nothing."


def test_an_emergency_that_was_refused_says_what_was_claimed():
    details = {"reason_code": "other-emergency", "plea": "Wants to know who it is"}
    told = line(refused("not-for-role", act=AskedAct.BREAK_GLASS, details=details))

    assert told.what == "They asked to see your record in an emergency."
    assert told.why.endswith(
        "They said that there was some other emergency. "
        "In their own words: “Wants to know who it is”"
    )
    assert told.saw == "Nothing. We said no. Their role may not do this."


def test_a_claim_says_for_how_long_and_why():
    told = line(request(AskedAct.CLAIM), claim())

    assert told.what == (
        "They told us that they cared for you. "
        "This let them in until 3 March 2026 at 09:30 at the latest."
    )
    assert told.why == (
        "The reason was to give you care. They said that they cared for you in some other way. "
        "In their own words: “Seen at home today”"
    )


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("yes", "The answer was yes."),
        ("no", "The answer was no."),
        ("unable", "They noted that you could not be asked."),
        ("perhaps", "The answer was perhaps."),
    ],
)
def test_an_answer_that_was_noted_is_told(given, said):
    told = line(request(AskedAct.PERMISSION), answer(given))

    assert told.what == f"They noted what you said when they asked to see your record. {said}"
    assert told.why == "The reason was to give you care."


def test_why_somebody_could_not_be_asked_is_told():
    told = line(request(AskedAct.PERMISSION), answer("unable", "too-unwell", "Not awake yet"))

    assert told.why.endswith(
        "They said that you were too unwell to answer. In their own words: “Not awake yet”"
    )


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        ("justified", "They found that what was done was right."),
        ("not-justified", "They found that what was done was not right."),
        ("escalated", "They passed it on to be looked at further."),
        ("unheard-of", "They found: unheard-of."),
    ],
)
def test_what_an_officer_found_is_told(outcome, said):
    told = line(request(AskedAct.SETTLE, purpose=Purpose.HSYSADMIN), settled(outcome))

    assert told.what == f"They closed a check on your record. {said}"
    assert told.why == "The reason was to check how records are used."


def test_a_suspect_answer_is_told_and_is_nobodys_act():
    told = line(request(), doubted(Reason.FOREIGN_SUBJECT))

    assert told.what == (
        "They asked to look at your record. We left out what one system sent, as it may be about "
        "someone else. Staff will check it."
    )


def test_an_effect_without_words_is_told_by_its_kind():
    told = line(request(), doubted(Reason.FOREIGN_SUBJECT))
    [effect] = told.access.effects
    strange = replace(told.access, effects=(replace(effect, action=AuditAction.SIGNED_OUT),))

    assert line_of(strange, {}).what.endswith("An entry of the kind signed-out was made.")


@pytest.mark.parametrize(
    ("relationship", "purpose", "said"),
    [
        (None, Purpose.TREAT, ""),
        ("self_claimed", Purpose.TREAT, " They had told us that they cared for you."),
        ("self_claimed", Purpose.ETREAT, " We had no link between you and them on record."),
        ("self_claimed", Purpose.BTG, " We had no link between you and them on record."),
        ("referral", Purpose.ETREAT, " You had been referred to this service."),
        (
            "caseload-by-team",
            Purpose.TREAT,
            " You were on the list of people that this service cares for. "
            "They were in the team that this was about.",
        ),
    ],
)
def test_the_link_to_the_person_is_told(relationship, purpose, said):
    told = line(request(relationship=relationship, purpose=purpose))

    assert told.why == f"The reason was {words.PURPOSES[purpose]}.{said}"


def test_a_purpose_that_is_none_is_told():
    assert line(request(purpose=None)).why == "The reason was none that we accept."


def test_a_row_b_whose_counts_are_nothing_showed_nothing():
    assert line(request(), shown(privacy_alerts=0)).saw == "Nothing."


def test_what_was_kept_from_a_reader_changes_no_word():
    plain = replace(disclosed(1), withheld={})
    keeping = replace(disclosed(1), withheld={"problems": 4, "retracted": 1, "out-of-scope": 2})

    assert line(request(), keeping).parts == line(request(), plain).parts
