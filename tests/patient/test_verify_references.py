"""Nine ways to name a patient (safety SO-02), each right, unresolvable or somebody else's."""

import pytest

from adapters.contract import Outcome, Reason
from fhir_profiles.systems import NHS_NUMBER
from gateway.patient.verify import Verified, verify
from gateway.patient.work import WorkMemory
from tests.patient.factories import (
    ME,
    NUMBER,
    OTHER_NUMBER,
    answer,
    bundle,
    patient,
    person,
    resource,
)

BASE = "https://hospital.example/fhir"
OTHER = f"{NHS_NUMBER}|{OTHER_NUMBER.digits}"
URN = "urn:uuid:6a1e0b7c-0000-4000-8000-000000000001"


def checked(*resources, full_url=None):
    first = {"resource": patient(), "fullUrl": full_url} if full_url else patient()
    given = answer(source="hospital")
    body = bundle(first, *resources)
    return verify(
        WorkMemory(lambda: 0.0).read(type(given)("hospital", Outcome.DATA, bodies=(body,))),
        person(),
        NUMBER,
    )


def about(subject, full_url=None, **members):
    found = checked(resource("Condition", subject=subject, **members), full_url=full_url)
    if found.outcome is Outcome.WRONG_PATIENT:
        assert found == Verified("hospital", Outcome.WRONG_PATIENT, Reason.FOREIGN_SUBJECT)
        return "foreign"
    return "proven" if len(found.proven) == 2 else "unproven"


def named(number, **changes):
    return {"identifier": {"system": NHS_NUMBER, "value": number.digits, **changes}}


@pytest.mark.parametrize(
    ("subject", "full_url"),
    [
        (ME, None),
        ({"reference": "Patient/p1/_history/3"}, None),
        ({"reference": f"{BASE}/Patient/p1"}, f"{BASE}/Patient/p1"),
        ({"reference": f"{BASE}/Patient/p1/_history/3"}, f"{BASE}/Patient/p1"),
        ({"reference": URN}, URN),
        ({"reference": f"Patient?identifier={NHS_NUMBER}|{NUMBER.digits}"}, None),
        (named(NUMBER), None),
        ({**ME, **named(NUMBER)}, None),
        ([ME, ME], None),
        ({**ME, "identifier": {"system": "urn:mrn", "value": "1"}}, None),
    ],
)
def test_every_way_of_naming_the_person_proves_a_resource(subject, full_url):
    assert about(subject, full_url) == "proven"


@pytest.mark.parametrize(
    "subject",
    [
        {"display": "Ada Okafor"},
        {"type": "Patient"},
        {"identifier": {"system": "urn:mrn", "value": "p1"}},
        {"identifier": {"system": None, "value": NUMBER.digits}},
        {"reference": "Patient/p9"},
        {"reference": "Person/p1"},
        {"reference": f"{BASE}/Patient/p1"},
        {"reference": URN},
        {"reference": "#p1"},
        {"reference": "p1"},
        {"reference": ""},
        {"reference": "Patient?identifier=urn:mrn|1"},
        {"reference": "Patient?name=Okafor"},
        {"reference": "Group/1", **named(NUMBER)},
        [ME, {"display": "Ada"}],
        None,
    ],
)
def test_a_subject_that_cannot_be_resolved_drops_the_resource_and_nothing_else(subject):
    assert about(subject) == "unproven"


@pytest.mark.parametrize(
    "subject",
    [
        named(OTHER_NUMBER),
        named(NUMBER, value=""),
        {"identifier": {"system": NHS_NUMBER}},
        {**ME, **named(OTHER_NUMBER)},
        {"reference": f"Patient?identifier={OTHER}"},
        {"reference": f"Patient?identifier={NHS_NUMBER}|none"},
        [ME, named(OTHER_NUMBER)],
    ],
)
def test_a_subject_who_is_somebody_else_rejects_the_whole_answer(subject):
    assert about(subject) == "foreign"


def test_a_second_patient_like_element_must_be_the_person_too():
    assert about(ME, beneficiary={"display": "?"}) == "unproven"
    assert about(ME, patient=named(OTHER_NUMBER)) == "foreign"


def test_a_number_alone_proves_nothing_without_the_sources_own_patient():
    given = answer()
    body = bundle(resource("Condition", subject=named(NUMBER)))

    found = verify(
        WorkMemory(lambda: 0.0).read(type(given)("hospital", Outcome.DATA, bodies=(body,))),
        person(),
        NUMBER,
    )

    assert (found.proven, found.dropped) == ((), 1)


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        ([patient("in")], "proven"),
        ([patient("in", status=None)], "proven"),
        ([patient("in", OTHER_NUMBER)], "foreign"),
        ([patient("in", status="05")], "foreign"),
        ([patient("in", name=[{"family": "X"}], birthDate="2001-01-01")], "foreign"),
        ([patient("in", identifier=[])], "unproven"),
        ([patient("in"), patient("in", gender="male")], "unproven"),
        ([{"resourceType": "Person", "id": "in"}], "unproven"),
        ([], "unproven"),
    ],
)
def test_a_contained_patient_is_compared_like_any_other(inside, expected):
    assert about({"reference": "#in"}, contained=inside) == expected


def test_the_same_fragment_in_two_resources_names_whom_each_of_them_contains():
    fragment = {"reference": "#in"}
    mine = resource("Condition", subject=fragment, contained=[patient("in")])
    nobodys = resource("Condition", "2", subject=fragment, contained=[patient("in", identifier=[])])

    found = checked(mine, nobodys)

    assert [each.local_name for each in found.proven] == ["Patient/p1", "Condition/1"]


@pytest.mark.parametrize(
    ("inner", "expected"), [(patient("in"), "proven"), (patient("in", identifier=[]), "unproven")]
)
def test_a_contained_resource_may_name_the_patient_contained_beside_it(inner, expected):
    beside = resource("Observation", subject={"reference": "#in"})

    assert about(ME, contained=[inner, beside]) == expected


def test_the_person_is_known_by_their_patients_names_and_by_the_numbers_that_were_found():
    by_number = f"Patient?identifier={NHS_NUMBER}|{NUMBER.digits}"
    by_version = {"reference": "Patient/p1/_history/3"}
    other = {"reference": f"Patient?identifier=urn:mrn|{NUMBER.digits}"}

    found = checked(
        resource("Condition", subject={"reference": by_number}),
        resource("Condition", "2", subject=by_version),
        resource("Condition", "3", subject=other),
    )

    assert found.patients == {"Patient/p1", by_number}


def test_two_patients_of_whom_one_has_no_number_cannot_share_a_name():
    found = checked(patient(identifier=[]), resource("Condition"))

    assert [each.type for each in found.proven] == ["Patient"]


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        (resource("Observation", subject=ME), "proven"),
        ({"resourceType": "Medication", "id": "m"}, "proven"),
        (resource("Observation", subject={"reference": "Patient/p9"}), "unproven"),
        (resource("Observation", subject=named(OTHER_NUMBER)), "foreign"),
        (patient("in", OTHER_NUMBER), "unproven"),
        (patient("in", status="05"), "proven"),
    ],
)
def test_what_is_contained_is_served_with_its_holder_and_must_not_be_somebody_elses(
    inside, expected
):
    assert about(ME, contained=[inside]) == expected
