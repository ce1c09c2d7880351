"""What a source has under a number that may be somebody else's is held until somebody entitled looks (SO-04, 05)."""

from typing import Any

import httpx2
import pytest

from gateway.store.identity_holds import held_answers
from tests.safety.hostile_source import (
    encounter,
    nhs_identifier,
    patient_like,
    refer,
    somebody_else,
)
from tests.safety.siege import Siege, others_answered, rows, safety_events

OWN = refer("Patient/p1")
OFFICER = "privacy-officer"
HOLDS = "/privacy/identity-holds"
EVENTS = "/privacy/safety-events"
WORDS = "A record that may belong to this person is withheld until it is checked whose it is."


async def doubtful(siege: Siege) -> None:
    """Let the hospital answer once about a Patient whose name and birth date are another's."""
    own = patient_like(siege.person, name=somebody_else()["name"], birthDate="1950-02-03")
    await siege.asked(own, encounter("e1", OWN, "doubtful"))


def mend(siege: Siege) -> None:
    siege.hostile.holds(patient_like(siege.person), encounter("e1", OWN, "their own"))


async def get(siege: Siege, path: str, user: str = OFFICER) -> Any:
    answer = await siege.stack.get(user, path)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def act(siege: Siege, path: str, user: str = OFFICER) -> httpx2.Response:
    return await siege.stack.post(user, path, {})


async def path_of_hold(siege: Siege) -> str:
    [hold] = (await get(siege, HOLDS))["holds"]
    return f"{HOLDS}/{hold['held_under']}/{hold['source']}"


async def test_while_a_hold_stands_the_source_is_not_asked_and_the_reader_is_told(siege: Siege):
    await doubtful(siege)
    mend(siege)
    siege.hostile.stub.asked.clear()

    answer = await siege.asked()

    # The probe that founds a relationship discloses nothing and is made as ever (_elements).
    assert [each for each in siege.hostile.stub.asked if "_elements=" not in each.target] == []
    assert (answer.status, answer.outcomes["hospital"]) == (200, "withheld")
    assert answer.is_complete == "false"
    assert answer.remarks_on("hospital")[0] == WORDS
    assert answer.from_source("hospital") == []
    assert others_answered(answer, "hospital")
    [*_, row] = await rows(siege.stack, "disclosed")
    assert row["sources"]["hospital"] == ["withheld", "identity-hold"]


async def test_a_number_that_is_not_verified_is_held_too(siege: Siege):
    own = nhs_identifier(siege.person.nhs_number.digits, "02")
    await siege.asked(patient_like(siege.person, identifier=[own]), encounter("e1", OWN))

    [hold] = await siege.stack.services.store.read(held_answers, 10)

    assert (hold.source, hold.reason) == ("hospital", "number-not-verified")


async def test_an_answer_that_names_somebody_else_is_no_doubt_about_this_person(siege: Siege):
    await siege.asked(somebody_else())

    assert len(await safety_events(siege.stack)) == 1
    assert await siege.stack.services.store.read(held_answers, 10) == ()


async def test_an_officer_sees_what_is_held_and_whose_it_may_be(siege: Siege):
    await doubtful(siege)

    [hold] = (await get(siege, HOLDS))["holds"]
    one = await get(siege, await path_of_hold(siege))

    patient = siege.stack.patient("everything")
    assert (hold["source"], hold["reason"]) == ("hospital", "demographics-differ")
    assert (hold["state"], hold["patient"]) == ("held", patient)
    assert one == hold | {"nhs_number": siege.person.nhs_number.digits}
    looks = [row for row in await rows(siege.stack, "asked") if row["act"] == "review"]
    assert [row["patient"] for row in looks] == [None, None, patient]
    [*_, row] = await rows(siege.stack, "disclosed")
    assert (row["patient"], row["shown"]) == (patient, {"demographics": 1})


async def test_after_a_release_the_source_is_asked_and_shown_when_the_details_agree(siege: Siege):
    await doubtful(siege)
    path = await path_of_hold(siege)
    mend(siege)

    answer = await act(siege, f"{path}/release")

    assert (answer.status_code, answer.content) == (204, b"")
    shown = await siege.asked()
    assert shown.outcomes["hospital"] == "data"
    [released] = await rows(siege.stack, "identity-hold-released")
    assert (released["source"], released["held_under"]) == ("hospital", path.split("/")[-2])
    assert released["patient"] == siege.stack.patient("everything")


async def test_after_a_release_the_same_answer_is_held_again(siege: Siege):
    await doubtful(siege)
    await act(siege, f"{await path_of_hold(siege)}/release")

    again, then = await siege.asked(), await siege.asked()

    assert [each.outcomes["hospital"] for each in (again, then)] == ["refused", "withheld"]


@pytest.mark.parametrize("verb", ["release", "reject"])
async def test_what_somebody_settled_cannot_be_settled_twice(siege: Siege, verb: str):
    await doubtful(siege)
    path = await path_of_hold(siege)

    first, second = await act(siege, f"{path}/{verb}"), await act(siege, f"{path}/{verb}")

    assert (first.status_code, second.status_code) == (204, 404)
    past = {"release": "released", "reject": "rejected"}[verb]
    assert len(await rows(siege.stack, f"identity-hold-{past}")) == 1


async def test_a_rejected_hold_goes_on_standing_and_can_still_be_released(siege: Siege):
    await doubtful(siege)
    path = await path_of_hold(siege)
    mend(siege)

    await act(siege, f"{path}/reject")

    assert (await get(siege, path))["state"] == "rejected"
    assert (await siege.asked()).outcomes["hospital"] == "withheld"
    await act(siege, f"{path}/release")
    assert (await siege.asked()).outcomes["hospital"] == "data"


async def test_a_safety_event_waits_until_somebody_reviewed_it(siege: Siege):
    await doubtful(siege)
    [event] = (await get(siege, EVENTS))["events"]
    review = f"{EVENTS}/{event['id']}/review"

    statuses = [(await act(siege, review)).status_code for _ in range(2)]

    assert (event["kind"], event["state"], statuses) == ("H-01", "open", [204, 404])
    assert (await get(siege, EVENTS))["events"] == []
    [done] = (await get(siege, f"{EVENTS}?state=reviewed"))["events"]
    assert (done["id"], done["state"]) == (event["id"], "reviewed")
    [row] = await rows(siege.stack, "safety-event-reviewed")
    assert (row["safety_event"], row["patient"]) == (event["id"], event["patient"])


@pytest.mark.parametrize("user", ["gp", "receptionist", "planner", "policy-admin"])
async def test_others_see_no_queue(siege: Siege, user: str):
    await doubtful(siege)

    answers = [await siege.stack.get(user, path) for path in (HOLDS, EVENTS)]

    assert [each.status_code for each in answers] == [403, 403]
    assert (await rows(siege.stack, "asked"))[-1]["decision"] == "refused"


async def test_an_auditor_looks_and_changes_nothing(siege: Siege):
    await doubtful(siege)
    path = await path_of_hold(siege)
    [event] = (await get(siege, EVENTS, "auditor"))["events"]

    acts = (f"{path}/release", f"{path}/reject", f"{EVENTS}/{event['id']}/review")
    answers = [await act(siege, each, "auditor") for each in acts]

    assert [each.status_code for each in answers] == [403, 403, 403]
    assert (await get(siege, path, "auditor"))["nhs_number"] is None
    assert (await rows(siege.stack, "disclosed"))[-1]["shown"] == {"identity-holds": 1}
    assert (await get(siege, HOLDS, "auditor"))["holds"][0]["state"] == "held"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"{HOLDS}/00000000-0000-0000-0000-000000000001/hospital", 404),
        (f"{HOLDS}/nothing/hospital", 404),
        (f"{HOLDS}/00000000-0000-0000-0000-00000000000A/hospital", 404),
        (f"{HOLDS}?state=open", 400),
        (f"{EVENTS}?state=lost", 400),
    ],
)
async def test_what_does_not_exist_is_not_found_and_what_is_not_known_is_refused(
    siege: Siege, path: str, status: int
):
    assert (await siege.stack.get(OFFICER, path)).status_code == status


@pytest.mark.parametrize("verb", ["release", "reject"])
async def test_a_hold_that_never_was_cannot_be_settled(siege: Siege, verb: str):
    path = f"{HOLDS}/00000000-0000-0000-0000-000000000001/hospital/{verb}"

    assert (await act(siege, path)).status_code == 404
    assert (await siege.stack.post(OFFICER, path, {"why": "x"})).status_code == 400
