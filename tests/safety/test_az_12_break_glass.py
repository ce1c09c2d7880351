"""AZ-12: the glass is broken with a reason, by who may, about one person, in one session, for one hour."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from fhir_profiles.nhs_number import NhsNumber
from tests.safety.emergencies import (
    BREAK_GLASS,
    BTG,
    ETREAT,
    NO_RELATIONSHIP,
    NOTHING,
    REASON,
    alerts,
    another_session,
    as_served,
    at_later,
    breaks,
    broken,
    everything,
    kept,
    plea,
    refusal,
)
from tests.safety.siege import rows
from tests.stack import Stack

DOCTOR = "ed-consultant"
NOT_OPEN = (403, "break-glass-required")


def categories(answer: Any) -> set[str]:
    return {
        tag["code"]
        for each in answer.resources
        for tag in each["meta"].get("tag", ())
        if tag["system"].endswith("/category")
    }


async def test_az_12_a_reason_opens_the_emergency_slice_of_a_stranger(stack: Stack):
    grant = await broken(stack, DOCTOR, NO_RELATIONSHIP)

    answer = await everything(stack, DOCTOR, NO_RELATIONSHIP, **ETREAT)

    assert answer.status == 200
    assert answer.from_source("gp")
    assert categories(answer) <= set(grant["opens"])
    assert (grant["step"], grant["reason_code"]) == ("ETREAT", "risk-to-life")
    lasts = datetime.fromisoformat(grant["until"]) - datetime.fromisoformat(grant["granted_at"])
    assert lasts == timedelta(minutes=60)


async def test_az_12_what_is_told_of_a_grant_is_never_the_reasons_text(stack: Stack):
    answer = await breaks(stack, DOCTOR, NO_RELATIONSHIP)

    assert REASON not in answer.text
    assert set(answer.json()) == {
        *("id", "patient", "step", "reason_code", "granted_at", "until", "opens"),
    }


async def test_az_12_the_slice_is_what_an_emergency_opens_and_no_more(stack: Stack):
    await broken(stack, DOCTOR, "everything")

    direct = categories(await everything(stack, DOCTOR, "everything"))
    emergency = categories(await everything(stack, DOCTOR, "everything", **ETREAT))

    assert {"documents", "immunisations"} & direct
    assert emergency <= {
        *("demographics", "alerts", "allergies", "medications", "problems"),
        *("encounters", "end-of-life", "results"),
    }


@pytest.mark.parametrize(
    "changes",
    [
        {"reason": None},
        {"reason": ""},
        {"reason": "too short"},
        {"reason": "         \n       a         "},
        {"reason": ["a", "list", "of", "words"]},
        {"reason": "x" * 501},
        {"reason_code": None},
        {"reason_code": "curiosity"},
        {"reason_code": ["risk-to-life"]},
        {"step": None},
        {"step": "TREAT"},
        {"step": ["ETREAT"]},
        {"minutes": 600},
        {"user_id": "555057000101"},
    ],
)
async def test_az_12_what_is_not_a_whole_reason_opens_nothing(
    stack: Stack, changes: dict[str, Any]
):
    answer = await breaks(stack, DOCTOR, NO_RELATIONSHIP, **changes)

    assert answer.status_code == 400
    assert answer.json()["resourceType"] == "OperationOutcome"
    assert await kept(stack) == NOTHING
    assert await refusal(stack, DOCTOR, NO_RELATIONSHIP, **ETREAT) == NOT_OPEN


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"patient":"a","patient":"b"}', b"\xff"])
async def test_az_12_what_is_no_object_opens_nothing(stack: Stack, body: bytes):
    answer = await stack.send(DOCTOR, BREAK_GLASS, body)

    assert answer.status_code == 400
    assert await kept(stack) == NOTHING


@pytest.mark.parametrize("patient", ["a" * 36, "9990000018", "", None, 7])
async def test_az_12_nobody_is_found_where_there_is_nobody(stack: Stack, patient: Any):
    answer = await stack.send(DOCTOR, BREAK_GLASS, plea(patient=patient))
    unknown = await stack.get(DOCTOR, f"/fhir/Patient/{36 * 'a'}/$everything")

    assert (answer.status_code, answer.content) == (404, unknown.content)
    assert await kept(stack) == NOTHING


async def test_az_12_an_attempt_upon_a_number_that_nobody_has_is_told_of(stack: Stack):
    nobody = stack.services.ids.seal(NhsNumber("9990000042"))

    answer = await stack.send(DOCTOR, BREAK_GLASS, plea(patient=nobody))

    assert answer.status_code == 404
    assert (await kept(stack))[0] == 0
    [alert] = await alerts(stack)
    assert (alert.patient, alert.refusal, alert.tell) == (nobody, "unknown-person", ("RRV",))


async def test_az_12_an_hour_is_the_end(stack: Stack):
    await broken(stack, DOCTOR, NO_RELATIONSHIP)

    async with as_served(stack, at_later(stack.services, minutes=59)) as before:
        still = await everything(before, DOCTOR, NO_RELATIONSHIP, **ETREAT)
    async with as_served(stack, at_later(stack.services, minutes=60)) as after:
        ended = await everything(after, DOCTOR, NO_RELATIONSHIP, **ETREAT)

    assert (still.status, ended.status) == (200, 403)
    assert (await rows(stack, "asked"))[-1]["reason"] == "break-glass-required"


async def test_az_12_another_tabs_person_stays_closed(stack: Stack):
    await broken(stack, DOCTOR, NO_RELATIONSHIP)

    assert await refusal(stack, DOCTOR, "everything", **ETREAT) == NOT_OPEN


@pytest.mark.parametrize("purpose", ["TREAT", "BTG"])
async def test_az_12_another_purpose_stays_closed(stack: Stack, purpose: str):
    await broken(stack, DOCTOR, NO_RELATIONSHIP)

    status, reason = await refusal(stack, DOCTOR, NO_RELATIONSHIP, **{"Purpose-Of-Use": purpose})

    assert (status, reason) == (403, "no-relationship" if purpose == "TREAT" else NOT_OPEN[1])


async def test_az_12_another_session_of_the_same_user_stays_closed(stack: Stack):
    await broken(stack, DOCTOR, NO_RELATIONSHIP)
    again = await another_session(stack, DOCTOR)

    assert await refusal(stack, again, NO_RELATIONSHIP, **ETREAT) == NOT_OPEN
    assert (await stack.get(again, BREAK_GLASS)).json() == {"grants": []}


async def test_az_12_a_colleague_stays_out(stack: Stack):
    await broken(stack, DOCTOR, NO_RELATIONSHIP)

    assert await refusal(stack, "nurse", NO_RELATIONSHIP, **ETREAT) == NOT_OPEN


@pytest.mark.parametrize(
    "user", ["receptionist", "social-worker", "discharge-officer", "care-home", "planner"]
)
@pytest.mark.parametrize("step", ["ETREAT", "BTG"])
async def test_az_12_a_role_that_is_not_entitled_is_refused_and_told_of(
    stack: Stack, user: str, step: str
):
    answer = await breaks(stack, user, "everything", step=step)

    assert answer.status_code == 403
    [alert] = await alerts(stack)
    assert (alert.kind, alert.act, alert.purpose) == ("unauthorised-attempt", "break-glass", step)
    assert (alert.patient, alert.refusal) == (stack.patient("everything"), "purpose-not-allowed")
    [asked] = await rows(stack, "asked")
    assert (asked["decision"], asked["details"]["plea"]) == ("refused", REASON)
    assert (await kept(stack))[0] == 0


async def test_az_12_grant_alert_and_entry_are_there_before_any_data(stack: Stack):
    grant = await broken(stack, DOCTOR, NO_RELATIONSHIP)

    assert await kept(stack) == (1, 1, 1, 1)
    assert await rows(stack, "disclosed") == []
    [alert] = await alerts(stack)
    assert (alert.kind, str(alert.basis)) == ("break-glass", grant["id"])
    practice = stack.london.cohort.people[stack.london.people[NO_RELATIONSHIP]].practice
    assert alert.tell == tuple(sorted({"RRV", "RRU", practice}))
    [entry] = await rows(stack, "glass-broken")
    assert (entry["reason"], entry["grant"]) == (REASON, grant["id"])
    assert entry["decision_id"] == (await rows(stack, "asked"))[0]["decision_id"]


async def test_az_12_a_reading_names_its_grant(stack: Stack):
    grant = await broken(stack, DOCTOR, NO_RELATIONSHIP)

    await everything(stack, DOCTOR, NO_RELATIONSHIP, **ETREAT)

    asked = (await rows(stack, "asked"))[-1]
    assert asked["details"]["grant"] == grant["id"]
    assert (asked["purpose"], asked["relationship"]) == ("ETREAT", "self_claimed")


async def test_az_12_the_second_step_needs_the_first_and_ends_with_it(stack: Stack):
    early = await breaks(stack, DOCTOR, NO_RELATIONSHIP, step="BTG")
    first = await broken(stack, DOCTOR, NO_RELATIONSHIP)
    second = await broken(stack, DOCTOR, NO_RELATIONSHIP, step="BTG", reason="Fits; HIV suspected")

    opened = await everything(stack, DOCTOR, NO_RELATIONSHIP, **BTG)

    assert (early.status_code, opened.status) == (403, 200)
    assert second["until"] == first["until"]
    assert [each.purpose for each in await alerts(stack)] in (["ETREAT", "BTG"], ["BTG", "ETREAT"])


async def test_az_12_ones_own_can_be_listed_and_ended(stack: Stack):
    first = await broken(stack, DOCTOR, NO_RELATIONSHIP)
    second = await broken(stack, DOCTOR, NO_RELATIONSHIP, step="BTG")
    listed = (await stack.get(DOCTOR, BREAK_GLASS)).json()["grants"]

    answers = [await stack.delete(DOCTOR, f"{BREAK_GLASS}/{first['id']}") for _ in range(2)]

    assert [each["id"] for each in listed] == [second["id"], first["id"]]
    assert [each.status_code for each in answers] == [204, 404]
    assert (await stack.get(DOCTOR, BREAK_GLASS)).json() == {"grants": []}
    for purpose in (ETREAT, BTG):
        assert await refusal(stack, DOCTOR, NO_RELATIONSHIP, **purpose) == NOT_OPEN
    [ended] = await rows(stack, "emergency-ended")
    assert ended["grant"] == first["id"]


async def test_az_12_nobody_ends_anybody_elses(stack: Stack):
    grant = await broken(stack, DOCTOR, NO_RELATIONSHIP)

    again = await another_session(stack, DOCTOR)
    others = [await stack.delete(each, f"{BREAK_GLASS}/{grant['id']}") for each in ("nurse", again)]

    assert [each.status_code for each in others] == [404, 404]
    assert (await everything(stack, DOCTOR, NO_RELATIONSHIP, **ETREAT)).status == 200


@pytest.mark.parametrize("method", ["get", "delete"])
async def test_az_12_who_breaks_no_glass_has_none(stack: Stack, method: str):
    path = BREAK_GLASS if method == "get" else f"{BREAK_GLASS}/{'0' * 8}-0000-0000-0000-{'0' * 12}"

    answer = await getattr(stack, method)("receptionist", path)

    assert answer.status_code == 403
    assert (await rows(stack, "asked"))[-1]["decision"] == "refused"


async def test_az_12_nobody_is_looked_up_in_an_emergency(stack: Stack):
    bearer = {"Authorization": f"Bearer {await stack.token(DOCTOR)}", **ETREAT}
    form = {"identifier": stack.london.people[NO_RELATIONSHIP].digits}

    answer = await stack.client.post("/fhir/Patient/_search", data=form, headers=bearer)

    assert answer.status_code == 403


async def test_az_12_a_restricted_person_does_not_exist_for_a_stranger_in_an_emergency(
    stack: Stack,
):
    # The practice has no relationship: PDS does not tell a restricted person's practice.
    answer = await breaks(stack, "gp", "restricted")
    unknown = await stack.get("gp", f"/fhir/Patient/{36 * 'a'}/$everything")

    assert (answer.status_code, answer.content) == (404, unknown.content)
    assert (await kept(stack))[0] == 0
    [alert] = await alerts(stack)
    assert (alert.kind, alert.refusal) == ("unauthorised-attempt", "no-relationship")
    assert alert.tell == ("F84004",)


async def test_az_12_a_restricted_person_is_nowhere_in_an_emergency_either(stack: Stack):
    await broken(stack, DOCTOR, "restricted")

    answer = await everything(stack, DOCTOR, "restricted", **ETREAT)

    person = stack.london.cohort.people[stack.london.people["restricted"]]
    where = [person.postcode, *person.address_lines, person.phone, person.practice]
    assert answer.status == 200
    assert [each for each in where if each and each in answer.response.text] == []
    kinds = sorted(each.kind for each in await alerts(stack))
    assert kinds == ["break-glass", "restricted-person"]
