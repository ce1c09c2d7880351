"""What stands deeper inside a resource than anybody looks, and whom it names there without an address."""

import pytest

from adapters.contract import Outcome
from gateway.patient.verify import verify
from gateway.patient.work import WorkMemory
from tests.patient.factories import (
    NUMBER,
    OTHER_NUMBER,
    answer,
    joined,
    patient,
    person,
    rendered,
    resource,
    shown,
    verified,
    worked,
)


def checked(given):
    return verify(WorkMemory(lambda: 0.0).read(given), person(), NUMBER)


def kept(found):
    return [each.local_name for each in found.proven]


SOMEBODY = {"resourceType": "Patient", "id": "n", "identifier": [verified(OTHER_NUMBER)]}


@pytest.mark.parametrize(
    "inside",
    [
        {"resourceType": "Bundle", "id": "b", "entry": [{"resource": SOMEBODY}]},
        {"resourceType": "Bundle", "id": "b"},
        {"resourceType": "Parameters", "id": "b", "parameter": [{"resource": SOMEBODY}]},
        {"resourceType": "Organization", "id": "o", "contained": [SOMEBODY]},
        {"id": "untyped", "entry": [{"resource": SOMEBODY}]},
        [SOMEBODY],
    ],
)
def test_what_hides_a_resource_deeper_inside_is_dropped_with_its_holder(inside):
    found = checked(answer(resource("Condition", contained=[inside]), resource("Condition", "2")))

    assert kept(found) == ["Patient/p1", "Condition/2"]
    assert found.dropped == 1


@pytest.mark.parametrize("place", ["contained", "entry"])
def test_a_resource_outside_the_list_of_contained_ones_is_dropped_with_its_holder(place):
    found = checked(answer(resource("Condition", **{place: {"resource": SOMEBODY}})))

    assert (kept(found), found.dropped) == (["Patient/p1"], 1)


def test_a_patient_that_hides_another_still_proves_but_is_dropped():
    hiding = patient("p2", contained=[{"resourceType": "Bundle", "entry": [SOMEBODY]}])
    mine = resource("Condition", subject={"reference": "Patient/p2"})

    assert kept(checked(answer(hiding, mine))) == ["Patient/p1", "Condition/1"]


@pytest.mark.parametrize("is_unproven_first", [True, False])
def test_a_patient_who_contains_one_thing_that_is_unproven_is_dropped(is_unproven_first):
    unproven = resource("Observation", "a", subject={"reference": "Patient/p9"})
    inside = [unproven, resource("Observation", "b")]
    holder = patient("p2", contained=inside if is_unproven_first else inside[::-1])

    found = checked(answer(holder))

    assert (kept(found), found.dropped) == (["Patient/p1"], 1)


def test_the_name_of_the_type_element_as_a_value_hides_nothing():
    found = checked(answer(resource("Condition", note=[{"text": "resourceType"}])))

    assert found.dropped == 0


@pytest.mark.parametrize(("number", "is_kept"), [(NUMBER, True), (OTHER_NUMBER, False)])
def test_whom_a_document_names_by_number_deep_inside_must_be_the_person(number, is_kept):
    named = {"sourcePatientInfo": {"identifier": verified(number), "display": "A name"}}

    found = checked(answer(resource("DocumentReference", context=named)))

    assert (found.outcome is not Outcome.WRONG_PATIENT) is is_kept


def test_a_subject_named_by_number_alone_is_served_as_the_person():
    subject = {"identifier": verified(NUMBER), "display": "A name"}
    view = joined(answer(resource("Condition", subject=subject)))

    [served] = shown(view, "Condition")

    assert served["subject"] == {"reference": f"Patient/{rendered(view.items[0])['id']}"}


def test_a_target_named_without_an_address_is_not_told_and_makes_its_list_incomplete():
    told = resource("List", entry=[{"item": {"display": "HIV review"}}])

    assert worked(told).names_something_untold
    assert b"HIV" not in b"".join(worked(told).template.pieces)


@pytest.mark.parametrize(
    "care",
    [
        {"performer": [{"display": "Dr Smith"}]},
        {"performer": [{"type": "Practitioner", "identifier": {"system": "s", "value": "7"}}]},
        {"participant": [{"individual": {"display": "Dr Smith"}}]},
        {"participant": [{"actor": {"type": "Location", "display": "Ward 9"}}]},
        {"serviceProvider": {"identifier": {"system": "s", "value": "RRV"}, "display": "Trust"}},
    ],
)
def test_who_gave_care_and_where_is_told_without_an_address(care):
    assert not worked(resource("Encounter", **care)).names_something_untold


@pytest.mark.parametrize(
    "person_named",
    [
        {"performer": [{"type": "Patient", "display": "Mrs Other"}]},
        {"performer": [{"type": 5, "display": "Mrs Other"}]},
        {"performer": [{"identifier": {"value": OTHER_NUMBER.digits}, "display": "Mrs Other"}]},
        {"performer": [{"identifier": verified(OTHER_NUMBER), "display": "Mrs Other"}]},
        {"participant": [{"actor": {"display": "Mrs Other"}}]},
        {"individual": {"display": "Mrs Other"}},
    ],
)
def test_a_person_in_the_place_of_a_carer_is_not_told(person_named):
    done = worked(resource("Encounter", **person_named))

    assert done.names_something_untold
    assert b"Other" not in b"".join(done.template.pieces)
