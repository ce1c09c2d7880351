import pytest

from fhir_profiles.systems import NHS_NUMBER
from gateway.patient.people import Comparison, Difference, Standing, compare, number_of
from tests.patient.factories import (
    NUMBER,
    OLD_NUMBER,
    OTHER_NUMBER,
    encoded,
    patient,
    person,
    verified,
)

OTHER_NAME = [{"family": "Smith"}]
OTHER_DAY = "1999-09-09"


def comparison(content, accepted=frozenset({NUMBER}), **of_person):
    return compare(encoded(content), person(**of_person), accepted)


def standing(content, accepted=frozenset({NUMBER}), **of_person):
    return comparison(content, accepted, **of_person).standing


def test_a_verified_number_and_the_same_details_are_the_same_person():
    assert comparison(patient()) == Comparison(Standing.SAME, frozenset())


@pytest.mark.parametrize("status", ["02", "03", "04", "05", "06", "07", "08", "what", ""])
def test_a_number_that_is_not_verified_is_held(status):
    assert standing(patient(status=status)) is Standing.NOT_VERIFIED


@pytest.mark.parametrize("status", ["01", "number-present-and-verified"])
def test_a_number_is_verified_in_either_way_of_writing_it(status):
    assert standing(patient(status=status)) is Standing.SAME


def test_one_unverified_number_among_verified_ones_is_enough_to_hold():
    both = [verified(), verified(status="02")]

    assert standing(patient(identifier=both)) is Standing.NOT_VERIFIED


@pytest.mark.parametrize(
    ("changes", "expected"),
    [({}, Standing.SAME), ({"birthDate": OTHER_DAY}, Standing.NOT_VERIFIED)],
)
def test_a_verified_number_beside_one_without_a_status_is_held_to_the_details(changes, expected):
    both = [verified(), verified(status=None)]

    assert standing(patient(identifier=both, **changes)) is expected


@pytest.mark.parametrize(
    ("status", "changes", "expected"),
    [
        ("01", {"name": OTHER_NAME}, Standing.SAME),
        ("01", {"birthDate": OTHER_DAY}, Standing.SAME),
        ("01", {"gender": "male"}, Standing.SAME),
        ("01", {"name": [], "birthDate": None}, Standing.SAME),
        ("01", {"name": OTHER_NAME, "birthDate": OTHER_DAY}, Standing.DIFFERENT_DEMOGRAPHICS),
        (None, {}, Standing.SAME),
        (None, {"gender": "male"}, Standing.SAME),
        (None, {"birthDate": "1980"}, Standing.SAME),
        (None, {"name": OTHER_NAME}, Standing.NOT_VERIFIED),
        (None, {"birthDate": OTHER_DAY}, Standing.NOT_VERIFIED),
        (None, {"name": []}, Standing.NOT_VERIFIED),
        (None, {"birthDate": None}, Standing.NOT_VERIFIED),
        (None, {"birthDate": ""}, Standing.NOT_VERIFIED),
        (None, {"name": OTHER_NAME, "birthDate": OTHER_DAY}, Standing.DIFFERENT_DEMOGRAPHICS),
    ],
)
def test_an_absent_status_needs_name_and_birth_date_to_agree(status, changes, expected):
    assert standing(patient(status=status, **changes)) is expected


def test_an_absent_status_proves_nothing_where_pds_knows_no_birth_date():
    assert standing(patient(status=None), born_on=None) is Standing.NOT_VERIFIED


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"name": OTHER_NAME}, {Difference.NAME}),
        ({"birthDate": OTHER_DAY}, {Difference.BIRTH_DATE}),
        ({"gender": "male"}, {Difference.GENDER}),
        ({"name": OTHER_NAME, "gender": "other"}, {Difference.NAME, Difference.GENDER}),
        ({"gender": None}, set()),
        ({"name": []}, set()),
        ({"birthDate": "1979"}, {Difference.BIRTH_DATE}),
        ({"birthDate": "1980-02"}, set()),
        ({"birthDate": "1980-03"}, {Difference.BIRTH_DATE}),
        ({"birthDate": "1980-02-03T10:00:00Z"}, set()),
        ({"birthDate": "1980-02-02"}, {Difference.BIRTH_DATE}),
        ({"birthDate": "1980-02-04"}, {Difference.BIRTH_DATE}),
        ({"birthDate": "19"}, {Difference.BIRTH_DATE}),
    ],
)
def test_each_differing_detail_is_named(changes, expected):
    assert comparison(patient(**changes)).differences == expected


def test_a_birth_date_of_pds_that_has_a_time_is_its_day():
    assert not comparison(patient(), born_on="1980-02-03T00:00:00Z").differences


def test_a_birth_date_of_pds_that_is_none_agrees_with_nothing():
    assert comparison(patient(), born_on="unknown").differences == {Difference.BIRTH_DATE}


def test_what_pds_does_not_know_cannot_differ():
    assert not comparison(patient(), born_on=None, gender=None).differences


@pytest.mark.parametrize(
    ("family", "name"),
    [
        ("O'Connor-Núñez", {"family": "OCONNOR NUNEZ"}),
        ("Okafor", {"text": "Dr Ada OKAFOR"}),
        ("Okafor", {"text": "OKAFOR, Ada (Ms)"}),
        ("de la Cruz", {"text": "Maria De La Cruz"}),
        ("Smith", {"family": "Smith", "text": "somebody else"}),
    ],
)
def test_one_name_written_in_another_way_is_the_same_name(family, name):
    assert not comparison(patient(name=[name]), family_name=family).differences


@pytest.mark.parametrize(
    "name",
    [{}, {"given": ["Li"]}, {"text": "Olivia Smith"}, {"family": "Lime"}, {"family": ""}],
)
def test_a_name_that_only_holds_the_same_letters_is_another_name(name):
    assert comparison(patient(name=[name]), family_name="Li").differences == {Difference.NAME}


def test_any_of_several_names_may_be_the_one_that_pds_knows():
    maiden = [{"family": "Smith"}, {"family": "Okafor", "use": "maiden"}]

    assert not comparison(patient(name=maiden)).differences


def test_the_number_of_somebody_else_is_somebody_else():
    assert standing(patient(number=OTHER_NUMBER)) is Standing.OTHER


def test_two_numbers_of_which_one_is_somebody_elses_are_somebody_else():
    both = [verified(), verified(OTHER_NUMBER)]

    assert standing(patient(identifier=both)) is Standing.OTHER


def test_the_number_that_replaced_the_one_asked_for_is_accepted():
    content = patient(identifier=[verified(), verified(OLD_NUMBER)])

    assert standing(content, frozenset({NUMBER, OLD_NUMBER})) is Standing.SAME


@pytest.mark.parametrize("value", ["9990000019", "", "999 000", "٩٩٩٠٠٠٠٠١٨"])
def test_a_number_that_is_none_is_not_the_number_asked_for(value):
    assert standing(patient(identifier=[verified(value=value)])) is Standing.OTHER


@pytest.mark.parametrize(
    "identifiers",
    [
        [],
        [verified(use="old")],
        [verified(system="urn:hospital-number")],
        [{"system": None, "value": NUMBER.digits}],
    ],
)
def test_a_patient_without_a_number_in_force_proves_nothing(identifiers):
    assert standing(patient(identifier=identifiers)) is Standing.NO_NUMBER


@pytest.mark.parametrize("body", [b"[]", b"{", b'{"identifier":1}', b'{"name":"Ada"}'])
def test_a_patient_that_cannot_be_read_proves_nothing(body):
    assert compare(body, person(), frozenset({NUMBER})) == Comparison(Standing.NO_NUMBER)


def test_a_number_is_read_as_sources_write_it():
    assert number_of("999 000 0018") == NUMBER
    assert number_of(f"{NHS_NUMBER}|9990000018") is None
