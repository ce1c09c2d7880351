"""The decision tests of docs/decisions/0009, section 4, through the running service, by their numbers.

9, 10 and 20 are about planning and research and stand in `tests/population/http`; 21 is about policy editing and has no
route here; 23 stands in `test_p03_storage`.
"""

from secrets import token_urlsafe

import pytest
from joserfc import jwt

from gateway.wiring import now
from tests.london import AUDIENCE
from tests.safety.emergencies import ETREAT
from tests.safety.siege import person_of, rows
from tests.safety.staff import sign_in, staff
from tests.safety.test_role_matrix_over_http import GONORRHOEA, HIV
from tests.stack import Bundle, Stack

ART = ("emtricitabine", "Emtricitabine", "Tenofovir")
RESTRICTED_MEDICINE = "Restricted medicine: contact the source"


def categories(answer: Bundle) -> set[str]:
    return {
        tag["code"]
        for each in answer.resources
        for tag in each["meta"].get("tag", ())
        if tag["system"].endswith("/category") and each["meta"]["source"] != "urn:scr:gateway"
    }


def tells(answer: Bundle, words: tuple[str, ...]) -> bool:
    return any(word.encode() in answer.response.content for word in words)


async def refused(stack: Stack, user: str, name: str, **headers: str) -> str:
    """Check that nothing at all is told, and give the reason that the audit has."""
    path = f"/fhir/Patient/{stack.patient(name)}/$everything"
    answer = await stack.get(user, path, **headers)
    assert answer.status_code == 403
    assert answer.json()["resourceType"] == "OperationOutcome"
    assert person_of(stack, name).family_name not in answer.text
    assert await rows(stack, "disclosed") == []
    asked = await rows(stack, "asked")
    return asked[-1]["reason"] if asked else "not-recorded"


async def test_decision_1_a_consultant_sees_the_medicines_of_someone_who_was_in_the_department(
    stack: Stack,
):
    answer = await stack.everything("ed-consultant", "ed-ended-10h")

    assert answer.status == 200
    assert "medications" in categories(answer)


async def test_decision_2_a_consultant_without_relationship_is_refused_with_the_reason(
    stack: Stack,
):
    assert await refused(stack, "ed-consultant", "other-practice") == "no-relationship"


async def test_decision_3_a_receptionist_sees_no_problems(stack: Stack):
    answer = await stack.everything("receptionist", "everything")
    path = f"/fhir/Condition?patient={stack.patient('everything')}"
    searched = Bundle(await stack.get("receptionist", path))

    assert categories(answer) <= {"demographics", "encounters", "appointments"}
    assert searched.resources == []


async def test_decision_4_a_receptionist_has_no_emergency(stack: Stack):
    assert await refused(stack, "receptionist", "everything", **ETREAT) == "purpose-not-allowed"


async def test_decision_5_a_paramedic_sees_no_sexual_health_items(stack: Stack):
    answer = await stack.everything("paramedic", "sexual-health")

    assert answer.status == 200
    assert not tells(answer, (*HIV, *GONORRHOEA))


async def test_decision_7_a_social_worker_sees_no_results(stack: Stack):
    answer = await stack.everything("social-worker", "everything")

    assert answer.status == 200
    assert "results" not in categories(answer)
    assert answer.of("Observation") == []


@pytest.mark.parametrize("header", [{}, {"Purpose-Of-Use": "TREAT"}], ids=["own", "direct-care"])
@pytest.mark.parametrize(
    ("number", "user"),
    [
        (8, "planner"),
        (8, "csp-analyst"),
        (8, "researcher"),
        (11, "policy-admin"),
        (12, "privacy-officer"),
        (12, "auditor"),
        (12, "caldicott"),
    ],
)
async def test_decisions_8_11_12_nobody_outside_care_sees_one_persons_record(
    stack: Stack, number: int, user: str, header: dict[str, str]
):
    await refused(stack, user, "everything", **header)
    found = await stack.post(user, "/fhir/Patient/_search", {"identifier": "9990000018"})

    assert found.status_code == 403


async def test_decision_13_a_gp_sees_the_practices_own_sexual_health_items(stack: Stack):
    answer = await stack.everything("gp", "sexual-health")

    own = [each for each in answer.of("Condition", "gp") if "Gonorrhoea" in str(each)]
    assert len(own) == 1


async def test_decision_13_own_never_opens_another_organisations_copy(stack: Stack):
    answer = await stack.everything("gp", "sexual-health")

    assert not [each for each in answer.from_source("hospital") if HIV[0] in str(each)]


async def test_decision_14_a_gp_sees_nothing_of_another_practices_patient(stack: Stack):
    assert await refused(stack, "gp", "other-practice") == "no-relationship"


@pytest.mark.parametrize("user", ["ed-consultant", "nurse", "paramedic"])
async def test_decision_15_nobody_is_told_where_a_restricted_person_is(stack: Stack, user: str):
    person = person_of(stack, "restricted")

    answer = await stack.everything(user, "restricted")

    where = [person.postcode, *person.address_lines, person.phone]
    practice = [person.practice, stack.london.cohort.organisations[person.practice]]
    told = answer.response.text
    assert answer.status == 200
    assert [each for each in (*where, *practice) if each and each in told] == []
    assert {"Organization", "Location", "PractitionerRole", "HealthcareService"}.isdisjoint(
        each["resourceType"] for each in answer.resources
    )


async def test_decision_15_a_restricted_person_does_not_exist_for_who_has_no_relationship(
    stack: Stack,
):
    # PDS does not tell the practice of a restricted person, so registration founds nothing.
    answer = await stack.get("gp", f"/fhir/Patient/{stack.patient('restricted')}/$everything")
    unknown = await stack.get("gp", f"/fhir/Patient/{36 * 'a'}/$everything")

    assert (answer.status_code, answer.content) == (404, unknown.content)


@pytest.mark.parametrize("name", ["objects-to-all", "objects-no-exceptions"])
async def test_decision_16_an_objection_refuses_in_neutral_words(stack: Stack, name: str):
    reason = await refused(stack, "nurse", name)
    answer = await stack.get("nurse", f"/fhir/Patient/{stack.patient(name)}/$everything")

    assert reason == "sharing-restricted"
    assert "object" not in answer.text.lower()


async def test_decision_16_an_objection_to_one_source_leaves_it_unasked(stack: Stack):
    answer = await stack.everything("nurse", "objects-to-gp")

    assert answer.outcomes["gp"] == "withheld"
    assert answer.from_source("gp") == []
    assert answer.from_source("hospital")
    assert answer.is_complete == "false"


async def test_decision_18_a_gp_whose_sign_in_has_expired_is_not_known(stack: Stack):
    user = sign_in(stack, staff("gp", "R0260", "F84004"), minutes_ago=12)

    answer = await stack.get(user, f"/fhir/Patient/{stack.patient('everything')}/$everything")

    assert answer.status_code == 401


async def test_decision_18_a_gp_whose_role_is_gone_is_not_known(stack: Stack):
    user = sign_in(stack, staff("gp", "R9999", "F84004"))

    answer = await stack.get(user, f"/fhir/Patient/{stack.patient('everything')}/$everything")

    assert answer.status_code == 403


@pytest.mark.parametrize(("selected", "status"), [("1", 200), ("2", 403), ("3", 401)])
async def test_decision_19_of_two_roles_only_the_selected_one_counts(
    stack: Stack, selected: str, status: int
):
    stack.tokens["both"] = _token_of_two_roles(stack, selected)

    answer = await stack.get("both", f"/fhir/Patient/{stack.patient('everything')}/$everything")

    assert answer.status_code == status


def _token_of_two_roles(stack: Stack, selected: str) -> str:
    key, issued_at = stack.london.signing_key, int(now().timestamp())
    assert key is not None
    gp = {"person_roleid": "1", "org_code": "F84004", "role_code": "R0260"}
    analyst = {"person_roleid": "2", "org_code": "QMJ", "role_code": "R1840"}
    claims = {
        "iss": stack.london.addresses["identity"],
        "aud": AUDIENCE,
        "sub": "555057000999",
        "iat": issued_at,
        "exp": issued_at + 300,
        "jti": token_urlsafe(),
        "given_name": "Alex",
        "family_name": "Invented",
        "purpose_of_use": ["TREAT"],
        "id_assurance_level": "3",
        "authentication_assurance_level": "3",
        "selected_roleid": selected,
        "nhsid_nrbac_roles": [gp, analyst],
    }
    header = {"typ": "at+jwt", "alg": "ES256", "kid": key.thumbprint()}
    return jwt.encode(header, claims, key, algorithms=["ES256"])


@pytest.mark.parametrize("user", ["pharmacist", "nurse", "ed-consultant", "paramedic"])
async def test_decision_22_a_hidden_antiretroviral_is_a_masked_notice_without_its_name(
    stack: Stack, user: str
):
    answer = await stack.everything(user, "sexual-health")

    assert not tells(answer, ART)
    assert tells(answer, (RESTRICTED_MEDICINE,))


@pytest.mark.parametrize(
    ("name", "status"), [("ambulance-open", 200), ("ambulance-2h", 200), ("ambulance-73h", 403)]
)
async def test_decision_24_an_ambulance_contact_lasts_three_days(
    stack: Stack, name: str, status: int
):
    answer = await stack.get("paramedic", f"/fhir/Patient/{stack.patient(name)}/$everything")

    assert answer.status_code == status
