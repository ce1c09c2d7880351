"""Who wrote a fact down does not make it sensitive; who was met, or where, says what a visit was."""

import json

import pytest

from fhir_profiles.vocabulary import Label
from gateway.patient.attribution import without_attribution
from gateway.patient.group import groups_of
from gateway.patient.label import label
from rbac.types import Level
from tests.patient.factories import (
    answer,
    coded,
    item,
    joined,
    levels,
    named_by,
    patient,
    rendered,
    resource,
    worked,
)

CLINIC = "Community Mental Health Team"
BY_CLINIC = {"reference": "Organization/o", "display": CLINIC}
FACTS = [
    ("AllergyIntolerance", {"recorder": BY_CLINIC}),
    ("AllergyIntolerance", {"asserter": {"display": CLINIC}}),
    ("Condition", {"recorder": BY_CLINIC}),
    ("DiagnosticReport", {"performer": [BY_CLINIC]}),
    ("Immunization", {"performer": [{"actor": BY_CLINIC}]}),
    ("MedicationRequest", {"requester": BY_CLINIC}),
    ("MedicationStatement", {"informationSource": BY_CLINIC}),
    ("Observation", {"performer": [{"display": "Dr Who"}, BY_CLINIC]}),
    ("Procedure", {"performer": [{"actor": BY_CLINIC}]}),
]
MEETINGS = [
    ("Encounter", {"serviceProvider": BY_CLINIC}),
    ("Appointment", {"participant": [{"actor": BY_CLINIC}]}),
    ("DocumentReference", {"author": [BY_CLINIC]}),
    ("CarePlan", {"author": BY_CLINIC}),
    ("ServiceRequest", {"performer": [BY_CLINIC]}),
    ("Observation", {"focus": [{"reference": "Condition/1", "display": CLINIC}]}),
    ("Flag", {"author": BY_CLINIC}),
]
NO_MENTAL_HEALTH = levels(mental_health=Level.NONE)


def labelled_items(*contents, source="hospital"):
    items = [item(content, source) for content in contents]
    return label(items, groups_of(items))


@pytest.mark.parametrize(("kind", "members"), FACTS)
def test_who_wrote_a_fact_down_does_not_label_it(kind, members):
    [found] = labelled_items(resource(kind, **members))

    assert (found.labels, found.attributed) == (frozenset(), {Label.MENTAL_HEALTH})
    assert CLINIC.encode() not in found.unattributed.body


@pytest.mark.parametrize(("kind", "members"), MEETINGS)
def test_whom_or_what_something_was_with_does(kind, members):
    [found] = labelled_items(resource(kind, **members))

    assert (found.labels, found.unattributed) == ({Label.MENTAL_HEALTH}, None)


def test_what_a_fact_says_of_itself_labels_it_whoever_wrote_it():
    [found] = labelled_items(
        resource("Condition", code=coded("86406008"), recorder={"display": CLINIC})
    )

    assert Label.SEXUAL_HEALTH in found.labels
    assert found.attributed == {Label.MENTAL_HEALTH}


def test_the_label_of_who_wrote_it_does_not_spread_to_copies():
    named = {"identifier": [{"system": "urn:s", "value": "ABC"}]}
    items = [
        item(resource("Condition", **named, recorder=BY_CLINIC), "gp"),
        item(resource("Condition", **named), "hospital"),
    ]

    assert [each.labels for each in label(items, groups_of(items))] == [frozenset()] * 2


@pytest.mark.parametrize(
    "members",
    [
        {},
        {"recorder": {"display": "Dr Who"}},
        {"recorder": {"reference": "Practitioner/1"}},
        {"recorder": {"reference": "Practitioner/1"}, "code": {"coding": [{"display": "x"}]}},
        {"recorder": {"display": 5}},
        {"recorder": CLINIC},
    ],
)
def test_a_fact_without_a_telling_name_stays_as_it_is(members):
    assert without_attribution(worked(resource("AllergyIntolerance", **members))) is None


def test_what_is_left_of_a_reference_is_its_address_or_a_stub():
    given = resource("Observation", performer=[BY_CLINIC, {"display": CLINIC}])

    left = json.loads(without_attribution(worked(given)).body)["performer"]

    assert left[0] == {"reference": "Organization/o"}
    assert left[1]["extension"][0]["valueCode"] == "unknown"


def allergy_as_seen_by(seen, **members):
    given = resource("AllergyIntolerance", code={"text": "Penicillin"}, recorder=BY_CLINIC)
    organisation = {"resourceType": "Organization", "id": "o", "name": CLINIC}
    view = joined(answer(given, organisation), levels=seen)
    return [rendered(each) for each in view.items if each.resource_type == "AllergyIntolerance"]


def test_an_allergy_that_a_closed_service_wrote_down_is_shown_without_its_name():
    [told] = allergy_as_seen_by(NO_MENTAL_HEALTH)

    assert told["code"] == {"text": "Penicillin"}
    assert CLINIC not in json.dumps(told)


def test_who_may_see_the_service_sees_who_wrote_it():
    [told] = allergy_as_seen_by(levels())

    assert told["recorder"]["display"] == CLINIC


def test_a_service_is_as_sensitive_as_its_name():
    view = joined(
        answer(
            resource("AllergyIntolerance", recorder=named_by("Organization", "o")),
            {"resourceType": "Organization", "id": "o", "name": CLINIC},
            {"resourceType": "Organization", "id": "p", "name": "Pathology"},
            resource("Observation", performer=[named_by("Organization", "p")]),
        ),
        levels=NO_MENTAL_HEALTH,
    )

    told = [rendered(each) for each in view.items if each.resource_type == "Organization"]
    assert [each["name"] for each in told] == ["Pathology"]


@pytest.mark.parametrize(
    ("kind", "members"),
    [
        ("Encounter", {"location": [{"location": named_by("Location", "l")}]}),
        ("Appointment", {"participant": [{"actor": named_by("Location", "l")}]}),
    ],
)
def test_a_visit_is_as_sensitive_as_the_place_it_names(kind, members):
    place = {"resourceType": "Location", "id": "l", "name": CLINIC}
    elsewhere = {**place, "name": "Ward 5"}

    assert labelled_items(resource(kind, **members), place)[0].labels == {Label.MENTAL_HEALTH}
    assert labelled_items(resource(kind, **members), elsewhere)[0].labels == frozenset()
    assert labelled_items(resource("Observation", **members), place)[0].labels == frozenset()


def test_a_patients_own_practice_says_nothing_of_the_record():
    place = {"resourceType": "Organization", "id": "o", "name": CLINIC}
    found = labelled_items(patient(managingOrganization=named_by("Organization", "o")), place)

    assert found[0].labels == frozenset()
