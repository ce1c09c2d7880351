"""The simulated PDS finds and refuses to find as the published PDS FHIR API does."""

import pytest

from adapters.simulators.faults import FaultKind
from tests.contract.pds.asking import (
    COHORT,
    NAMED,
    code_of,
    exactly,
    found_in,
    person_named,
)


async def test_a_plain_search_finds_by_family_and_birth_date(pds):
    person = person_named("everything")
    response = await pds.get("/Patient", params=exactly(person))

    assert person.nhs_number.digits in found_in(response)
    assert response.json()["entry"][0]["search"]["score"] == 1.0


async def test_twins_are_both_found(pds):
    response = await pds.get("/Patient", params=exactly(person_named("twin-a")))

    assert {NAMED["twin-a"].digits, NAMED["twin-b"].digits} <= set(found_in(response))


async def test_a_given_name_tells_twins_apart(pds):
    person = person_named("twin-b")
    asked = exactly(person) | {"given": person.given_names[0].upper()}

    assert found_in(await pds.get("/Patient", params=asked)) == [person.nhs_number.digits]


async def test_nobody_found_is_an_empty_bundle(pds):
    asked = {"family": "Nobody", "birthdate": "1900-01-01"}

    assert found_in(await pds.get("/Patient", params=asked)) == []


async def test_birth_dates_may_be_a_range(pds):
    person = person_named("everything")
    asked = [("family", person.family_name), ("birthdate", "ge1900-01-01")]
    ends = ("birthdate", f"le{person.born_on.isoformat()}")

    assert person.nhs_number.digits in found_in(await pds.get("/Patient", params=[*asked, ends]))


async def test_wildcards_work_after_two_letters(pds):
    person = person_named("everything")
    asked = exactly(person) | {
        "family": f"{person.family_name[:3]}*",
        "address-postalcode": f"{person.postcode[:3]}*",
    }

    assert person.nhs_number.digits in found_in(await pds.get("/Patient", params=asked))


@pytest.mark.parametrize(
    "more",
    [
        {"gender": "other"},
        {"general-practitioner": "Z99999"},
        {"phone": "02079469999999"},
        {"email": "a@example.org"},
        {"death-date": "ge1900-01-01"},
        {"address-postcode": "ZZ9 9ZZ"},
    ],
)
async def test_each_further_criterion_narrows(pds, more):
    asked = exactly(person_named("everything")) | more

    assert found_in(await pds.get("/Patient", params=asked)) == []


async def test_the_dead_are_found_by_date_of_death(pds):
    person = person_named("deceased")
    asked = exactly(person) | {"death-date": f"eq{person.died_at.date().isoformat()}"}

    assert found_in(await pds.get("/Patient", params=asked)) == [person.nhs_number.digits]


async def test_a_fuzzy_search_forgives_a_misspelling_and_scores_it_lower(pds):
    person = person_named("everything")
    asked = exactly(person) | {
        "family": person.family_name[:-1] + "x",
        "given": person.given_names[0],
        "_fuzzy-match": "true",
    }
    response = await pds.get("/Patient", params=asked)

    assert person.nhs_number.digits in found_in(response)
    assert 0.7 <= response.json()["entry"][0]["search"]["score"] < 1.0


@pytest.mark.parametrize(("given", "is_found"), [("right", True), ("Xyzzyx", False)])
async def test_a_fuzzy_search_does_without_the_family_name(pds, given, is_found):
    person = person_named("everything")
    asked = {
        "given": person.given_names[0] if given == "right" else given,
        "birthdate": person.born_on.isoformat(),
        "gender": person.gender,
        "address-postalcode": person.postcode,
        "_fuzzy-match": "true",
    }

    found = found_in(await pds.get("/Patient", params=asked))
    assert (person.nhs_number.digits in found) is is_found


async def test_a_fuzzy_search_does_not_forgive_another_birth_date(pds):
    person = person_named("everything")
    asked = {
        "family": person.family_name,
        "given": person.given_names[0],
        "birthdate": "1900-11-30",
        "_fuzzy-match": "true",
    }

    assert found_in(await pds.get("/Patient", params=asked)) == []


async def test_a_fuzzy_search_forgives_swapped_day_and_month(pds):
    person = next(p for p in COHORT.people.values() if p.born_on.day < 13 != p.born_on.month)
    born_on = person.born_on
    asked = {
        "family": person.family_name,
        "given": person.given_names[0],
        "birthdate": born_on.replace(month=born_on.day, day=born_on.month).isoformat(),
        "_fuzzy-match": "true",
    }

    assert person.nhs_number.digits in found_in(await pds.get("/Patient", params=asked))


@pytest.mark.parametrize("place", ["address-postalcode", "general-practitioner"])
async def test_restricted_people_are_never_found_by_place(pds, place):
    person = person_named("restricted")
    value = person.practice if place == "general-practitioner" else person.postcode

    assert person.nhs_number.digits in found_in(await pds.get("/Patient", params=exactly(person)))
    asked = exactly(person) | {place: value}
    assert person.nhs_number.digits not in found_in(await pds.get("/Patient", params=asked))


async def test_too_many_matches_is_no_error_and_names_nobody(pds):
    asked = exactly(person_named("twin-a")) | {"_max-results": "1"}
    response = await pds.get("/Patient", params=asked)

    assert (response.status_code, code_of(response)) == (200, "TOO_MANY_MATCHES")


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({}, "MISSING_VALUE"),
        ({"family": "Smith"}, "MISSING_VALUE"),
        ({"birthdate": "1970-01-01"}, "MISSING_VALUE"),
        ({"family": "", "birthdate": "1970-01-01"}, "MISSING_VALUE"),
        ({"family": "Smith", "birthdate": "01/01/1970"}, "INVALID_VALUE"),
        ({"family": "Smith", "birthdate": "gt1970-01-01"}, "INVALID_VALUE"),
        ({"family": "S*", "birthdate": "1970-01-01"}, "INVALID_SEARCH_DATA"),
        (
            {"family": "Smith", "birthdate": "1970-01-01", "address-postalcode": "L*"},
            "INVALID_SEARCH_DATA",
        ),
        ({"family": "Smith", "birthdate": "1970-01-01", "gender": "m"}, "INVALID_VALUE"),
        ({"family": "Smith", "birthdate": "1970-01-01", "_max-results": "0"}, "INVALID_VALUE"),
        ({"family": "Smith", "birthdate": "1970-01-01", "_max-results": "51"}, "INVALID_VALUE"),
        ({"family": "Smith", "birthdate": "1970-01-01", "_max-results": "ten"}, "INVALID_VALUE"),
        ({"family": "Smith", "birthdate": "1970-01-01", "_history": "yes"}, "INVALID_VALUE"),
        ({"family": "Smith", "birthdate": "1970-01-01", "nickname": "S"}, "ADDITIONAL_PROPERTIES"),
        ({"family": "Smith", "birthdate": "1970-01-01", "_fuzzy-match": "true"}, "MISSING_VALUE"),
        (
            {
                "family": "Smi*",
                "given": "Ann",
                "birthdate": "1970-01-01",
                "_fuzzy-match": "true",
            },
            "INVALID_SEARCH_DATA",
        ),
        ({"family": ["Smith", "Jones"], "birthdate": "1970-01-01"}, "INVALID_VALUE"),
    ],
)
async def test_a_search_that_pds_would_refuse_is_refused(pds, asked, code):
    response = await pds.get("/Patient", params=asked)

    assert (response.status_code, code_of(response)) == (400, code)


async def test_no_refusal_repeats_what_was_asked(pds):
    response = await pds.get("/Patient", params={"family": "Smith", "birthdate": "unlikely"})

    assert "unlikely" not in response.text
    assert "Smith" not in response.text


async def test_under_the_wrong_patient_fault_another_person_is_answered(pds, faults):
    faults.set(FaultKind.WRONG_PATIENT)
    person = person_named("everything")

    read = await pds.get(f"/Patient/{person.nhs_number.digits}")
    searched = await pds.get("/Patient", params=exactly(person))

    assert read.json()["id"] != person.nhs_number.digits
    assert person.nhs_number.digits not in found_in(searched)
