"""Scopes leave a record as if its sources held nothing else, and never more than the policy gives."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.contract import Notice, NoticeKind
from fhir_profiles.vocabulary import Category
from gateway.access.scopes import EVERYTHING, Granted, scopes_in
from gateway.patient.banner import Whereabouts, banner_of
from rbac.types import Act, Level, Levels
from tests.patient.factories import (
    NOW,
    answer,
    coded,
    joined,
    labelled,
    levels,
    named_by,
    permit,
    resource,
    shown,
)
from tests.patient.worlds import VIEWS, told, worlds

KINDS = (
    *("Encounter", "Condition", "AllergyIntolerance", "MedicationRequest", "Observation"),
    *("Medication", "Practitioner", "List", "Patient", "Linkage", "DetectedIssue"),
)
MANY = settings(max_examples=100)
GRANTS = st.builds(
    Granted, st.frozensets(st.sampled_from(KINDS)), st.frozensets(st.sampled_from(KINDS))
)


def granted(text):
    return scopes_in(text).for_user


def under(permitted, *answers, seen=None):
    """The view of answers under a grant."""
    return joined(*answers, granted=permitted, levels=seen or levels())


def world_under(permitted, things, seen):
    sources = ("gp", "hospital", "ambulance")
    answers = [
        answer(*(each.content() for each in things if each.source == name), source=name)
        for name in sources
    ]
    return under(permitted, *answers, seen=seen)


def types_of(view):
    return {each.resource_type for each in view.items}


@MANY
@given(worlds(), VIEWS, GRANTS)
def test_a_world_that_never_held_the_other_types_looks_the_same(things, seen, permitted):
    whole = world_under(permitted, things, seen)
    without = world_under(permitted, [each for each in things if permitted.shows(each.kind)], seen)

    assert told(whole) == told(without)
    assert types_of(whole) <= permitted.read | permitted.searched


@MANY
@given(worlds(), VIEWS, GRANTS)
def test_scopes_never_show_more_than_the_policy(things, seen, permitted):
    by_policy = {each.id: each.level for each in world_under(EVERYTHING, things, seen).items}
    derived = {"Linkage", "DetectedIssue", "List"}

    for each in world_under(permitted, things, seen).items:
        assert each.resource_type in derived or each.level.rank <= by_policy[each.id].rank


@MANY
@given(worlds(), VIEWS, GRANTS, GRANTS)
def test_more_scopes_never_show_less(things, seen, some, others):
    fewer = world_under(some, things, seen)
    more = world_under(some.and_also(others), things, seen)

    sources_own = {each.id for each in fewer.items if each.source_id is not None}
    assert sources_own <= {each.id for each in more.items}
    assert {each.id for each in fewer.listed} <= {each.id for each in more.items} | {
        each.id for each in fewer.items if each.source_id is None
    }


@MANY
@given(worlds(), VIEWS)
def test_every_type_by_name_is_as_good_as_a_star(things, seen):
    named = Granted(frozenset({*KINDS, "Binary"}), frozenset(KINDS))

    assert told(world_under(named, things, seen)) == told(world_under(EVERYTHING, things, seen))


def test_an_item_with_another_inside_needs_the_scopes_of_both():
    inside = {"resourceType": "Observation", "id": "o", "status": "final", "code": coded("1")}
    report = resource(
        "DiagnosticReport", "1", contained=[inside], result=[{"reference": "#o"}], status="final"
    )

    alone = under(granted("user/DiagnosticReport.rs"), answer(report))
    both = under(granted("user/DiagnosticReport.rs user/Observation.r"), answer(report))

    assert (len(shown(alone, "DiagnosticReport")), len(shown(both, "DiagnosticReport"))) == (0, 1)
    assert alone.withheld == {"out-of-scope": 2}


def test_a_product_inside_an_item_is_part_of_it():
    inside = {"resourceType": "Medication", "id": "m", "code": coded("1")}
    order = resource(
        "MedicationRequest", "1", contained=[inside], medicationReference={"reference": "#m"}
    )

    view = under(granted("user/MedicationRequest.rs"), answer(order))

    [one] = shown(view, "MedicationRequest")
    assert one["contained"] == [inside]


def test_what_may_be_read_only_is_referred_to_but_neither_listed_nor_counted():
    condition = resource("Condition", "1", encounter=named_by("Encounter", "2"))
    stay = resource("Encounter", "2", status="finished")

    view = under(granted("user/Condition.rs user/Encounter.r"), answer(condition, stay))

    [one] = shown(view, "Condition")
    [encounter] = [each for each in view.items if each.resource_type == "Encounter"]
    assert one["encounter"] == {"reference": f"Encounter/{encounter.id}"}
    assert [each.resource_type for each in view.listed] == ["Condition"]
    assert {line.source_id: line.shown for line in view.receipt.lines}["hospital"] == 1


def test_a_reference_to_what_is_out_of_scope_is_as_one_to_nothing():
    condition = resource("Condition", "1", encounter=named_by("Encounter", "2"))
    stay = resource("Encounter", "2", status="finished")

    hidden = under(granted("user/Condition.rs"), answer(condition, stay))
    absent = under(granted("user/Condition.rs"), answer(condition))

    assert told(hidden) == told(absent)
    assert "reference" not in shown(hidden, "Condition")[0]["encounter"]


def test_a_copy_that_may_not_be_searched_for_is_tied_to_nothing():
    def copy(source, kind="Condition"):
        shared = [{"system": "urn:s", "value": "A"}]
        return answer(resource(kind, "1", identifier=shared, code=coded("1")), source=source)

    both = (copy("gp"), copy("hospital"))
    tied = under(granted("user/Condition.rs user/Linkage.rs"), *both)
    read = under(granted("user/Condition.r user/Linkage.rs"), *both)
    untold = under(granted("user/Condition.rs"), *both)

    assert "Linkage" in types_of(tied)
    assert "Linkage" not in types_of(read) | types_of(untold)


@pytest.mark.parametrize(
    ("scope", "is_told"), [("user/MedicationRequest.rs", True), ("user/Condition.rs", False)]
)
def test_what_a_source_says_of_a_kind_is_told_to_those_who_may_see_the_kind(scope, is_told):
    notice = Notice(NoticeKind.AREA_SWITCHED_OFF, Category.MEDICATIONS)

    view = under(granted(scope), answer(source="gp", notices=(notice,)))

    [line] = [each for each in view.receipt.lines if each.source_id == "gp"]
    assert (line.notices == (notice,)) is is_told


@pytest.mark.parametrize(
    ("scope", "whereabouts"),
    [
        ("user/Patient.rs", Whereabouts.TOLD),
        ("user/RelatedPerson.rs", Whereabouts.NOT_FOR_ROLE),
        ("user/Condition.rs", Whereabouts.NOT_FOR_ROLE),
    ],
)
def test_the_person_is_told_of_to_those_who_may_see_people(scope, whereabouts):
    permitted = granted(scope)

    assert banner_of(permit(granted=permitted), NOW).whereabouts is whereabouts
    assert ("Patient" in types_of(under(permitted))) is (whereabouts is Whereabouts.TOLD)


@pytest.mark.parametrize(
    ("scope", "opens"),
    [
        ("user/*.rs", True),
        ("user/DocumentReference.rs user/Binary.r", True),
        ("user/DocumentReference.rs user/Binary.s", False),
        ("user/DocumentReference.rs", False),
    ],
)
def test_a_document_is_opened_with_a_scope_for_documents_content(scope, opens):
    letter = {"attachment": {"contentType": "text/plain", "data": "aGVsbG8="}}
    reference = resource("DocumentReference", "1", status="current", content=[letter])
    may_open = Levels(levels().view, frozenset({(Act.OPEN_DOCUMENT, Category.DOCUMENTS)}))

    view = under(granted(scope), answer(reference), seen=may_open)

    [one] = shown(view, "DocumentReference")
    assert (one["content"][0]["attachment"].get("data") == "aGVsbG8=") is opens


def test_a_document_that_the_policy_closes_is_not_opened_by_fewer_scopes():
    letter = {"attachment": {"contentType": "text/plain", "data": "aGVsbG8="}}
    about = {"related": [named_by("Observation", "2")]}
    reference = resource("DocumentReference", "1", content=[letter], context=about)
    hidden = resource("Observation", "2", status="final", code=coded("1"))
    may_open = frozenset({(Act.OPEN_DOCUMENT, Category.DOCUMENTS)})
    seen = Levels(levels(results=Level.NONE).view, may_open)
    fewer = granted("user/DocumentReference.rs user/Binary.rs")

    views = [under(each, answer(reference, hidden), seen=seen) for each in (fewer, EVERYTHING)]

    for view in views:
        [one] = shown(view, "DocumentReference")
        assert "data" not in one["content"][0]["attachment"]


def test_levels_stay_what_they_are_within_the_scopes():
    view = under(
        granted("user/Condition.rs user/Encounter.rs"),
        answer(resource("Condition"), resource("Encounter", status="finished")),
        seen=levels(problems=Level.NONE),
    )

    assert types_of(view) == {"Encounter"}


@pytest.mark.parametrize("source", ["hospital", "gp"])
def test_sc_what_was_retracted_stays_so_where_the_retraction_is_out_of_scope(source):
    number = {"identifier": [{"system": "urn:s", "value": "ABC"}]}
    inside = resource("Condition", "c", subject=None, code=coded("1"))
    retraction = resource(
        *("MedicationRequest", "m1"),
        **{"status": "entered-in-error", "contained": [inside], **number},
        reasonReference=[{"reference": "#c"}],
    )
    stale = resource("MedicationRequest", "m9", status="active", **number)
    answers = (answer(retraction, source="ambulance"), answer(stale, source=source))

    whole, narrower = joined(*answers), under(granted("user/MedicationRequest.rs"), *answers)

    [one] = shown(whole, "MedicationRequest")
    assert one["status"] == "entered-in-error"
    assert shown(narrower, "MedicationRequest") == []


def test_an_own_item_is_shown_no_further_where_its_like_is_out_of_scope():
    number = {"identifier": [{"system": "urn:s", "value": "ABC"}], "status": "active"}
    inside = resource("Condition", "c", subject=None, code=coded("1"))
    safeguarding = {"security": labelled("safeguarding")["security"]}
    own = resource("MedicationRequest", "m1", **number)
    other = resource("MedicationRequest", "m2", **number, meta=safeguarding, contained=[inside])
    answers = answer(own, source="hospital"), answer(other, source="gp")
    as_seen = {"seen": levels(safeguarding=Level.MASK)}

    whole = under(EVERYTHING, *answers, **as_seen)
    narrower = under(granted("user/MedicationRequest.rs"), *answers, **as_seen)

    level = {each.id: each.level for each in whole.items}
    assert [each.level is level[each.id] for each in narrower.items] == [True]
