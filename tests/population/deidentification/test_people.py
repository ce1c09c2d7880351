"""Who the Patients of a source are, and who is nobody because it cannot be told for certain."""

import json
from typing import Any

import pytest

from fhir_profiles.nhs_number import NhsNumber
from fhir_profiles.systems import NHS_NUMBER, NHS_NUMBER_VERIFICATION_STATUS
from gateway.population.people import Person, Unknown, people_of, traced
from gateway.population.pseudonyms import KeyLengthError, spell, subject_of
from tests.population.deidentification.grounds import KEY, NUMBER, PATIENT, ndjson

OTHER = "9990000026"
SUBJECT = spell(subject_of(KEY, NhsNumber(NUMBER)))
OLD_SYSTEM = "https://fhir.hl7.org.uk/Id/nhs-number"


def with_numbers(*identifiers: dict[str, Any]) -> dict[str, Any]:
    return {**PATIENT, "identifier": [{"system": NHS_NUMBER, **each} for each in identifiers]}


def status(code: str | None) -> dict[str, Any]:
    concept = {"coding": [{"code": code}] if code else []}
    return {"extension": [{"url": NHS_NUMBER_VERIFICATION_STATUS, "valueCodeableConcept": concept}]}


@pytest.mark.parametrize(
    "patient",
    [
        PATIENT,
        with_numbers({"value": "999 000 0018"}),
        with_numbers({"value": NUMBER, "system": OLD_SYSTEM}),
        with_numbers({"value": NUMBER}, {"value": OTHER, "use": "old"}),
        with_numbers({"value": NUMBER}, {"value": OTHER, "system": "https://other.example"}),
        with_numbers({"value": NUMBER, **status("01")}),
        with_numbers({"value": NUMBER, "extension": [{"url": "https://other.example"}]}),
        {**PATIENT, "madeUp": {"deep": [1]}},
    ],
)
def test_a_patient_with_one_current_number_is_known(patient):
    people = people_of(ndjson(patient), KEY)

    assert people.by_id == {"p1": Person(SUBJECT, "1947-03")}
    assert people.unknown == {}


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (with_numbers(), Unknown.NO_NUMBER),
        (with_numbers({"value": "9990000019"}), Unknown.NO_NUMBER),
        (with_numbers({"value": NUMBER, "use": "old"}), Unknown.NO_NUMBER),
        (with_numbers({"value": NUMBER}, {"value": OTHER}), Unknown.SEVERAL_NUMBERS),
        (with_numbers({"value": NUMBER, **status("02")}), Unknown.NOT_VERIFIED),
        (with_numbers({"value": NUMBER, **status(None)}), Unknown.NOT_VERIFIED),
        ({**PATIENT, "id": 1}, Unknown.UNREADABLE),
        ({**PATIENT, "resourceType": "Person"}, Unknown.UNREADABLE),
    ],
)
def test_a_patient_who_cannot_be_told_for_certain_is_nobody(line, why):
    people = people_of(ndjson(line), KEY)

    assert (people.by_id, people.unknown) == ({}, {why: 1})


def test_a_patient_whose_line_is_no_text_is_nobody():
    line = ndjson({**PATIENT, "name": [{"family": "Andr"}]}).replace(b"Andr", b"Andr\xe9")

    people = people_of(line, KEY)

    assert (people.by_id, people.unknown) == ({}, {Unknown.UNREADABLE: 1})


def test_an_id_that_two_people_share_is_nobodys():
    both = ndjson(PATIENT, with_numbers({"value": OTHER}), {**PATIENT, "id": "p2"})

    people = people_of(both, KEY)

    assert list(people.by_id) == ["p2"]
    assert people.unknown == {Unknown.ONE_ID_OF_SEVERAL: 1}


def test_the_number_of_who_is_somebody_is_told_by_subject_and_in_no_repr():
    found = traced(ndjson(PATIENT, with_numbers({"value": OTHER}), {**PATIENT, "id": "p2"}), KEY)

    assert found.numbers == {SUBJECT: NhsNumber(NUMBER)}
    assert NUMBER not in repr(found)


def test_a_patient_who_is_sent_twice_is_one():
    assert people_of(ndjson(PATIENT, PATIENT), KEY) == people_of(ndjson(PATIENT), KEY)


@pytest.mark.parametrize(
    ("born_on", "born_in"),
    [("1947-03-09", "1947-03"), ("1947", "1947"), ("1961-04-93", ""), (None, "")],
)
def test_of_a_birth_date_the_month_is_known(born_on, born_in):
    line = json.dumps({**PATIENT, "birthDate": born_on or ""}).encode()

    assert people_of(b"\n\n" + line, KEY).by_id["p1"].born_in == born_in


def test_a_key_of_another_length_is_refused():
    with pytest.raises(KeyLengthError):
        people_of(ndjson(PATIENT), b"short")
