"""For which organisation somebody acts is what their token says, and nothing that a request adds (AZ-10)."""

import httpx2
import pytest

from adapters.simulators.demo_users import DEMO_USERS
from tests.safety.emergencies import BREAK_GLASS, NO_RELATIONSHIP, plea
from tests.safety.siege import ASKED_ABOUT, DOCTOR, rows
from tests.stack import Stack

# The organisation of a person's own practice, whose staff would see more than a doctor of the hospital.
ANOTHER = "F84004"
HEADERS = (
    "X-ODS-Code",
    "X-Organisation",
    "X-Org-Code",
    "ODS-Code",
    "NHSD-End-User-Organisation",
    "NHSD-End-User-Organisation-ODS",
    "X-Tenant",
    "Ssp-From",
)
NAMES = ("organisation", "organization", "org_code", "org", "ods", "custodian", "role")


def settled(answer: httpx2.Response) -> tuple[int, bytes, str]:
    return answer.status_code, answer.content, answer.headers.get("etag", "")


@pytest.mark.parametrize("name", HEADERS)
async def test_az_10_a_header_makes_nobody_act_for_another_organisation(stack: Stack, name: str):
    own = f"/fhir/Patient/{stack.patient('sexual-health')}/$everything"
    strangers = f"/fhir/Patient/{stack.patient(NO_RELATIONSHIP)}"

    for path in (own, strangers):
        plain = settled(await stack.get(DOCTOR, path))
        assert settled(await stack.get(DOCTOR, path, **{name: ANOTHER})) == plain

    told = {row["who"]["organisation"] for row in await rows(stack, "asked")}
    assert told == {DEMO_USERS[DOCTOR].organisation}


@pytest.mark.parametrize("name", NAMES)
async def test_az_10_a_request_that_names_an_organisation_is_refused(stack: Stack, name: str):
    person = stack.patient(ASKED_ABOUT)
    search = {"patient": person, name: ANOTHER}

    answers = [
        await stack.get(DOCTOR, f"/fhir/Encounter?patient={person}&{name}={ANOTHER}"),
        await stack.get(DOCTOR, f"/fhir/Patient/{person}?{name}={ANOTHER}"),
        await stack.get(DOCTOR, f"/fhir/Patient/{person}/$everything?{name}={ANOTHER}"),
        await stack.post(DOCTOR, "/fhir/Encounter/_search", search),
        await stack.post(DOCTOR, "/fhir/Patient/_search", {"family": "x", name: ANOTHER}),
        await stack.send(DOCTOR, BREAK_GLASS, plea(patient=person, **{name: ANOTHER})),
    ]

    assert {each.status_code for each in answers} == {400}
    assert await rows(stack, "asked") == []
