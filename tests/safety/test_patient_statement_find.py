"""A person is found by number for their statement, by who may know whose it is; and restricted people like others."""

import httpx2
import pytest

from fhir_profiles.nhs_number import NhsNumber
from tests.safety.siege import person_of, rows
from tests.safety.test_patient_statement import DOCTOR, OFFICER, PEOPLE, acts, path_of, stated
from tests.stack import Stack

UNHELD = "9449305552"


async def found(stack: Stack, number: object, user: str = OFFICER) -> httpx2.Response:
    return await stack.send(user, PEOPLE, {"nhs_number": number})


async def test_an_officer_finds_a_person_by_number_and_is_told_who_it_is(stack: Stack):
    person = person_of(stack, "everything")

    answer = await found(stack, person.nhs_number.grouped)

    assert answer.status_code == 200
    told = answer.json()
    assert told["patient"] == stack.patient("everything")
    assert told["person"]["family_name"] == person.family_name
    assert person.postcode not in answer.text
    [*_, asked], [*_, disclosed] = await rows(stack, "asked"), await rows(stack, "disclosed")
    assert (asked["act"], asked["purpose"], asked["patient"]) == (
        "find",
        "HSYSADMIN",
        stack.patient("everything"),
    )
    assert (disclosed["shown"], disclosed["sources"]) == (
        {"demographics": 1},
        {"pds": ["data", "none"]},
    )


async def test_a_restricted_person_has_a_statement_that_says_so(stack: Stack):
    answer = await found(stack, stack.london.people["restricted"].digits)

    assert answer.status_code == 200
    assert answer.json()["person"]["whereabouts_are_restricted"] is True
    assert (await stated(stack, "restricted"))["person"]["whereabouts_are_restricted"] is True


async def test_a_person_is_found_under_the_number_that_was_asked_for(stack: Stack):
    person = person_of(stack, "superseded")

    answer = await found(stack, person.former_numbers[0].digits)

    assert answer.json()["patient"] == stack.services.ids.seal(person.former_numbers[0])
    assert answer.json()["person"]["nhs_number"] == person.nhs_number.digits


async def test_a_number_that_nobody_holds_is_not_found_and_on_record(stack: Stack):
    answer = await found(stack, UNHELD)

    assert UNHELD not in {each.digits for each in stack.london.cohort.people}
    assert answer.status_code == 404
    [*_, disclosed] = await rows(stack, "disclosed")
    assert (disclosed["outcome"], disclosed["shown"]) == ("nothing", {})


async def test_of_a_number_that_nobody_holds_there_is_a_statement_without_a_name(stack: Stack):
    patient = stack.services.ids.seal(NhsNumber(UNHELD))
    await stack.get(DOCTOR, f"/fhir/Patient/{patient}/$everything")

    told = (await stack.get(OFFICER, f"{PEOPLE}/{patient}/statement")).json()

    assert acts(told) == [("Devi Raman", "view", False), ("Uma Sethi", "statement", True)]
    assert told["person"] is None
    assert "We found no one with this NHS number." in told["accesses"][1]["in_words"]["saw"]


@pytest.mark.parametrize("user", ["auditor", "gp", DOCTOR, "policy-admin"])
async def test_nobody_else_finds_a_person_so(stack: Stack, user: str):
    answer = await found(stack, stack.london.people["everything"].digits, user)

    assert answer.status_code == 403
    [*_, asked] = await rows(stack, "asked")
    assert (asked["act"], asked["decision"]) == ("find", "refused")


@pytest.mark.parametrize("number", [None, "", "123", 9990000018, ["9990000018"], "9990000019"])
async def test_what_is_no_number_is_refused(stack: Stack, number: object):
    assert (await found(stack, number)).status_code == 400


async def test_what_is_not_known_is_refused(stack: Stack):
    strange = {"nhs_number": stack.london.people["everything"].digits, "why": "curious"}

    answers = [
        await stack.send(OFFICER, PEOPLE, strange),
        await stack.send(OFFICER, f"{PEOPLE}?state=open", {"nhs_number": "1"}),
        await stack.get(OFFICER, f"{path_of(stack, 'everything')}?state=open"),
    ]

    assert [each.status_code for each in answers] == [400, 400, 400]
