"""A field that a request has no business with is refused with the request, and nothing is changed (AZ-22)."""

from collections.abc import Mapping
from typing import Any

import orjson
import pytest

from tests.safety.administrators import AUTHOR, DRAFTS, active_rules, saved, without
from tests.safety.emergencies import BREAK_GLASS, NO_RELATIONSHIP, NOTHING, kept, plea
from tests.safety.every_route import Served, every_route
from tests.safety.siege import DOCTOR
from tests.stack import Stack

MORE: Mapping[str, Any] = {
    "role": "policy_admin",
    "is_admin": True,
    "org": "F84004",
    "organisation": "F84004",
    "user_id": "555057000101",
    "purpose": "BTG",
    "levels": "all",
    "granted_at": "2020-01-01T00:00:00Z",
    "approved_by": "555057000117",
    "__proto__": {"is_admin": True},
    "constructor": {"prototype": {"is_admin": True}},
}


async def whole_request(stack: Stack, path: str) -> tuple[str, dict[str, Any]]:
    """Give who sends what to an address so that it is accepted."""
    person = stack.patient(NO_RELATIONSHIP)
    version, rules = await active_rules(stack)
    return {
        BREAK_GLASS: (DOCTOR, plea(patient=person)),
        "/access/claims": (
            DOCTOR,
            {
                "patient": person,
                "reason_code": "referral-not-recorded",
                "reason": "Referred by telephone this morning",
            },
        ),
        DRAFTS: (
            AUTHOR,
            {
                "based_on": version,
                "why": "a test",
                "rules": without(rules, role="ed_consultant", category="problems"),
            },
        ),
        "/policy/rollback": (AUTHOR, {"version": version, "based_on": version}),
    }[path]


@pytest.mark.parametrize("path", [BREAK_GLASS, "/access/claims", DRAFTS, "/policy/rollback"])
async def test_az_22_one_field_more_refuses_an_otherwise_whole_request(stack: Stack, path: str):
    user, body = await whole_request(stack, path)
    before = await saved(stack)

    for name, value in MORE.items():
        answer = await stack.send(user, path, {**body, name: value})
        assert (answer.status_code, answer.json()["issue"][0]["code"]) == (400, "structure"), name

    assert await kept(stack) == NOTHING
    assert await saved(stack) == before
    assert (await stack.send(user, path, body)).status_code < 400 or path == "/policy/rollback"


@pytest.mark.parametrize("name", ["role", "is_admin", "org", "_method", "purpose"])
async def test_az_22_one_parameter_more_refuses_a_posted_search(stack: Stack, name: str):
    form = {"family": "x", "birthdate": "1980-01-01"}

    assert (await stack.post(DOCTOR, "/fhir/Patient/_search", form)).status_code == 200
    assert (
        await stack.post(DOCTOR, "/fhir/Patient/_search", {**form, name: "x"})
    ).status_code == 400


async def test_az_22_no_posted_body_of_strange_fields_does_anything_anywhere(stack: Stack):
    posted = [each for each in every_route(stack) if each.method == "POST"]
    before = (await saved(stack), await kept(stack), len(await stack.audit()))

    for route in posted:
        for user in (DOCTOR, AUTHOR):
            path = route.at(**dict.fromkeys(route.fields, "1"))
            answer = await stack.send(user, path, orjson.dumps(MORE))
            assert is_refused(route, answer.status_code), (route, answer.status_code)

    assert len(posted) > 10
    assert (await saved(stack), await kept(stack)) == before[:2]


def is_refused(route: Served, status: int) -> bool:
    # A page sends who is not signed in to where one does; a token is not heard there.
    is_page = not route.path.startswith(("/fhir", "/access", "/policy", "/privacy/"))
    return 400 <= status < 500 or (status == 303 and (is_page or "alerts" in route.path))
