"""AU-17: a suspension is heard at the next request, whatever the token or the session says."""

import pytest

from adapters.simulators.demo_users import DEMO_USERS
from gateway.access.asking import who_of
from gateway.audit.acts import SignedIn
from gateway.commands.staff import _restore, _suspend
from gateway.errors import RefusedError
from gateway.store.sign_ins import SignIn, sign_in_of
from gateway.store.staff_suspensions import EVERY_PROFILE
from gateway.web.sessions import Begun, keep_session, live_session
from gateway.wiring import now
from tests.stack import Stack
from tests.web.visitor import Visitor

CONSULTANT, NURSE = DEMO_USERS["ed-consultant"], DEMO_USERS["nurse"]


async def suspend(stack: Stack, user=CONSULTANT, profile: str = EVERY_PROFILE) -> int:
    services = stack.services
    return await _suspend(services.store, services.log, user.user_id, profile, "left")


async def restore(stack: Stack, profile: str = EVERY_PROFILE) -> bool:
    services = stack.services
    return await _restore(services.store, services.log, CONSULTANT.user_id, profile)


async def record(stack: Stack, user: str = "ed-consultant"):
    return await stack.get(user, f"/fhir/Patient/{stack.patient('everything')}")


@pytest.mark.parametrize("profile", [EVERY_PROFILE, CONSULTANT.role_profile_id])
async def test_au_17_the_next_request_is_refused_on_record_and_no_source_is_asked(
    stack: Stack, profile
):
    assert (await record(stack)).status_code == 200
    before = len(await stack.audit())

    await suspend(stack, profile=profile)
    found = await record(stack)

    assert (found.status_code, found.json()["resourceType"]) == (403, "OperationOutcome")
    suspended, denied = (await stack.audit())[before:]
    assert (suspended["action"], suspended["subject"]) == ("staff-suspended", CONSULTANT.user_id)
    assert (denied["decision"], denied["reason"]) == ("refused", "suspended")


REQUESTS = (
    ("ed-consultant", "GET", "/fhir/Patient/{p}/$everything"),
    ("ed-consultant", "GET", "/fhir/Encounter?patient={p}"),
    ("ed-consultant", "POST", "/fhir/Patient/_search"),
    ("privacy-officer", "GET", "/privacy/identity-holds"),
    ("policy-admin", "GET", "/policy/versions"),
)


@pytest.mark.parametrize(("user", "method", "path"), REQUESTS)
async def test_au_17_every_kind_of_request_is_refused(stack: Stack, user, method, path):
    person, form = stack.patient("everything"), {"identifier": "9990000018"}
    await stack.token(user)
    await suspend(stack, DEMO_USERS[user])

    asked = path.format(p=person)
    found = await (stack.get(user, asked) if method == "GET" else stack.post(user, asked, form))

    assert found.status_code == 403
    assert (await stack.audit())[-1]["reason"] == "suspended"


async def test_au_17_who_is_suspended_is_told_not_even_who_they_are(stack: Stack):
    address = f"/fhir/Practitioner/{NURSE.user_id}"
    assert (await stack.get("nurse", address)).status_code == 200

    await suspend(stack, NURSE)
    found = await stack.get("nurse", address)

    assert (found.status_code, "Lis" in found.text) == (403, False)
    entry = (await stack.audit())[-1]
    assert (entry["action"], entry["user_id"]) == ("caller-refused", NURSE.user_id)
    assert entry["reason"] == "suspended"


async def test_au_17_another_role_profile_and_other_people_go_on(stack: Stack):
    await suspend(stack, profile="555000000000")
    await suspend(stack, NURSE)

    assert (await record(stack)).status_code == 200
    assert (await record(stack, "nurse")).status_code == 403


async def test_au_17_a_suspension_ends_every_session_at_once(stack: Stack):
    visitor = Visitor(stack)
    await visitor.sign_in()
    session_id = stack.client.cookies["session"]

    assert await suspend(stack) == 1

    assert await live_session(stack.services, session_id) is None
    page = await stack.client.get(f"/patient/{stack.patient('everything')}")
    assert (page.status_code, page.headers["location"]) == (303, "/")


async def test_au_17_who_is_suspended_cannot_sign_in(stack: Stack):
    await suspend(stack)

    answer = await Visitor(stack).sign_in()

    assert (answer.status_code, "session" in stack.client.cookies) == (400, False)
    assert (await stack.audit())[-1]["reason"] == "suspended"


async def test_au_17_who_is_restored_goes_on(stack: Stack):
    await suspend(stack)
    assert not await restore(stack, "555000000000")
    assert await restore(stack)

    assert (await record(stack)).status_code == 200
    assert not await restore(stack)
    assert [row["action"] for row in await stack.audit()].count("staff-restored") == 1


@pytest.mark.parametrize("profile", [None, NURSE.role_profile_id])
async def test_au_17_a_sign_in_that_a_suspension_overtakes_begins_no_session(stack: Stack, profile):
    principal = await stack.services.verifier.principal(await stack.token("nurse"))
    at = now()
    row = SignIn("h", NURSE.user_id, b"{}", at, at, at, role_profile_id=profile)
    event = SignedIn(at, who_of(principal), "openid-connect")
    await suspend(stack, NURSE)

    with pytest.raises(RefusedError) as refused:
        await keep_session(stack.services, event, Begun("an-id", row), None)

    assert refused.value.reason == "suspended"
    assert await stack.services.store.read(sign_in_of, "h") is None
    assert (await stack.audit())[-1]["action"] == "staff-suspended"
