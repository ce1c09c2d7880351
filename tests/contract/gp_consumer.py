"""Ask the simulated practice systems as a GP Connect consumer does."""

import base64
import importlib
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx2

from adapters.simulators.cohort import make_cohort
from adapters.simulators.faults import Faults
from adapters.simulators.gp import (
    OPERATION,
    OPERATION_INTERACTION,
    create_app,
)
from adapters.simulators.gp_rules import Area
from adapters.simulators.gp_token import provider_asid
from adapters.simulators.truth import (
    DETAIL_KEYS,
    Coding,
    Cohort,
    Fact,
    FactKind,
    SourceKind,
    Statement,
)
from fhir_profiles import systems
from fhir_profiles.nhs_number import NhsNumber

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
PRACTICE = "F84004"
BASE = f"http://gp.test/{PRACTICE}/STU3/1/gpconnect/structured/fhir"
COHORT = make_cohort(people=30)
PERSON = COHORT.showcases["everything"]
EVERY_AREA = [
    {
        "name": "includeAllergies",
        "part": [{"name": "includeResolvedAllergies", "valueBoolean": True}],
    },
    *({"name": area.value} for area in Area if area is not Area.ALLERGIES),
]


def claims(**changed: object) -> dict[str, object]:
    issued = int(NOW.timestamp())
    usual: dict[str, object] = {
        "iss": "https://consumer.example/token",
        "sub": "user-1",
        "aud": BASE,
        "iat": issued,
        "exp": issued + 300,
        "reason_for_request": "directcare",
        "requested_scope": "patient/*.read",
        "requesting_device": {
            "resourceType": "Device",
            "identifier": [{"system": "https://consumer.example/Id", "value": "gateway"}],
            "model": "gateway",
            "version": "1",
        },
        "requesting_organization": {
            "resourceType": "Organization",
            "name": "Practice",
            "identifier": [{"system": systems.ODS_ORGANISATION, "value": PRACTICE}],
        },
        "requesting_practitioner": {
            "resourceType": "Practitioner",
            "id": "user-1",
            "name": [{"family": "Jones", "given": ["Claire"], "prefix": ["Dr"]}],
            "identifier": [
                {"system": systems.SDS_USER, "value": "111222333444"},
                {"system": systems.SDS_ROLE_PROFILE, "value": "UNK"},
                {"system": "https://consumer.example/Id/user", "value": "user-1"},
            ],
        },
    }
    merged = usual | changed
    return {name: value for name, value in merged.items() if value is not None}


def encoded(part: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")


def token(*, header: object = None, signature: str = "", **changed: object) -> str:
    head = header or {"alg": "none", "typ": "JWT"}
    return f"Bearer {encoded(head)}.{encoded(claims(**changed))}.{signature}"


def headers(**changed: str | None) -> dict[str, str]:
    usual = {
        "Ssp-TraceID": "09a01679-2564-0fb4-5129-aecc81ea2706",
        "Ssp-From": "200000000359",
        "Ssp-To": provider_asid(PRACTICE),
        "Ssp-InteractionID": OPERATION_INTERACTION,
        "Authorization": token(),
        "Content-Type": "application/fhir+json",
    }
    merged = usual | {name.replace("_", "-"): value for name, value in changed.items()}
    return {name: value for name, value in merged.items() if value is not None}


def asking(*parameters: object, number: NhsNumber = PERSON) -> dict[str, object]:
    identifier = {"system": systems.NHS_NUMBER, "value": number.digits}
    patient = {"name": "patientNHSNumber", "valueIdentifier": identifier}
    return {"resourceType": "Parameters", "parameter": [patient, *parameters]}


def area(name: str, **parts: object) -> dict[str, object]:
    listed = []
    for part, (element, value) in parts.items():
        listed.append({"name": part, element: value})
    return {"name": name, "part": listed}


async def post(
    body: object, *, cohort: Cohort = COHORT, faults: Faults | None = None, **kept: object
) -> httpx2.Response:
    rules = kept.pop("rules", None)
    sent = kept.pop("headers", None) or headers()
    practice = kept.pop("practice", PRACTICE)
    app = create_app(cohort, faults or Faults(), now=lambda: NOW, rules=rules)
    url = BASE.replace(PRACTICE, practice)
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app)) as client:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return await client.post(f"{url}/{OPERATION}", content=content, headers=sent)


def code_of(answer: httpx2.Response) -> str:
    return answer.json()["issue"][0]["details"]["coding"][0]["code"]


def resources(answer: httpx2.Response, resource_type: str) -> list[dict]:
    assert answer.status_code == 200, answer.text
    found = (entry["resource"] for entry in answer.json()["entry"])
    return [resource for resource in found if resource["resourceType"] == resource_type]


def lists(answer: httpx2.Response) -> dict[str, dict]:
    return {found["code"]["coding"][0]["code"]: found for found in resources(answer, "List")}


def said(kind: FactKind, local_id: str, coding: Coding, **more: object) -> Statement:
    detail = dict.fromkeys(DETAIL_KEYS[kind], "") | more.pop("detail", {})
    labels = more.pop("labels", frozenset())
    encounter = more.pop("encounter", None)
    starts_at = more.pop("starts_at", NOW - timedelta(days=30))
    fact = Fact(local_id, PERSON, kind, coding, starts_at, labels=labels, encounter=encounter)
    return Statement(
        SourceKind.GP, PRACTICE, fact, local_id, coding, starts_at, None, detail=detail, **more
    )


def telling(*statements: Statement) -> Cohort:
    return replace(COHORT, statements={PERSON: statements})


HYPERTENSION = Coding(systems.SNOMED_CT, "38341003", "Hypertension")
PENICILLIN = Coding(systems.SNOMED_CT, "91936005", "Allergy to penicillin")
CONSULTED = said(
    FactKind.ENCOUNTER,
    "visit-1",
    Coding(systems.SNOMED_CT, "325851000000107", "Consultation"),
    detail={"class": "AMB", "status": "finished", "reason": "Headache"},
)


def practitioner(**changed: object) -> dict[str, object]:
    return {**claims()["requesting_practitioner"], **changed}


def whose(system: str, value: str) -> dict[str, object]:
    identifier = {"system": system, "value": value}
    patient = {"name": "patientNHSNumber", "valueIdentifier": identifier}
    return {"resourceType": "Parameters", "parameter": [patient]}


TOMORROW, YESTERDAY = "2026-11-21", "2026-11-19"


def references_in(part: object) -> Iterator[str]:
    if isinstance(part, dict):
        if "reference" in part:
            yield part["reference"]
        for value in part.values():
            yield from references_in(value)
    if isinstance(part, list):
        for value in part:
            yield from references_in(value)


def resource_of(entry: dict) -> dict:
    return entry["resource"]


def validate(resource: dict) -> None:
    resource_type = resource["resourceType"]
    module = importlib.import_module(f"fhir.resources.STU3.{resource_type.lower()}")
    getattr(module, resource_type).model_validate(resource)
