"""The audit as AuditEvents over HTTP, about the simulated London: what was done comes out right, to those who may know."""

from typing import Any

import httpx2
import pytest
from fhir.resources.R4B.auditevent import AuditEvent

from rbac.types import Purpose
from tests.audit.balp_events import details
from tests.audit.balp_rules import RULES, profiles_of
from tests.safety.administrators import activated, active_rules, without
from tests.safety.emergencies import BTG, ETREAT, NO_RELATIONSHIP, REASON, broken, everything
from tests.safety.every_route import every_route
from tests.safety.siege import person_of, rows
from tests.stack import Stack

OFFICER, DOCTOR, PERSON = "privacy-officer", "ed-consultant", "everything"
TOKEN_USE = "OAUTHaccessTokenUse.Comprehensive"
AUDIT = "/fhir/AuditEvent"


def path_about(stack: Stack, name: str = PERSON, **further: str) -> str:
    query = {"patient": stack.patient(name), **further}
    return f"{AUDIT}?{httpx2.QueryParams(query)}"


async def events(
    stack: Stack, name: str = PERSON, user: str = OFFICER, **further: str
) -> list[dict[str, Any]]:
    """Give what the audit tells of a person, the latest first."""
    answer = await stack.get(user, path_about(stack, name, **further))
    assert answer.status_code == 200, answer.text
    return [each["resource"] for each in answer.json()["entry"]]


def act_of(event: dict[str, Any]) -> str:
    return details(event).get("act", "")


def kind_of(event: dict[str, Any]) -> str:
    code: str = event["subtype"][-1]["code"]
    return code


def told_as(found: list[dict[str, Any]], kind: str, act: str) -> dict[str, Any]:
    """Give the latest event of a kind of entry and an act."""
    return next(each for each in found if (kind_of(each), act_of(each)) == (kind, act))


async def test_a_view_is_a_patient_read_by_the_person_and_the_application(stack: Stack):
    view = await everything(stack, DOCTOR, PERSON)

    found = await events(stack)

    event, decision = told_as(found, "disclosed", "view"), told_as(found, "asked", "view")
    assert profiles_of(event) == ["PatientRead", TOKEN_USE]
    assert (event["action"], event["outcome"]) == ("R", "0")
    assert event["purposeOfEvent"][0]["coding"][0]["code"] == Purpose.TREAT
    user, organisation = event["agent"][0], event["agent"][1]
    [row] = (await rows(stack, "asked"))[:1]
    assert user["who"]["identifier"]["value"] == row["who"]["user_id"]
    assert user["role"][0]["coding"][0]["code"] == "ed_consultant"
    assert organisation["who"]["identifier"]["value"] == "RRV"
    assert user["policy"] == [f"urn:ietf:params:oauth:jti:{row['details']['token']}"]
    assert event["entity"][0]["what"]["identifier"]["value"] == stack.patient(PERSON)
    [request] = [each for each in event["entity"] if each["type"]["code"] == "XrequestId"]
    assert request["what"]["identifier"]["value"] == view.response.headers["x-request-id"]
    assert (decision["type"]["code"], decision["outcome"]) == ("110113", "0")


async def test_a_refusal_is_an_attempt_with_outcome_4_and_its_reason(stack: Stack):
    await everything(stack, DOCTOR, NO_RELATIONSHIP)

    event = told_as(await events(stack, NO_RELATIONSHIP), "asked", "view")

    assert (event["type"]["code"], event["action"], event["outcome"]) == ("rest", "R", "4")
    assert event["outcomeDesc"] == "no-relationship"
    assert profiles_of(event) == [TOKEN_USE]


async def test_a_find_is_a_patient_query_that_does_not_say_what_was_searched_for(stack: Stack):
    number = person_of(stack, PERSON).nhs_number.digits
    answer = await stack.post(DOCTOR, "/fhir/Patient/_search", {"identifier": number})
    assert answer.json()["total"] == 1

    event = told_as(await events(stack), "disclosed", "find")

    assert profiles_of(event) == ["PatientQuery", TOKEN_USE]
    assert number not in str(event)


async def test_a_broken_glass_and_a_reading_under_it_are_an_override_and_a_disclosure(
    stack: Stack,
):
    grant = await broken(stack, DOCTOR, NO_RELATIONSHIP)
    await everything(stack, DOCTOR, NO_RELATIONSHIP, **ETREAT)

    found = await events(stack, NO_RELATIONSHIP)

    override = told_as(found, "glass-broken", "break-glass")
    reading = told_as(found, "disclosed", "view")
    assert [each["code"] for each in override["subtype"]] == ["110127", "glass-broken"]
    assert profiles_of(reading) == ["PrivacyDisclosure.Source", TOKEN_USE]
    assert {"type": "grant", "valueString": grant["id"]} in reading["entity"][-1]["detail"]
    assert REASON not in str(found)


async def test_a_change_of_the_policy_is_read_by_its_number(stack: Stack):
    numbered = {row["action"]: place for place, row in enumerate(await stack.audit(), start=1)}

    answer = await stack.get(OFFICER, f"{AUDIT}/{numbered['policy-activated']}")

    event = answer.json()
    assert answer.status_code == 200
    assert [each["code"] for each in event["subtype"]] == ["110129", "policy-activated"]
    assert (event["action"], event["id"]) == ("U", str(numbered["policy-activated"]))


async def test_a_change_of_the_policy_tells_who_proposed_and_who_approved_it(stack: Stack):
    version, rules = await active_rules(stack)
    changed = await activated(stack, without(rules, role="gp", category="documents"))

    newest = len(await stack.audit())
    steps = [(await stack.get(OFFICER, f"{AUDIT}/{n}")).json() for n in range(1, newest + 1)]

    told = {kind_of(each): each for each in steps}
    people = {
        kind: told[kind]["agent"][0]["who"]["identifier"]["value"]
        for kind in ("policy-proposed", "policy-approved", "policy-activated")
    }
    assert people["policy-proposed"] == people["policy-activated"] != people["policy-approved"]
    assert details(told["policy-activated"])["version"] == changed
    assert details(told["policy-activated"])["previous"] == version
    assert profiles_of(told["policy-proposed"]) == [TOKEN_USE]


async def test_each_person_whom_a_search_by_name_shows_has_a_query_of_their_own(stack: Stack):
    person = person_of(stack, "twin-a")
    form = {"family": person.family_name, "birthdate": person.born_on.isoformat()}
    found = (await stack.post(DOCTOR, "/fhir/Patient/_search", form)).json()

    event = told_as(await events(stack, "twin-a"), "disclosed", "find")

    rows_b = [row for row in await rows(stack, "disclosed") if row["shown"] == {"demographics": 1}]
    assert profiles_of(event) == ["PatientQuery", TOKEN_USE]
    assert len(rows_b) == found["total"]
    assert person.family_name not in str(event)


async def test_ai_06_each_reading_of_the_audit_is_itself_an_entry(stack: Stack):
    await everything(stack, DOCTOR, PERSON)
    [first, *_] = await events(stack)

    again = await events(stack)

    reading = told_as(again, "disclosed", "read-audit")
    assert act_of(first) == "read-audit"
    assert kind_of(first) == "asked"
    assert profiles_of(reading) == ["PatientRead", TOKEN_USE]
    assert reading["agent"][0]["role"][0]["coding"][0]["code"] == "ig_privacy_officer"
    last = (await rows(stack, "disclosed"))[-1]
    assert last["shown"] == {"audit-entries": len(again)}


async def test_ai_06_one_entry_is_read_on_record_about_whom_it_is(stack: Stack):
    await everything(stack, DOCTOR, PERSON)
    newest = len(await stack.audit())

    answer = await stack.get(OFFICER, f"{AUDIT}/{newest}")

    assert answer.json()["id"] == str(newest)
    row_a, row_b = (await stack.audit())[-2:]
    assert (row_a["act"], row_a["patient"]) == ("read-audit", None)
    assert (row_b["shown"], row_b["patient"]) == ({"audit-entries": 1}, stack.patient(PERSON))


async def test_ai_06_the_audit_has_no_route_that_writes(stack: Stack):
    served = {(each.method, each.path) for each in every_route(stack) if AUDIT in each.path}
    before = len(await stack.audit())
    statuses = {
        (await stack.client.request(method, f"{AUDIT}{rest}", headers=await bearer(stack))).status_code
        for method in ("PUT", "PATCH", "DELETE", "POST")
        for rest in ("", "/1")
    }  # fmt: skip

    assert served == {
        *(("GET", AUDIT), ("POST", f"{AUDIT}/_search"), ("GET", f"{AUDIT}/{{entry}}")),
    }
    assert statuses == {405}
    assert len(await stack.audit()) == before


async def bearer(stack: Stack) -> dict[str, str]:
    return {"Authorization": f"Bearer {await stack.token(OFFICER)}"}


@pytest.mark.parametrize("user", [OFFICER, "caldicott", "auditor"])
async def test_those_entitled_read_it(stack: Stack, user: str):
    await everything(stack, DOCTOR, PERSON)

    assert told_as(await events(stack, user=user), "disclosed", "view")["outcome"] == "0"


@pytest.mark.parametrize("user", [DOCTOR, "gp", "policy-admin", "planner", "receptionist"])
@pytest.mark.parametrize("one", [True, False])
async def test_others_are_refused_on_record(stack: Stack, user: str, one: bool):
    answer = await stack.get(user, f"{AUDIT}/1" if one else path_about(stack))

    assert answer.status_code == 403
    row = (await stack.audit())[-1]
    assert (row["act"], row["decision"]) == ("read-audit", "refused")


async def test_ai_06_without_an_entry_nothing_of_the_audit_is_told(stack: Stack):
    await everything(stack, DOCTOR, PERSON)
    await stack.services.log.aclose()

    answers = [await stack.get(OFFICER, each) for each in (path_about(stack), f"{AUDIT}/1")]

    assert [each.status_code for each in answers] == [503, 503]
    assert {each.json()["resourceType"] for each in answers} == {"OperationOutcome"}


async def test_whoever_reads_the_audit_finds_what_they_did_themselves_in_it(stack: Stack):
    await events(stack)

    own = [each for each in await events(stack) if act_of(each) == "read-audit"]

    assert {each["agent"][0]["who"]["identifier"]["value"] for each in own} == {
        (await rows(stack, "asked"))[-1]["who"]["user_id"]
    }


async def test_every_event_of_a_day_is_valid_and_keeps_the_rules_that_it_names(stack: Stack):
    await everything(stack, DOCTOR, PERSON)
    await everything(stack, DOCTOR, PERSON, **ETREAT)
    await broken(stack, DOCTOR, PERSON)
    await everything(stack, DOCTOR, PERSON, **ETREAT)
    await everything(stack, DOCTOR, PERSON, **BTG)
    await stack.get("gp", f"/fhir/Condition?patient={stack.patient(PERSON)}")

    found = await events(stack)

    broken_rules = [
        (each["id"], rule.name)
        for each in found
        for rule in RULES
        if rule.profile in profiles_of(each) and not rule.holds(each)
    ]
    assert broken_rules == []
    assert [AuditEvent.model_validate(each).id for each in found] == [each["id"] for each in found]


async def test_decision_12_no_content_and_no_number_is_told(stack: Stack):
    await everything(stack, DOCTOR, PERSON)

    text = (await stack.get(OFFICER, path_about(stack))).text

    person = person_of(stack, PERSON)
    named = (person.family_name, person.nhs_number.digits, person.postcode, "snomed")
    assert [each for each in named if each in text] == []
