"""Who brings no token is told what a short list allows: nothing of a person, of the policy, or of what runs (AZ-21)."""

import re

import httpx2
import pytest

from gateway.version import VERSION
from rbac.roles import Role
from tests.safety.every_route import Served, every_route
from tests.safety.siege import ASKED_ABOUT, DOCTOR, person_of
from tests.stack import METRICS_TOKEN, OPERATOR, Stack, running_stack

FOR_ANYBODY = {
    "/",
    "/audit/checkpoint",
    "/audit/key",
    "/fhir/.well-known/smart-configuration",
    "/fhir/metadata",
    "/health/live",
    "/health/ready",
    "/static/{file}",
    "/version",
}
TELLING_THE_VERSION = {"/fhir/metadata", "/version"}
"""The capability statement has to name the release that a client talks to, and the source is open: the one number
that is told is ours, never that of a part."""

_VERSION = re.compile(r"(?<![\d.])\d+\.\d+\.\d+(?![\d.])")


async def unsigned(stack: Stack, route: Served) -> httpx2.Response:
    path = route.at(**dict.fromkeys(route.fields, "pages.css"))
    return await stack.client.request(route.method, path)


def served(stack: Stack) -> list[Served]:
    return [each for each in every_route(stack) if not each.path.startswith("/sign-")]


async def test_az_21_without_a_token_only_what_is_listed_answers(stack: Stack):
    answers = {each: await unsigned(stack, each) for each in served(stack)}

    told = {each.path for each, answer in answers.items() if answer.status_code == 200}
    assert told <= FOR_ANYBODY
    assert told >= FOR_ANYBODY - {"/static/{file}"}
    refused = [answer for each, answer in answers.items() if each.path not in FOR_ANYBODY]
    assert {each.status_code for each in refused} == {303, 401}
    # Pages lead to where people sign in; nothing else sends anybody anywhere.
    assert {each.headers["location"] for each in refused if each.status_code == 303} == {"/"}


async def test_az_21_what_anybody_is_told_names_no_person_policy_role_or_part(stack: Stack):
    await stack.everything(DOCTOR, ASKED_ABOUT)
    person = person_of(stack, ASKED_ABOUT)
    policy = (await stack.services.policies.active()).version
    secret = {person.nhs_number.digits, person.family_name, stack.patient(ASKED_ABOUT), policy}
    secret |= {role.value for role in Role if "_" in role.value}

    for route in served(stack):
        answer = await unsigned(stack, route)
        whole = answer.text + repr(answer.headers)
        assert [word for word in secret if word in whole] == [], route
        versions = set(_VERSION.findall(whole.replace("4.0.1", ""))) - {"127.0.0.1"}
        assert versions <= ({VERSION} if route.path in TELLING_THE_VERSION else set()), route


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"Authorization": ""},
        {"Authorization": METRICS_TOKEN},
        {"Authorization": f"Bearer {METRICS_TOKEN[:-1]}"},
        {"Authorization": f"Bearer {METRICS_TOKEN} "},
        {"Authorization": f"bearer {METRICS_TOKEN}"},
        {"Authorization": "Bearer "},
    ],
)
async def test_az_21_counts_are_for_the_operators_token_alone(stack: Stack, sent: dict[str, str]):
    # A counter's step would tell an objection from a hold, and a stranger's id from one that never was.
    answer = await stack.client.get("/metrics", headers=sent)

    assert answer.status_code == 401
    assert b"scr_" not in answer.content
    assert (await stack.client.get("/metrics", headers=OPERATOR)).status_code == 200


async def test_az_21_no_role_is_an_operator(stack: Stack):
    for user in (DOCTOR, "policy-admin", "auditor"):
        assert (await stack.get(user, "/metrics")).status_code == 401


async def test_az_21_without_such_a_token_configured_nobody_is_told_counts(
    london, template, tmp_path, compiled
):
    async with running_stack(london, template, tmp_path, compiled, metrics_token=None) as stack:
        for sent in (OPERATOR, {"Authorization": "Bearer None"}, {"Authorization": "Bearer "}):
            assert (await stack.client.get("/metrics", headers=sent)).status_code == 401
