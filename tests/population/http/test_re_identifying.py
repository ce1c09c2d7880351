"""T21 over HTTP: whose a coded record is, asked, agreed to by another, told once to who treats them, and to nobody else."""

import json
from uuid import uuid4

import pytest

from tests.population.http.coding import RE_IDENTIFY, STREETS, question
from tests.population.http.world import ANALYST, GUARDIAN, PLANNER
from tests.stack import planning_side, running_stack

DOCTOR, OURS, STRANGERS = "gp", "everything", "other-practice"


@pytest.fixture
async def filled(planning):
    await planning.coding.fill(planning.stack, planning.stack.london.people.values())
    return planning


def number(world, name=OURS):
    return world.stack.london.people[name]


async def asks(world, person, user=DOCTOR, **changes):
    return await world.stack.send(user, RE_IDENTIFY, question(person, **changes))


async def answers(world, about, act, user):
    return await world.stack.send(user, f"{RE_IDENTIFY}/{about}/{act}", b"")


async def agreed(world, name=OURS):
    about = (await asks(world, await world.coding.coded(number(world, name)))).json()["id"]
    assert (await answers(world, about, "agree", GUARDIAN)).status_code == 204
    return about


async def test_t21_who_treats_somebody_is_told_once_whose_the_record_is(filled):
    about = await agreed(filled)

    told = await answers(filled, about, "reveal", DOCTOR)
    again = await answers(filled, about, "reveal", DOCTOR)

    assert told.json()["nhs_number"] == number(filled).digits
    assert told.json()["patient"] == filled.stack.patient(OURS)
    assert again.status_code == 404
    assert told.headers["cache-control"] == "no-store"


async def test_t21_nobody_is_told_about_whom_but_the_asker_and_no_entry_has_the_name(filled):
    coded = await filled.coding.coded(number(filled))
    await asks(filled, coded)

    waiting = await filled.stack.get("privacy-officer", RE_IDENTIFY)

    [one] = waiting.json()["waiting"]
    assert one["reason"].startswith("Assaulted many times")
    assert coded not in waiting.text
    assert all(coded not in repr(each) for each in await filled.stack.audit())


@pytest.mark.parametrize("user", [PLANNER, ANALYST, "policy-admin", "auditor"])
async def test_t21_who_treats_nobody_asks_in_vain_and_is_on_record(filled, user):
    coded = await filled.coding.coded(number(filled))

    assert (await asks(filled, coded, user)).status_code == 403
    assert await filled.told("re-identification-asked") == []
    assert len(await filled.refusals()) == 1


@pytest.mark.parametrize("user", [DOCTOR, PLANNER, "auditor", "policy-admin"])
async def test_t21_nobody_agrees_who_is_no_guardian_or_privacy_officer(filled, user):
    about = (await asks(filled, await filled.coding.coded(number(filled)))).json()["id"]

    for act in ("agree", "decline"):
        assert (await answers(filled, about, act, user)).status_code == 403
    assert (await answers(filled, about, "reveal", DOCTOR)).status_code == 403


async def test_t21_what_was_declined_or_agreed_to_for_another_is_told_to_nobody(filled):
    declined = (await asks(filled, await filled.coding.coded(number(filled)))).json()["id"]
    assert (await answers(filled, declined, "decline", GUARDIAN)).status_code == 204
    about = await agreed(filled)

    codes = [
        (await answers(filled, declined, "reveal", DOCTOR)).status_code,
        (await answers(filled, about, "reveal", "gp-nurse")).status_code,
        (await answers(filled, declined, "agree", GUARDIAN)).status_code,
    ]

    assert (codes[:2], codes[2] in {404, 409}) == ([404, 404], True)


async def test_t21_a_stranger_and_nobody_are_told_of_alike(filled):
    about = await agreed(filled, STRANGERS)
    nobody = (await asks(filled, "a" * 26)).json()["id"]
    await answers(filled, nobody, "agree", GUARDIAN)

    found = [await answers(filled, each, "reveal", DOCTOR) for each in (about, nobody)]

    assert [each.status_code for each in found] == [404, 404]
    assert found[0].content == found[1].content


@pytest.mark.parametrize(
    "changes",
    [
        {"person": ["a" * 26]},
        {"person": "a" * 26 + "," + "b" * 26},
        {"person": "9990000018"},
        {"person": None},
        {"epoch": 0},
        {"epoch": 2**31},
        {"epoch": 2**64},
        {"epoch": "1"},
        {"epoch": True},
        {"project": ["streets"]},
        {"project": "../up"},
        {"recipient": ""},
        {"reason_code": "curious"},
        {"reason": ""},
        {"more": "x"},
        {"people": ["a" * 26, "b" * 26]},
    ],
)
async def test_t21_a_batch_and_whatever_is_not_one_person_is_refused(planning, changes):
    sent = {**question("a" * 26), **changes}

    answer = await planning.stack.send(DOCTOR, RE_IDENTIFY, json.dumps(sent).encode())

    assert (answer.status_code, answer.json()["resourceType"]) == (400, "OperationOutcome")
    assert "a" * 26 not in answer.text


async def test_t21_a_list_of_questions_is_none(planning):
    answer = await planning.stack.send(DOCTOR, RE_IDENTIFY, [question("a" * 26)] * 2)

    assert answer.status_code == 400
    assert await planning.told("re-identification-asked") == []


async def test_t21_a_twenty_first_in_a_day_is_refused_to_all_of_the_organisation(planning):
    for _ in range(20):
        assert (await asks(planning, "a" * 26)).status_code == 201

    codes = [(await asks(planning, "a" * 26, user)).status_code for user in (DOCTOR, "gp-nurse")]

    assert codes == [403, 403]
    assert {why for _role, why in await planning.refusals()} == {"too-many-re-identifications"}


async def test_t23_after_the_projects_key_was_destroyed_nobody_is_told(filled):
    about = await agreed(filled)
    await filled.coding.custody.destroy(STREETS)

    assert (await answers(filled, about, "reveal", DOCTOR)).status_code == 404


@pytest.mark.parametrize("file", ["keyring.json", "roots"])
async def test_when_the_keys_cannot_be_opened_it_is_to_be_asked_anew(filled, file):
    about = await agreed(filled)
    (filled.coding.folder / file).write_text("no key")

    answer = await answers(filled, about, "reveal", DOCTOR)

    assert (answer.status_code, number(filled).digits in answer.text) == (503, False)


@pytest.fixture
async def without_roots(london, template, tmp_path, compiled):
    part = planning_side(tmp_path)["population"] | {"roots": "environment"}
    async with running_stack(london, template, tmp_path, compiled, population=part) as stack:
        yield stack


async def test_without_who_holds_the_roots_nobody_is_told_and_nothing_is_used_up(without_roots):
    stack = without_roots
    about = (await stack.send(DOCTOR, RE_IDENTIFY, question("a" * 26))).json()["id"]
    await stack.send(GUARDIAN, f"{RE_IDENTIFY}/{about}/agree", b"")

    answer = await stack.send(DOCTOR, f"{RE_IDENTIFY}/{about}/reveal", b"")

    *_, agreed_to, decided = await stack.audit()
    assert answer.status_code == 503
    assert agreed_to["outcome"] == "approved"
    assert (decided["act"], decided["reason"]) == ("re-identify", "check-failed")


@pytest.mark.parametrize(
    ("user", "status", "reason"),
    [("receptionist", 404, "not-approved"), (PLANNER, 403, "purpose-not-allowed")],
)
async def test_without_who_holds_the_roots_everybody_is_decided_about_on_record(
    without_roots, user, status, reason
):
    answer = await without_roots.send(user, f"{RE_IDENTIFY}/{uuid4()}/reveal", b"")

    *_, decided = await without_roots.audit()
    assert (answer.status_code, decided["reason"]) == (status, reason)
    assert decided["decision"] == "refused"


async def test_without_a_vault_there_is_nothing_here(without_planning):
    stack = without_planning
    answer = await stack.send(DOCTOR, RE_IDENTIFY, question("a" * 26))

    assert (answer.status_code, answer.content) == (
        404,
        (await stack.get(DOCTOR, "/nothing")).content,
    )
