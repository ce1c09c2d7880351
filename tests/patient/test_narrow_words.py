"""What stands in an item's place, or is left of it, is what this reader may be told; what was retracted takes nothing else along."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fhir_profiles.vocabulary import Label
from gateway.patient.group import groups_of
from gateway.patient.items import LabelledItem
from gateway.patient.label import label
from gateway.patient.narrow import narrow
from rbac.types import Level
from tests.patient.factories import coded, item, labelled, resource, worked
from tests.patient.test_narrow import about, narrowed, terms


def test_a_stub_says_that_a_medicine_is_restricted_or_an_item():
    [medicine] = narrowed(about(resource("MedicationRequest")), medications=Level.MASK).kept
    [problem] = narrowed(about(resource("Condition")), problems=Level.MASK).kept

    assert b"Restricted medicine: contact the source" in medicine.worked.body
    assert b"Restricted item: contact the source" in problem.worked.body


def test_a_label_that_leaves_a_summary_of_everything_leaves_our_words_and_no_code():
    whole_item = about(resource("Condition", code=coded("1")), "mental-health")
    says = b"Mental-health information exists: contact the service"

    [in_words] = narrowed(whole_item, mental_health=Level.SUMMARY).kept
    [by_category] = narrowed(whole_item, problems=Level.SUMMARY).kept
    [masked] = narrowed(whole_item, mental_health=Level.MASK).kept

    assert in_words.level is masked.level is Level.MASK
    assert says in in_words.worked.body
    assert says not in masked.worked.body
    assert b"Restricted item" in masked.worked.body
    assert by_category.level is Level.SUMMARY
    assert b"coding" in by_category.worked.body


def test_a_role_with_a_summary_of_its_own_has_that_one():
    whole_item = about(resource("Encounter", type=[coded("1")], period={"start": "2026-02-01"}))

    [of_desk] = narrowed(whole_item, encounters=Level.SUMMARY, role="practice_admin").kept
    [of_gp] = narrowed(whole_item, encounters=Level.SUMMARY).kept

    assert b"period" in of_desk.worked.body
    assert b'"type"' not in of_desk.worked.body
    assert b'"type"' in of_gp.worked.body


@pytest.mark.parametrize("of_label", [Level.NONE, Level.MASK, Level.SUMMARY])
def test_who_wrote_an_item_down_is_left_out_where_that_is_not_for_this_reader(of_label):
    whole, nameless = item(resource("Condition", note=["by"])), worked(resource("Condition"))
    wrote = frozenset({Label.MENTAL_HEALTH})
    whole_item = LabelledItem(whole, frozenset(), 0, wrote, nameless)

    [left_out] = narrowed(whole_item, mental_health=of_label).kept
    [told] = narrowed(whole_item).kept

    assert (left_out.worked, left_out.level) == (nameless, Level.ALL)
    assert (told.worked, told.level) == (whole.worked, Level.ALL)


def test_what_cannot_be_shown_without_whereabouts_is_withheld():
    found = narrowed(about(resource("EpisodeOfCare")), hides_whereabouts=True)

    assert (found.kept, found.withheld) == ((), {"encounters": 1})


SOURCES, LEVELS = (
    ("gp", "hospital", "ambulance"),
    (Level.ALL, Level.SUMMARY, Level.MASK, Level.NONE),
)
NUMBER = {"identifier": [{"system": "urn:s", "value": "ABC"}]}
EMERGENCY = {"class": {"code": "EMER"}}
RETRACTED = ("entered-in-error", "cancelled")


def meta(*words):
    return {"security": [code for word in words for code in labelled(word)["security"]]}


def visit(source, local_id, *words, status="finished", is_own=False, identifier=NUMBER):
    """Give a visit; two of one source under one number may be one thing or two, so each is in doubt of the other."""
    said = {"meta": meta(*words), "status": status, "type": [coded(local_id)]}
    content = resource("Encounter", local_id, **said, **EMERGENCY)
    return item({**content, **identifier}, source, is_own)


def labelled_items(items):
    return label(items, groups_of(items))


def told(*items, **by_word):
    found = narrow(labelled_items(items), terms(**by_word))
    assert sum(found.withheld.values()) == len(items) - len(found.kept)
    return {each.item.worked.local_name: each.level.value for each in found.kept}


@pytest.mark.parametrize("level", [Level.SUMMARY, Level.MASK, Level.NONE])
@pytest.mark.parametrize("status", RETRACTED)
def test_il_02_what_was_retracted_labels_nothing_that_may_be_another(status, level):
    retraction = visit("gp", "e2", "safeguarding", status=status)
    items = [visit("gp", "e1"), retraction, visit("hospital", "e3")]

    shown = told(*items, safeguarding=level)

    assert shown == {"Encounter/e1": "all", "Encounter/e3": "all"}
    assert shown == told(items[0], items[2], safeguarding=level)


def test_what_has_the_label_of_a_hidden_retraction_itself_is_as_restricted_as_that():
    retraction = visit("gp", "e2", "safeguarding", status="cancelled")
    by_its_own = visit("gp", "e1", "safeguarding")

    assert told(by_its_own, retraction, safeguarding=Level.MASK) == {"Encounter/e1": "mask"}


def test_what_a_retraction_may_be_is_shown_beside_one_that_is_told_of():
    retraction = visit("gp", "e2", "safeguarding", status="cancelled")

    assert told(visit("gp", "e1"), retraction) == {"Encounter/e1": "all", "Encounter/e2": "all"}


def test_what_is_in_doubt_of_what_stands_is_as_restricted_as_that():
    both = (visit("gp", "e1"), visit("gp", "e2", "safeguarding"))

    assert told(*both, safeguarding=Level.MASK) == {"Encounter/e1": "mask", "Encounter/e2": "mask"}


@pytest.mark.parametrize("status", RETRACTED)
@pytest.mark.parametrize("level", [Level.SUMMARY, Level.MASK, Level.NONE])
def test_il_02_a_retraction_does_not_show_the_label_of_its_stale_copy(status, level):
    retraction = visit("hospital", "z", status=status)
    stale, doubted = visit("gp", "s", "mental-health"), visit("hospital", "x", identifier={})

    assert told(retraction, stale, doubted, mental_health=level) == {"Encounter/x": "all"}


def test_a_retraction_is_shown_where_its_stale_copys_label_takes_nothing_from_it():
    both = visit("hospital", "z", status="cancelled"), visit("gp", "s", "mental-health")

    assert told(*both) == {"Encounter/z": "all"}
    assert told(*both, encounters=Level.SUMMARY) == {"Encounter/z": "summary"}


def test_a_retraction_is_as_restricted_as_its_own_label():
    retraction = visit("hospital", "z", "mental-health", status="cancelled")
    summary = {"mental_health": Level.SUMMARY, "encounters": Level.SUMMARY}

    assert told(retraction, visit("gp", "s"), **summary) == told(retraction, **summary)


def test_own_items_are_shown_by_their_own_labels_beside_anothers_hidden_retractions():
    retractions = [visit("gp", name, "safeguarding", status="cancelled") for name in ("e2", "e3")]
    own, others = visit("hospital", "e1", is_own=True), visit("ambulance", "e4")

    shown = told(own, others, *retractions, safeguarding=Level.MASK)

    assert shown == {"Encounter/e1": "all", "Encounter/e4": "all"}


def test_an_allergy_stays_known_beside_one_that_was_entered_in_error_under_its_number():
    stands = {"clinicalStatus": coded("active", None), "code": coded("91936005")}
    allergy = resource("AllergyIntolerance", "a1", **stands, **NUMBER)
    wrong = {"verificationStatus": coded("entered-in-error", None), "meta": meta("safeguarding")}
    error = resource("AllergyIntolerance", "a2", **wrong, **NUMBER)

    assert told(item(allergy), item(error), safeguarding=Level.MASK) == {
        "AllergyIntolerance/a1": "all"
    }


@pytest.mark.parametrize("status", RETRACTED)
def test_an_allergy_stays_known_where_a_retraction_alone_ties_it_to_one_that_is_sensitive(status):
    one, two = ({"identifier": [{"system": "urn:s", "value": value}]} for value in ("ABC", "DEF"))
    both = {"identifier": [*one["identifier"], *two["identifier"]]}
    visits = [
        visit("gp", "x", identifier=one),
        visit("gp", "h", status=status, identifier=both),
        visit("gp", "y", "safeguarding", identifier=two),
    ]

    assert told(*visits, safeguarding=Level.NONE) == {"Encounter/x": "all"}


def numbered(*values):
    return {"identifier": [{"system": "urn:s", "value": each} for each in values]}


def assessment(source, *words, is_own=False):
    return item(resource("RiskAssessment", "r", meta=meta(*words), **NUMBER), source, is_own)


def test_il_02_no_summary_that_a_hidden_label_alone_has_stands_for_an_own_item():
    copy = assessment("gp", "sexual-health", "mental-health")
    own = assessment("hospital", is_own=True)
    levels = {
        "problems": Level.SUMMARY,
        "mental_health": Level.SUMMARY,
        "sexual_health": Level.NONE,
    }

    assert told(assessment("gp", "mental-health"), own, **levels) == {"RiskAssessment/r": "summary"}
    assert told(copy, own, **levels) == told(own, **levels) == {}


def test_a_retraction_bears_the_labels_of_all_that_it_may_be():
    retraction = visit("gp", "r", status="cancelled", identifier=numbered("ABC", "DEF"))
    sensitive = visit("gp", "y", "safeguarding", identifier=numbered("ABC"))
    other = visit("gp", "z", identifier=numbered("DEF"))

    shown = told(retraction, sensitive, other, safeguarding=Level.NONE)

    assert shown == {"Encounter/z": "all"}


NUMBERS = st.lists(st.sampled_from(["ABC", "DEF"]), max_size=2, unique=True)
VISITS = st.lists(
    st.tuples(
        st.sampled_from(SOURCES),
        st.sampled_from(["finished", "finished", *RETRACTED]),
        st.sampled_from([None, "mental-health", "safeguarding", "sexual-health"]),
        NUMBERS,
    ),
    max_size=6,
)


def ties_by_hand(drawn, groups):
    """Give, for each visit that stands, those that stand and are of its group or tied to it, through whatever others that do."""
    stale = {
        group for (_s, status, *_), group in zip(drawn, groups, strict=True) if status in RETRACTED
    }
    standing = [place for place, group in enumerate(groups) if group not in stale]
    ties = {place: {place} for place in standing}
    for _ in standing:
        for one in standing:
            for other in standing:
                if groups[one] == groups[other] or set(drawn[one][3]) & set(drawn[other][3]):
                    ties[one] |= ties[other]
    return ties


def told_by_hand(drawn, ties, own, levels):
    """Say at which level each visit that stands is told of, or None, by the words of what it is tied to.

    A reader's own is read by its own organisation's words where it may be told of and none of the others is.
    """

    def alone(place, tied):
        words = {drawn[each][2] for each in tied} - {None}
        is_own = drawn[place][0] == own
        return told(visit("gp", "alone", *sorted(words), is_own=is_own), **levels).get(
            "Encounter/alone"
        )

    found = {place: alone(place, tied) for place, tied in ties.items()}
    return {
        place: alone(place, {each for each in tied if drawn[each][0] == own})
        if drawn[place][0] == own
        and found[place]
        and not any(found[each] for each in tied if drawn[each][0] != own)
        else found[place]
        for place, tied in ties.items()
    }


@settings(max_examples=500)
@given(VISITS, st.sampled_from([None, *SOURCES]), *(st.sampled_from(LEVELS),) * 4)
def test_whatever_stands_is_shown_as_its_own_words_and_those_of_what_stands_allow(
    drawn, own, base, mental_health, safeguarding, sexual_health
):
    items = [
        visit(
            *(source, f"e{place}", *([word] if word else [])),
            status=status,
            is_own=source == own,
            identifier=numbered(*numbers),
        )
        for place, (source, status, word, numbers) in enumerate(drawn)
    ]
    levels = {
        "encounters": base,
        "mental_health": mental_health,
        "safeguarding": safeguarding,
        "sexual_health": sexual_health,
    }

    shown = told(*items, **levels)

    by_hand = told_by_hand(drawn, ties_by_hand(drawn, groups_of(items)), own, levels)
    assert {place: shown.get(f"Encounter/e{place}") for place in by_hand} == by_hand
