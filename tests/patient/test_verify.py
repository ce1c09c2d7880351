import pytest

from adapters.contract import Outcome, Reason, SourceAnswer
from gateway.patient.people import Difference
from gateway.patient.verify import ADMINISTRATIVE_TYPES, Verified, verify
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
    unanswered,
)


def checked(given, asked=NUMBER, **of_person):
    return verify(WorkMemory(lambda: 0.0).read(given), person(**of_person), asked)


def only(*resources, outcome=Outcome.DATA):
    return checked(SourceAnswer("hospital", outcome, bodies=(bundle(*resources),)))


def kept(found):
    return [each.local_name for each in found.proven]


def test_what_is_about_the_person_is_kept_in_the_answers_order():
    found = checked(answer(resource("Condition"), resource("Observation")))

    assert kept(found) == ["Patient/p1", "Condition/1", "Observation/1"]
    assert (found.outcome, found.reason, found.dropped) == (Outcome.DATA, Reason.NONE, 0)
    assert found.patients == {"Patient/p1"}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"number": OTHER_NUMBER}, Reason.FOREIGN_SUBJECT),
        ({"status": "05"}, Reason.NUMBER_NOT_VERIFIED),
        ({"name": [{"family": "X"}], "birthDate": "2001-01-01"}, Reason.DEMOGRAPHICS_DIFFER),
    ],
)
def test_a_patient_who_is_not_the_person_rejects_the_whole_answer(changes, reason):
    found = checked(answer(resource("Condition"), patient("p2", **changes)))

    assert found == Verified("hospital", Outcome.WRONG_PATIENT, reason)


def test_somebody_else_is_a_worse_fault_than_a_number_that_is_not_verified():
    found = only(patient(status="05"), patient("p2", OTHER_NUMBER))

    assert found.reason is Reason.FOREIGN_SUBJECT


def test_several_patients_with_the_one_number_are_one_person():
    mine = resource("Condition", subject={"reference": "Patient/p2"})

    assert kept(checked(answer(patient("p2"), mine)))[-1] == "Condition/1"


def test_a_source_may_still_use_the_number_that_was_asked_for():
    found = checked(answer(resource("Condition")), NUMBER, nhs_number=OTHER_NUMBER)

    assert found.outcome is Outcome.DATA


def test_the_details_in_which_any_patient_differs_are_told():
    found = checked(answer(patient("p2", gender="male"), patient("p3", birthDate="1980-02-04")))

    assert found.differences == {Difference.GENDER, Difference.BIRTH_DATE}


def test_a_patient_without_a_number_is_dropped_and_counted():
    found = checked(answer(patient("p2", identifier=[])))

    assert kept(found) == ["Patient/p1"]
    assert (found.outcome, found.reason, found.dropped) == (
        Outcome.MALFORMED,
        Reason.UNPROVEN,
        1,
    )


def test_a_patient_and_a_resource_that_are_dropped_both_count():
    found = checked(answer(patient("p2", identifier=[]), resource("Condition", subject=None)))

    assert (kept(found), found.dropped) == (["Patient/p1"], 2)


def test_a_patient_without_a_number_is_not_shown_because_something_refers_to_it():
    mother = patient("p2", identifier=[], name=[{"family": "Mother"}])

    found = checked(answer(mother, resource("Observation", focus=[{"reference": "Patient/p2"}])))

    assert "Patient/p2" not in kept(found)


@pytest.mark.parametrize("resource_type", ["Condition", "Substance", "Basic"])
def test_what_must_name_its_patient_is_not_admitted_by_a_reference(resource_type):
    nobodys = resource(resource_type, "x", subject=None)
    encounter = resource("Encounter", about={"reference": f"{resource_type}/x"})

    found = checked(answer(encounter, nobodys))

    assert kept(found) == ["Patient/p1", "Encounter/1"]
    assert found.dropped == 1


def test_a_type_that_is_not_served_is_dropped_and_counted():
    found = checked(answer(resource("ResearchSubject", individual=ME, subject=None)))

    assert kept(found) == ["Patient/p1"]
    assert (found.outcome, found.dropped) == (Outcome.MALFORMED, 1)


@pytest.mark.parametrize("resource_type", sorted(ADMINISTRATIVE_TYPES))
@pytest.mark.parametrize("subject", [ME, None, {"display": "Ada"}])
def test_billing_and_plumbing_are_no_part_of_the_record_and_nothing_missing(resource_type, subject):
    found = checked(answer(resource(resource_type, subject=None, patient=subject)))

    assert (found.outcome, found.dropped) == (Outcome.DATA, 0)
    assert kept(found) == ["Patient/p1"]


@pytest.mark.parametrize("resource_type", ["OperationOutcome", "Bundle", "Parameters"])
def test_what_is_said_to_us_is_no_record(resource_type):
    found = checked(answer({"resourceType": resource_type, "subject": ME}))

    assert kept(found) == ["Patient/p1"]
    assert found.outcome is Outcome.DATA


@pytest.mark.parametrize("outcome", [Outcome.DATA, Outcome.STALE])
def test_a_page_that_cannot_be_read_makes_the_answer_malformed(outcome):
    whole = answer(resource("Condition"))
    given = SourceAnswer("hospital", outcome, bodies=(*whole.bodies, b"<html>"))

    found = checked(given)

    assert (found.outcome, found.reason) == (Outcome.MALFORMED, Reason.PART_UNREADABLE)
    assert kept(found) == ["Patient/p1", "Condition/1"]


def test_two_different_resources_of_one_id_are_both_kept_and_make_the_answer_malformed():
    found = checked(answer(resource("Condition"), resource("Condition", note=[])))

    assert (found.outcome, found.reason) == (Outcome.MALFORMED, Reason.CONFLICTING_COPIES)
    assert kept(found) == ["Patient/p1", "Condition/1", "Condition/1"]


def test_resources_without_an_id_do_not_conflict():
    found = checked(answer(resource("Condition", None), resource("Condition", None, note=[])))

    assert (found.outcome, len(found.proven)) == (Outcome.DATA, 3)


def test_the_same_resource_twice_is_one():
    assert len(checked(answer(resource("Condition"), resource("Condition"))).proven) == 2


@pytest.mark.parametrize(
    "outcome", [Outcome.EMPTY, Outcome.TIMED_OUT, Outcome.FAILED, Outcome.WITHHELD]
)
def test_how_asking_ended_otherwise_is_left_as_it_is(outcome):
    found = checked(unanswered("hospital", outcome))

    assert found == Verified("hospital", outcome, Reason.DEADLINE)


def test_an_answer_that_broke_off_keeps_its_outcome_and_its_proven_part():
    given = answer(resource("Condition"), patient("p2", identifier=[]), outcome=Outcome.FAILED)

    found = checked(given)

    assert (found.outcome, len(found.proven), found.dropped) == (Outcome.FAILED, 2, 1)


def test_without_a_patient_nothing_is_proven():
    found = only(resource("Condition"), resource("Observation"))

    assert (found.outcome, found.proven, found.dropped) == (Outcome.MALFORMED, (), 2)
