from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fhir_profiles.vocabulary import HARD_BARRED, Category, Label
from gateway.access.agreements import coverage_of
from gateway.patient.directory import SAFETY_CATEGORIES
from gateway.patient.items import LabelledItem
from gateway.patient.narrow import Terms, level_of, narrow
from gateway.store.words import DataItem
from rbac.types import Level
from tests.patient.factories import (
    DIRECTORY,
    EVERYTHING_AGREED,
    NOW,
    coded,
    item,
    levels,
    named_by,
    patient,
    resource,
)

EVERY = frozenset(Category)
OPEN = {source.source_id: EVERY for source in DIRECTORY.sources}
OLD = resource("Observation", effectiveDateTime="2019-01-01")


def terms(hides_whereabouts=False, released=OPEN, base=Level.ALL, role="gp", **by_word):
    shared = dict.fromkeys(OPEN, EVERYTHING_AGREED)
    return Terms(levels(base, **by_word), hides_whereabouts, released, NOW, role, shared)


def about(content, *labels, group=0, source="hospital"):
    return LabelledItem(item(content, source), frozenset(map(Label, labels)), group)


def narrowed(*items, **of_terms):
    return narrow(items, terms(**of_terms))


def kept(*items, **of_terms):
    found = narrowed(*items, **of_terms)
    return [(each.item.worked.local_name, each.level.value) for each in found.kept]


@pytest.mark.parametrize("level", [Level.ALL, Level.SUMMARY, Level.MASK])
def test_an_item_is_shown_at_the_level_of_its_category(level):
    assert kept(about(resource("Encounter")), encounters=level) == [("Encounter/1", level.value)]


def test_an_item_at_no_level_is_withheld_and_counted_for_audit():
    found = narrowed(about(resource("Encounter")), encounters=Level.NONE)

    assert (found.kept, found.withheld) == ((), {"encounters": 1})


@pytest.mark.parametrize(
    "untold",
    [
        resource("MedicationRequest", status="stopped", authoredOn="2019-01-01"),
        resource("MedicationRequest", status="entered-in-error", authoredOn="2026-02-01"),
        resource("MedicationRequest", status="cancelled", authoredOn="2026-02-01"),
        resource("Condition", clinicalStatus=coded("resolved", None)),
        resource("RiskAssessment"),
    ],
)
def test_a_mask_tells_of_nothing_that_a_summary_leaves_out_or_that_was_retracted(untold):
    found = narrowed(about(untold, "sexual-health"), sexual_health=Level.MASK)

    assert (found.kept, list(found.withheld.values())) == ((), [1])


def test_a_retraction_and_its_stale_copies_leave_no_stub_behind():
    retraction = about(resource("MedicationRequest", "1", status="entered-in-error"))
    stale = about(resource("MedicationRequest", "2", status="active"), source="gp")

    assert kept(stale, retraction, medications=Level.MASK) == []


@pytest.mark.parametrize("status", ["active", "unknown", None])
def test_a_medicine_that_may_still_be_taken_is_told_of(status):
    undated = about(resource("MedicationRequest", status=status))

    assert kept(undated, medications=Level.MASK) == [("MedicationRequest/1", "mask")]


def test_an_item_shown_whole_is_the_sources_own():
    given = about(resource("Encounter", reasonCode=[{"text": "why"}]))

    [shown] = narrowed(given).kept
    [summary] = narrowed(given, encounters=Level.SUMMARY).kept
    [stub] = narrowed(given, encounters=Level.MASK).kept

    assert shown.worked is given.item.worked
    assert b"why" not in summary.worked.body
    assert b"Restricted" in stub.worked.body


def test_an_item_that_no_summary_holds_is_withheld():
    assert narrowed(about(OLD), results=Level.SUMMARY).withheld == {"results": 1}
    assert kept(about(OLD)) == [("Observation/1", "all")]


@pytest.mark.parametrize("label", sorted(set(Label) - HARD_BARRED - {Label.OWN, Label.NORMAL}))
def test_a_label_lowers_the_level_to_its_own(label):
    word = label.value.replace("-", "_")

    assert kept(about(resource("Encounter"), label), **{word: Level.MASK})[0][1] == "mask"
    assert kept(about(resource("Encounter")), **{word: Level.MASK})[0][1] == "all"


@pytest.mark.parametrize("label", sorted(HARD_BARRED))
def test_a_hard_bar_holds_whatever_the_policy_says(label):
    given = about(resource("Encounter"), label, "own")
    everything = terms()
    for category in Category:
        everything.levels.view[category, label] = Level.ALL

    assert level_of(given, Category.ENCOUNTERS, everything) is Level.NONE


@pytest.mark.parametrize("category", sorted(Category))
@pytest.mark.parametrize(
    "released",
    [
        {"hospital": EVERY},
        {"hospital": SAFETY_CATEGORIES},
        {"hospital": frozenset()},
        {"gp": EVERY},
    ],
)
def test_a_source_contributes_what_is_released_of_it_alone(category, released):
    found = level_of(about(resource("Flag")), category, terms(released=released))

    is_shown = category in released.get("hospital", ())
    assert found is (Level.ALL if is_shown else Level.NONE)


def test_what_is_not_released_is_not_shown_within_something_that_is():
    inside = {"resourceType": "Condition", "id": "in", "subject": {"reference": "#p"}}
    given = about(resource("MedicationStatement", contained=[inside]))
    at_safety = terms(released={"hospital": SAFETY_CATEGORIES})

    assert level_of(given, Category.MEDICATIONS, at_safety) is Level.NONE
    assert level_of(given, Category.MEDICATIONS, terms()) is Level.ALL


def test_an_item_is_shown_no_further_than_what_it_contains():
    inside = {"resourceType": "Condition", "id": "in", "subject": {"reference": "#p"}}
    given = about(resource("Encounter", contained=[inside]))

    assert level_of(given, Category.ENCOUNTERS, terms(problems=Level.MASK)) is Level.MASK
    assert level_of(given, Category.ENCOUNTERS, terms(encounters=Level.NONE)) is Level.NONE


@pytest.mark.parametrize("status", ["entered-in-error", "cancelled"])
def test_a_retraction_removes_the_stale_copies_of_its_group(status):
    retraction = about(resource("Encounter", "1", status=status))
    stale = about(resource("Encounter", "2", status="finished"), source="gp")
    another = about(resource("Encounter", "3", status="finished"), group=1)

    found = narrowed(stale, retraction, another)

    assert [each.item for each in found.kept] == [retraction.item, another.item]
    assert found.withheld == {"retracted": 1}


def test_a_retraction_that_the_reader_may_not_see_removes_the_stale_copy_all_the_same():
    hidden = about(resource("Encounter", status="entered-in-error"), "sealed")
    stale = about(resource("Encounter", "2"), source="gp")

    assert narrowed(stale, hidden).withheld == {"retracted": 1, "encounters": 1}


def test_whereabouts_of_a_restricted_person_are_taken_out_of_everything():
    given = [
        about(patient(address=[{"line": ["1 High Street"]}])),
        about(resource("Encounter", serviceProvider=named_by("Organization"))),
        about({"resourceType": "Organization", "id": "x", "name": "The Clinic"}),
    ]

    found = narrowed(*given, hides_whereabouts=True)

    assert [each.worked.type for each in found.kept] == ["Patient", "Encounter"]
    assert not any(
        word in each.worked.body
        for each in found.kept
        for word in (b"High Street", b"Organization")
    )
    assert len(narrowed(*given).kept) == 3


def test_whereabouts_are_taken_out_of_a_summary_too():
    given = about(resource("Encounter", serviceProvider=named_by("Organization")))

    [found] = narrowed(given, hides_whereabouts=True, encounters=Level.SUMMARY).kept

    assert b"serviceProvider" not in found.worked.body


RANKED = [Level.NONE, Level.MASK, Level.SUMMARY, Level.ALL]
DRAWN = st.lists(
    st.tuples(
        st.sampled_from(
            ["Encounter", "AllergyIntolerance", "MedicationRequest", "RiskAssessment", "Condition"]
        ),
        st.sets(
            st.sampled_from(["sexual-health", "mental-health", "safeguarding", "own", "sealed"])
        ),
        st.sampled_from(["active", "stopped", "entered-in-error", None]),
        st.sampled_from(["2019-01-01", "2026-02-01", None]),
        st.integers(0, 2),
    ),
    max_size=6,
)
LOWERING = ["sexual_health", "mental_health", "safeguarding"]
PAIRS = st.sampled_from(
    [(lower, higher) for lower in RANKED for higher in RANKED if lower.rank <= higher.rank]
)


def drawn_items(drawn):
    return [
        about(resource(kind, str(place), status=status, authoredOn=date), *labels, group=group)
        for place, (kind, labels, status, date, group) in enumerate(drawn)
    ]


@settings(max_examples=200)
@given(DRAWN, PAIRS, PAIRS, st.sampled_from(["gp", "practice_admin"]))
def test_a_higher_level_never_shows_less(drawn, bases, of_labels, role):
    items = drawn_items(drawn)

    lower, higher = (
        narrowed(*items, role=role, base=base, **dict.fromkeys(LOWERING, of_label)).kept
        for base, of_label in zip(bases, of_labels, strict=True)
    )

    at_higher = {id(each.item): each for each in higher}
    assert all(at_higher[id(each.item)].level.rank >= each.level.rank for each in lower)


@settings(max_examples=80)
@given(DRAWN, st.sampled_from(RANKED))
def test_every_item_is_shown_or_counted_and_order_is_kept(drawn, base):
    items = drawn_items(drawn)

    found = narrowed(*items, base=base)

    assert len(found.kept) + sum(found.withheld.values()) == len(items)
    places = [[each.item for each in items].index(shown.item) for shown in found.kept]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("items", "category", "label", "is_shown"),
    [
        ({DataItem.HEALTH_RECORDS}, Category.RESULTS, None, True),
        ({DataItem.HEALTH_RECORDS}, Category.SOCIAL_CARE, None, False),
        ({DataItem.HEALTH_RECORDS}, Category.RESULTS, "sexual-health", False),
        ({DataItem.HEALTH_RECORDS, DataItem.SEX_LIFE}, Category.RESULTS, "sexual-health", True),
        (set(), Category.RESULTS, None, False),
    ],
)
def test_what_agreements_do_not_cover_is_shown_at_no_level(items, category, label, is_shown):
    agreed = replace(terms(), shared={"hospital": coverage_of(items)})
    labels = frozenset() if label is None else frozenset({Label(label)})

    found = level_of(about(resource("Flag")), category, agreed, labels)

    assert (found is Level.ALL) is is_shown
    assert level_of(about(resource("Flag")), category, replace(agreed, shared={})) is Level.NONE
