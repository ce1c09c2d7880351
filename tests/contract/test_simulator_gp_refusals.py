"""The simulated practice systems refuse what GP Connect refuses."""

import httpx2
import pytest

from adapters.simulators.faults import Faults
from adapters.simulators.gp import (
    METADATA_INTERACTION,
    create_app,
)
from adapters.simulators.gp_token import provider_asid
from fhir_profiles import systems
from tests.contract.gp_consumer import (
    BASE,
    COHORT,
    NOW,
    PERSON,
    TOMORROW,
    YESTERDAY,
    area,
    asking,
    claims,
    code_of,
    encoded,
    headers,
    post,
    practitioner,
    token,
    validate,
    whose,
)


@pytest.mark.parametrize(
    "changed",
    [
        {"Ssp_TraceID": None},
        {"Ssp_TraceID": "not-a-uuid"},
        {"Ssp_From": None},
        {"Ssp_From": "F84004"},
        {"Ssp_To": None},
        {"Ssp_To": provider_asid("F84012")},
        {"Ssp_InteractionID": None},
        {"Ssp_InteractionID": METADATA_INTERACTION},
        {"Authorization": None},
        {"Authorization": "Bearer garbled"},
        {"Authorization": "Bearer a.b."},
        {"Authorization": f"Bearer {encoded([1])}.{encoded(claims())}."},
        {"Authorization": token().replace("Bearer", "Basic")},
    ],
)
async def test_a_missing_or_wrong_header_is_a_bad_request(changed):
    answer = await post(asking(), headers=headers(**changed))

    assert (answer.status_code, code_of(answer)) == (400, "BAD_REQUEST")


@pytest.mark.parametrize(
    "changed",
    [
        *({name: None} for name in claims()),
        {"header": {"alg": "HS256", "typ": "JWT"}},
        {"header": {"alg": "none", "typ": "JWS"}},
        {"signature": "c2lnbmVk"},
        {"iss": "not a url"},
        {"aud": "https://somewhere.else/fhir"},
        {"exp": int(NOW.timestamp()) + 299},
        {"exp": int(NOW.timestamp()) + 301},
        {"iat": int(NOW.timestamp()) - 301, "exp": int(NOW.timestamp()) - 1},
        {"iat": int(NOW.timestamp()) + 60, "exp": int(NOW.timestamp()) + 360},
        {"iat": "now"},
        {"reason_for_request": "secondaryuses"},
        {"requested_scope": "patient/*.write"},
        {"requested_scope": "organization/*.read"},
        {"sub": "another-user"},
        {"requesting_device": {"resourceType": "Device", "model": "m", "version": "1"}},
        {"requesting_device": {"resourceType": "Thing"}},
        {"requesting_organization": {"resourceType": "Organization", "name": "No code"}},
        {"requesting_practitioner": "Dr Jones"},
        {"requesting_practitioner": practitioner(id="another-user")},
        {"requesting_practitioner": practitioner(name=[{"family": "Jones"}])},
        {"requesting_practitioner": practitioner(identifier=[])},
    ],
)
async def test_a_wrong_token_is_a_bad_request(changed):
    answer = await post(asking(), headers=headers(Authorization=token(**changed)))

    assert (answer.status_code, code_of(answer)) == (400, "BAD_REQUEST")


async def test_a_body_that_is_not_declared_as_fhir_is_an_unsupported_media_type():
    answer = await post(asking(), headers=headers(Content_Type="application/json"))

    assert (answer.status_code, code_of(answer)) == (415, "UNSUPPORTED_MEDIA_TYPE")


async def test_the_older_media_type_is_taken():
    answer = await post(asking(), headers=headers(Content_Type="application/json+fhir"))

    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, "BAD_REQUEST"),
        ({"resourceType": "Bundle"}, 422, "INVALID_RESOURCE"),
        ({"resourceType": "Parameters"}, 422, "INVALID_RESOURCE"),
        ({"resourceType": "Parameters", "parameter": []}, 422, "INVALID_PARAMETER"),
        ({"resourceType": "Parameters", "parameter": [{"name": "patientNHSNumber"}]}, 422, "INVALID_PARAMETER"),
        (whose("https://wrong.example", PERSON.digits), 400, "INVALID_IDENTIFIER_SYSTEM"),
        (whose(systems.NHS_NUMBER, "9990000000"), 400, "INVALID_NHS_NUMBER"),
        (whose(systems.NHS_NUMBER, PERSON.grouped), 400, "INVALID_NHS_NUMBER"),
        (asking({"name": "includeEverything"}), 422, "INVALID_PARAMETER"),
        (asking({"name": "includeProblems"}, {"name": "includeProblems"}), 422, "INVALID_PARAMETER"),
        (asking({"name": "includeProblems", "part": "all"}), 422, "INVALID_PARAMETER"),
        (asking({"name": "includeAllergies"}), 422, "INVALID_PARAMETER"),
        (asking(area("includeAllergies", includeResolvedAllergies=("valueString", "yes"))), 422, "INVALID_PARAMETER"),
        (asking(area("includeProblems", unknownPart=("valueBoolean", True))), 422, "INVALID_PARAMETER"),
        (asking(area("includeProblems", filterStatus=("valueCode", "resolved"))), 422, "INVALID_PARAMETER"),
        (asking(area("includeMedication", medicationSearchFromDate=("valueDate", TOMORROW))), 422, "INVALID_PARAMETER"),
        (asking(area("includeMedication", medicationSearchFromDate=("valueDate", "2026-11"))), 422, "INVALID_PARAMETER"),
        (asking(area("includeDiaryEntries", diaryEntriesSearchDate=("valueDate", YESTERDAY))), 422, "INVALID_PARAMETER"),
        (asking(area("includeInvestigations", investigationSearchPeriod=("valuePeriod", {"end": TOMORROW}))), 422, "INVALID_PARAMETER"),
        (asking(area("includeReferrals", referralSearchPeriod=("valuePeriod", {}))), 422, "INVALID_PARAMETER"),
        (
            asking(area("includeReferrals", referralSearchPeriod=("valuePeriod", {"start": YESTERDAY, "end": "2020-01-01"}))),
            422,
            "INVALID_PARAMETER",
        ),
        (asking(area("includeConsultations", includeNumberOfMostRecent=("valuePositiveInt", 0))), 422, "INVALID_PARAMETER"),
        (
            asking(
                area(
                    "includeConsultations",
                    includeNumberOfMostRecent=("valuePositiveInt", 1),
                    consultationSearchPeriod=("valuePeriod", {"start": YESTERDAY}),
                )
            ),
            422,
            "INVALID_RESOURCE",
        ),
    ],
)  # fmt: skip
async def test_a_wrong_body_is_refused_with_its_own_code(body, status, code):
    answer = await post(body)

    assert (answer.status_code, code_of(answer)) == (status, code)
    assert PERSON.digits not in answer.text


@pytest.mark.parametrize(
    ("showcase", "status", "code"),
    [
        ("restricted", 404, "PATIENT_NOT_FOUND"),
        ("deceased", 404, "PATIENT_NOT_FOUND"),
        ("other-practice", 404, "PATIENT_NOT_FOUND"),
        ("objects-to-gp", 403, "NO_PATIENT_CONSENT"),
    ],
)
async def test_people_who_must_not_be_given_are_refused(showcase, status, code):
    answer = await post(asking(number=COHORT.showcases[showcase]))

    assert (answer.status_code, code_of(answer)) == (status, code)


async def test_a_superseded_or_unknown_number_is_not_found():
    former = COHORT.people[COHORT.showcases["superseded"]].former_numbers[0]

    answer = await post(asking(number=former))

    assert code_of(answer) == "PATIENT_NOT_FOUND"


async def test_a_practice_that_does_not_exist_is_not_found():
    answer = await post(asking(), practice="X99999")

    assert (answer.status_code, code_of(answer)) == (404, "ORGANISATION_NOT_FOUND")


async def test_metadata_wants_its_own_interaction_and_scope():
    app = create_app(COHORT, Faults(), now=lambda: NOW)
    right = headers(
        Ssp_InteractionID=METADATA_INTERACTION,
        Authorization=token(requested_scope="organization/*.read"),
    )
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app)) as client:
        taken = await client.get(f"{BASE}/metadata", headers=right)
        refused = await client.get(f"{BASE}/metadata", headers=headers())

    assert (taken.status_code, refused.status_code) == (200, 400)
    validate(taken.json())
