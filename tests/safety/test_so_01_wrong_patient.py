"""A source answers about somebody else, or cannot say for certain whose answer it is (SO-01, 03, 04, 05)."""

import pytest

from adapters.simulators.faults import FaultKind
from tests.safety.hostile_source import (
    FOREIGN_NUMBER,
    Json,
    encounter,
    nhs_identifier,
    patient_like,
    refer,
    somebody_else,
)
from tests.safety.siege import (
    ASKED_ABOUT,
    DOCTOR,
    Siege,
    failures_counted,
    last_row_b,
    others_answered,
    person_of,
    safety_events,
)
from tests.stack import Stack

OWN = refer("Patient/p1")


@pytest.mark.parametrize("source", ["gp", "hospital", "ambulance"])
async def test_so_01_a_bundle_of_another_patient_is_rejected_whole(stack: Stack, source: str):
    stack.london.faults[source].set(FaultKind.WRONG_PATIENT)

    answer = await stack.everything(DOCTOR, ASKED_ABOUT)

    assert (answer.status, answer.is_complete) == (200, "false")
    assert answer.outcomes[source] == "refused"
    assert answer.from_source(source) == []
    assert others_answered(answer, source)
    assert (await last_row_b(stack))["sources"][source] == ["wrong-patient", "foreign-subject"]
    assert [each.source for each in await safety_events(stack)] == [source]
    assert failures_counted(stack, source) == 1


@pytest.mark.parametrize("source", ["gp", "hospital", "ambulance"])
async def test_so_01_no_number_of_anybody_else_is_anywhere_in_the_answer(stack: Stack, source: str):
    stack.london.faults[source].set(FaultKind.WRONG_PATIENT)

    answer = await stack.everything(DOCTOR, ASKED_ABOUT)

    own = person_of(stack, ASKED_ABOUT).nhs_number
    others = [number for number in stack.london.cohort.people if number != own]
    assert len(others) > 20
    assert not [each for each in others if each.digits.encode() in answer.response.content]


async def test_so_01_five_answers_about_others_open_the_breaker(stack: Stack):
    stack.london.faults["hospital"].set(FaultKind.WRONG_PATIENT)
    for _ in range(5):
        await stack.everything(DOCTOR, ASKED_ABOUT)
    stack.london.clear_faults()

    answer = await stack.everything(DOCTOR, ASKED_ABOUT)

    assert answer.outcomes["hospital"] == "failed"
    assert (await last_row_b(stack))["sources"]["hospital"] == ["failed", "breaker-open"]


async def test_so_01_another_patient_alone_is_rejected(siege: Siege):
    answer = await siege.asked(somebody_else(), encounter("e2", refer("Patient/p2")))

    await siege.refuses_whole(answer)


async def test_so_01_items_without_any_patient_to_prove_them_are_dropped(siege: Siege):
    answer = await siege.asked(encounter("e2", OWN))

    await siege.drops(answer)


async def test_so_03_two_patients_that_carry_the_same_verified_number_are_accepted(siege: Siege):
    twice = [patient_like(siege.person), patient_like(siege.person, "p2")]
    theirs = [encounter("e1", OWN, "one"), encounter("e2", refer("Patient/p2"), "two")]

    answer = await siege.asked(*twice, *theirs)

    words = {each["type"][0]["text"] for each in answer.of("Encounter", "hospital")}
    assert (words, answer.outcomes["hospital"]) == ({"one", "two"}, "data")


async def test_so_03_a_merge_that_pds_does_not_confirm_is_never_followed(siege: Siege):
    replaced = {"other": refer("Patient/p2"), "type": "replaced-by"}
    own = patient_like(siege.person, link=[replaced])

    answer = await siege.asked(own, encounter("e1", OWN), somebody_else("p2"))

    await siege.refuses_whole(answer)


async def test_so_03_a_patient_with_a_second_number_is_rejected(siege: Siege):
    numbers = [nhs_identifier(siege.person.nhs_number.digits), nhs_identifier(FOREIGN_NUMBER)]

    answer = await siege.asked(patient_like(siege.person, identifier=numbers))

    await siege.refuses_whole(answer)


async def test_so_03_a_number_that_pds_replaced_is_the_same_person(siege: Siege):
    person = person_of(siege.stack, "superseded")
    [former] = person.former_numbers
    own = patient_like(person, identifier=[nhs_identifier(person.nhs_number.digits)])
    siege.hostile.holds(own, encounter("e1", OWN, "their own"))
    path = f"/fhir/Encounter?patient={siege.stack.services.ids.seal(former)}"

    answer = await siege.stack.get("gp", path)

    assert answer.status_code == 200
    assert b"their own" in answer.content


@pytest.mark.parametrize(
    ("change", "difference"),
    [
        ({"name": [{"family": "Otherwise"}]}, "name"),
        ({"birthDate": "1950-02-03"}, "birth-date"),
        ({"gender": "other"}, "gender"),
    ],
)
async def test_so_04_one_detail_that_differs_from_pds_is_shown_with_an_alert(
    siege: Siege, change: Json, difference: str
):
    own = patient_like(siege.person, **change)

    answer = await siege.asked(own, encounter("e1", OWN, "their own"))

    assert answer.outcomes["hospital"] == "data"
    assert len(answer.of("Encounter", "hospital")) == 1
    [remark] = answer.remarks_on("hospital")
    assert f"'s {difference} differs" in remark


async def test_so_04_name_and_birth_date_that_both_differ_are_rejected(siege: Siege):
    own = patient_like(siege.person, name=somebody_else()["name"], birthDate="1950-02-03")

    answer = await siege.asked(own, encounter("e1", OWN))

    await siege.refuses_whole(answer, "demographics-differ")


@pytest.mark.parametrize("status", ["02", "03", "04", "05", "06", "07", "08", "invented"])
async def test_so_05_a_number_that_is_not_verified_is_rejected(siege: Siege, status: str):
    own = nhs_identifier(siege.person.nhs_number.digits, status)

    answer = await siege.asked(patient_like(siege.person, identifier=[own]), encounter("e1", OWN))

    await siege.refuses_whole(answer, "number-not-verified")


async def test_so_05_a_number_of_no_status_needs_name_and_birth_date_that_agree(siege: Siege):
    own = nhs_identifier(siege.person.nhs_number.digits, None)
    unlike = patient_like(siege.person, identifier=[own], birthDate="1950-02-03")

    answer = await siege.asked(unlike, encounter("e1", OWN))

    await siege.refuses_whole(answer, "number-not-verified")


@pytest.mark.parametrize(
    "change",
    [{"use": "old"}, {"system": "https://elsewhere.example/nhs-number"}, {"system": None}],
    ids=["old", "other-system", "no-system"],
)
async def test_so_05_the_right_digits_as_an_old_or_another_systems_number_prove_nothing(
    siege: Siege, change: Json
):
    own = nhs_identifier(siege.person.nhs_number.digits, **change)

    answer = await siege.asked(patient_like(siege.person, identifier=[own]), encounter("e1", OWN))

    await siege.drops(answer)
    assert answer.from_source("hospital") == []
