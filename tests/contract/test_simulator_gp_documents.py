"""The simulated practice systems list and give documents as GP Connect Access Document says."""

import base64
from dataclasses import replace
from urllib.parse import urlencode

import httpx2
import pytest

from adapters.simulators.faults import Faults
from adapters.simulators.gp import BINARY_INTERACTION, OPERATION_INTERACTION, create_app
from adapters.simulators.gp_documents import (
    DOCUMENT_SEARCH_INTERACTION,
    MANDATORY,
    PATIENT_SEARCH_INTERACTION,
)
from adapters.simulators.gp_token import provider_asid
from adapters.simulators.truth import FactKind, SourceKind, document_content
from fhir_profiles import systems
from tests.contract.gp_consumer import (
    BASE,
    COHORT,
    NOW,
    PERSON,
    code_of,
    headers,
    references_in,
    resources,
    token,
    validate,
)

DOCUMENTS = BASE.replace("/structured/", "/documents/")
LETTERS = [
    one
    for one in COHORT.statements[PERSON]
    if one.source is SourceKind.GP and one.fact.kind is FactKind.DOCUMENT
]


async def get(path, interaction, cohort=COHORT, practice="F84004", **changed):
    base = DOCUMENTS.replace("F84004", practice)
    sent = headers(Ssp_InteractionID=interaction, Authorization=token(aud=base), Content_Type=None)
    app = create_app(cohort, Faults(), now=lambda: NOW)
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app)) as client:
        return await client.get(f"{base}/{path}", headers=sent | changed)


async def find(identifier, **other):
    query = urlencode({"identifier": identifier})
    return await get(f"Patient?{query}", PATIENT_SEARCH_INTERACTION, **other)


def number(digits=PERSON.digits, system=systems.NHS_NUMBER):
    return f"{system}|{digits}"


async def patient_id(**other):
    [patient] = resources(await find(number(), **other), "Patient")
    return patient["id"]


async def listed(*more, wanted=MANDATORY, who=None, **other):
    found = who or await patient_id()
    query = urlencode([*wanted, *more])
    path = f"Patient/{found}/DocumentReference?{query}"
    return await get(path, DOCUMENT_SEARCH_INTERACTION, **other)


async def test_a_patient_is_found_by_number():
    answer = await find(number())

    [patient] = resources(answer, "Patient")
    assert answer.json()["type"] == "searchset"
    assert patient["identifier"][0]["value"] == PERSON.digits
    validate(patient)


@pytest.mark.parametrize("showcase", ["restricted", "deceased", "other-practice"])
async def test_people_who_must_not_be_found_are_an_empty_answer(showcase):
    answer = await find(number(COHORT.showcases[showcase].digits))

    assert (answer.status_code, answer.json()["entry"]) == (200, [])


@pytest.mark.parametrize(
    ("identifier", "status", "code"),
    [
        (PERSON.digits, 400, "INVALID_IDENTIFIER_SYSTEM"),
        (number(system="https://wrong.example"), 400, "INVALID_IDENTIFIER_SYSTEM"),
        (number("9990000000"), 400, "INVALID_NHS_NUMBER"),
        (number(PERSON.grouped), 400, "INVALID_NHS_NUMBER"),
    ],
)
async def test_a_wrong_identifier_is_refused_with_its_own_code(identifier, status, code):
    answer = await find(identifier)

    assert (answer.status_code, code_of(answer)) == (status, code)
    assert PERSON.digits not in answer.text


@pytest.mark.parametrize("query", ["", "?family=Smith", f"?identifier={number()}&identifier=x"])
async def test_a_search_for_a_patient_takes_one_identifier_and_nothing_else(query):
    answer = await get(f"Patient{query}", PATIENT_SEARCH_INTERACTION)

    assert (answer.status_code, code_of(answer)) == (422, "INVALID_PARAMETER")


async def test_every_document_is_listed_with_an_address_of_the_documents_interface():
    answer = await listed()

    found = resources(answer, "DocumentReference")
    assert {one["id"] for one in found} == {one.local_id for one in LETTERS}
    assert LETTERS
    for one in found:
        assert one["content"][0]["attachment"]["url"] == f"{DOCUMENTS}/Binary/{one['id']}"
        validate(one)


async def test_all_but_the_consultations_that_documents_refer_to_is_in_the_answer():
    answer = await listed()

    held = {
        f"{r['resourceType']}/{r['id']}" for r in (e["resource"] for e in answer.json()["entry"])
    }
    outside = {one for one in references_in(answer.json()) if one not in held}
    assert {one.split("/")[0] for one in outside} <= {"Encounter"}


@pytest.mark.parametrize("missing", MANDATORY)
async def test_each_mandatory_include_is_demanded(missing):
    answer = await listed(wanted=[one for one in MANDATORY if one != missing])

    assert (answer.status_code, code_of(answer)) == (422, "INVALID_PARAMETER")


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ([("created", "2026-01-01")], 422),
        ([("created", "ge2026-13-01")], 422),
        ([("created", "ge2026-01-01"), ("created", "ge2026-02-01")], 422),
        ([("_count", "5")], 400),
        ([("created", "ge2026-01-01"), ("created", "le2026-02-01")], 200),
    ],
)
async def test_other_parameters_are_those_of_the_specification(more, status):
    assert (await listed(*more)).status_code == status


async def test_created_bounds_the_documents():
    first = min(one.starts_at for one in LETTERS).date()

    until = resources(await listed(("created", f"le{first}")), "DocumentReference")

    assert {one["created"][:10] for one in until} == {first.isoformat()}


async def test_an_id_that_no_patient_has_is_not_found():
    answer = await listed(who="999999")

    assert (answer.status_code, code_of(answer)) == (404, "PATIENT_NOT_FOUND")


async def test_a_patient_who_dissents_is_refused():
    people = COHORT.people | {PERSON: replace(COHORT.people[PERSON], objects_to=frozenset({"gp"}))}

    answer = await listed(cohort=replace(COHORT, people=people))

    assert (answer.status_code, code_of(answer)) == (403, "NO_PATIENT_CONSENT")


@pytest.mark.parametrize("path", ["Patient?identifier=x", "Patient/1/DocumentReference"])
@pytest.mark.parametrize(
    "changed",
    [
        {"Ssp-InteractionID": OPERATION_INTERACTION},
        {"Ssp-To": provider_asid("F84012")},
        {"Ssp-TraceID": "x"},
        {"Authorization": token()},
        {"Authorization": token(aud=DOCUMENTS, requested_scope="organization/*.read")},
    ],
)
async def test_wrong_headers_and_tokens_are_refused_before_anything_is_read(path, changed):
    interaction = DOCUMENT_SEARCH_INTERACTION if "/" in path else PATIENT_SEARCH_INTERACTION

    answer = await get(path, interaction, **changed)

    assert (answer.status_code, code_of(answer)) == (400, "BAD_REQUEST")


async def test_a_document_is_given_whole_and_one_that_is_not_there_is_not_found():
    letter = LETTERS[0]

    given = await get(f"Binary/{letter.local_id}", BINARY_INTERACTION)
    missing = await get("Binary/none", BINARY_INTERACTION)

    assert base64.b64decode(given.json()["content"]) == document_content(letter)
    assert (missing.status_code, code_of(missing)) == (404, "NO_RECORD_FOUND")
