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


INNER = {"resourceType": "Organization", "id": "o", "name": CLINIC}


@pytest.mark.parametrize(
    "inner",
    [
        INNER,
        {"resourceType": "Location", "id": "o", "name": CLINIC},
        {"resourceType": "HealthcareService", "id": "o", "name": CLINIC},
        {"resourceType": "Organization", "id": "o", "alias": ["CMHT", CLINIC]},
    ],
)
def test_a_visit_is_as_sensitive_as_the_place_that_it_contains(inner):
    visit = resource("Encounter", contained=[inner], serviceProvider={"reference": "#o"})

    assert labelled_items(visit)[0].labels == {Label.MENTAL_HEALTH}


TWO_HOPS = [
    ("Location", {"managingOrganization": named_by("Organization", "o")}),
    ("Organization", {"partOf": named_by("Organization", "o")}),
    ("HealthcareService", {"providedBy": named_by("Organization", "o")}),
    ("PractitionerRole", {"organization": named_by("Organization", "o")}),
]


@pytest.mark.parametrize(("kind", "members"), TWO_HOPS)
def test_a_place_is_as_sensitive_as_what_it_belongs_to(kind, members):
    visit = resource("Encounter", extension=[{"url": "u", "valueReference": named_by(kind, "x")}])
    place = {"resourceType": kind, "id": "x", "name": "Room 4", **members}
    near = {"resourceType": "Location", "id": "y", "partOf": named_by(kind, "x")}
    circle = {"resourceType": "Organization", "id": "o", "name": CLINIC, "partOf": named_by(kind)}

    found = labelled_items(visit, place, near, circle, resource("Encounter", "2"))

    told = {Label.MENTAL_HEALTH}
    assert [each.labels for each in found] == [told, told, told, told, frozenset()]


WRITTEN = [
    ("DocumentReference", {"author": [named_by("Organization", "o")]}),
    ("DocumentReference", {"custodian": named_by("Organization", "o")}),
    ("CarePlan", {"author": named_by("Organization", "o")}),
    ("ServiceRequest", {"performer": [named_by("Organization", "o")]}),
    ("Flag", {"author": named_by("Organization", "o")}),
]


@pytest.mark.parametrize(("kind", "members"), WRITTEN)
def test_a_letter_plan_referral_or_alert_is_as_sensitive_as_the_place_it_refers_to(kind, members):
    assert labelled_items(resource(kind, **members), INNER)[0].labels == {Label.MENTAL_HEALTH}


def test_what_refers_to_a_place_only_in_passing_takes_nothing_from_it():
    lists = resource("List", source=named_by("Organization", "o"))

    assert labelled_items(lists, INNER)[0].labels == frozenset()


def test_a_writer_beside_a_fact_is_not_shown_to_whom_its_name_is_not():
    recorded = resource("Condition", code={"text": "Asthma"}, recorder=BY_CLINIC)

    view = joined(answer(recorded, INNER), levels=NO_MENTAL_HEALTH)

    [told] = [rendered(each) for each in view.items if each.resource_type == "Condition"]
    assert "extension" in told["recorder"]
    assert "Organization" not in {each.resource_type for each in view.items}


def test_a_fact_that_was_found_at_a_place_is_told_without_the_place():
    swab = resource("Procedure", code={"text": "Swab"}, location=named_by("Organization", "o"))

    view = joined(answer(swab, INNER), levels=NO_MENTAL_HEALTH)

    assert "Procedure" in {each.resource_type for each in view.items}
    assert "Organization" not in {each.resource_type for each in view.items}


def containing(*inner, kind="Condition", **members):
    return worked(resource(kind, contained=list(inner), **members))


def test_a_writer_that_a_fact_contains_is_left_as_an_id():
    role = {
        "resourceType": "PractitionerRole",
        "id": "r",
        "practitioner": {"reference": "#p"},
        "organization": {"reference": "#o"},
    }
    person = {"resourceType": "Practitioner", "id": "p", "name": [{"text": CLINIC}]}

    bare = without_attribution(
        containing(role, person, INNER, recorder={"reference": "#r"}, asserter={"reference": "#o"})
    )

    assert json.loads(bare.body)["contained"] == [
        {"resourceType": "PractitionerRole", "id": "r"},
        {"resourceType": "Practitioner", "id": "p"},
        {"resourceType": "Organization", "id": "o"},
    ]


def test_what_a_fact_contains_for_another_reason_stays():
    both = containing(
        INNER, recorder={"reference": "#o"}, evidence=[{"detail": [{"reference": "#o"}]}]
    )
    neither = containing(INNER, recorder={"reference": "#x"})

    assert (without_attribution(both), without_attribution(neither)) == (None, None)


def test_a_fact_whose_contained_writer_tells_is_labelled_for_nothing():
    recorded = resource("Condition", contained=[INNER], recorder={"reference": "#o"})

    [found] = labelled_items(recorded)

    assert (found.labels, found.attributed) == (frozenset(), {Label.MENTAL_HEALTH})
    assert CLINIC.encode() not in found.unattributed.body


def test_a_fact_is_as_sensitive_as_its_drug_in_a_resource_of_its_own():
    drug = {"resourceType": "Medication", "id": "m", "code": {"text": "HIV medicine"}}
    given = resource("MedicationRequest", medicationReference=named_by("Medication", "m"))

    assert labelled_items(given, drug)[0].labels == {Label.SEXUAL_HEALTH}
