"""Ask a simulated R4 source, and write small cohorts for it by hand."""

import importlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import httpx2
from starlette.applications import Starlette

from adapters.simulators.cohort import make_cohort
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
COHORT = make_cohort(people=30)
PERSON = COHORT.showcases["everything"]
HYPERTENSION = Coding(systems.SNOMED_CT, "38341003", "Hypertension")


@dataclass(frozen=True)
class Teller:
    """Says things about the one person of a small cohort, for one source."""

    source: SourceKind
    organisation: str

    def said(self, kind: FactKind, local_id: str, coding: Coding = HYPERTENSION, **more: object):
        detail = dict.fromkeys(DETAIL_KEYS[kind], "") | more.pop("detail", {})
        starts_at = more.pop("starts_at", NOW - timedelta(days=30))
        ends_at = more.pop("ends_at", None)
        of_fact = {k: more.pop(k) for k in ("labels", "encounter") if k in more}
        fact = Fact(local_id, PERSON, kind, coding, starts_at, detail=detail, **of_fact)
        return Statement(
            self.source,
            self.organisation,
            fact,
            local_id,
            coding,
            starts_at,
            ends_at,
            detail=detail,
            **more,
        )


def telling(*statements: Statement) -> Cohort:
    return replace(COHORT, statements={PERSON: statements})


def identified(number: NhsNumber = PERSON) -> str:
    return f"{systems.NHS_NUMBER}|{number.digits}"


def client(app: Starlette, **kept: object) -> httpx2.AsyncClient:
    transport = httpx2.ASGITransport(app=app)
    return httpx2.AsyncClient(transport=transport, base_url="http://trust.test/fhir/", **kept)


async def get(app: Starlette, path: str, **parameters: object) -> httpx2.Response:
    async with client(app) as asking:
        named = {name.replace("__", "."): value for name, value in parameters.items()}
        return await asking.get(path, params=named)


async def patient_id(app: Starlette, number: NhsNumber = PERSON) -> str:
    answer = await get(app, "Patient", identifier=identified(number))
    return answer.json()["entry"][0]["resource"]["id"]


async def everything(app: Starlette, number: NhsNumber = PERSON) -> list[dict]:
    answer = await get(app, f"Patient/{await patient_id(app, number)}/$everything")
    return [entry["resource"] for entry in answer.json()["entry"]]


def found(answer: httpx2.Response) -> list[dict]:
    assert answer.status_code == 200, answer.text
    return [entry["resource"] for entry in answer.json().get("entry", [])]


def link(answer: httpx2.Response, relation: str) -> str | None:
    links = {link["relation"]: link["url"] for link in answer.json()["link"]}
    return links.get(relation)


def references_in(part: object) -> Iterator[str]:
    if isinstance(part, dict):
        if "reference" in part:
            yield part["reference"]
        for value in part.values():
            yield from references_in(value)
    if isinstance(part, list):
        for value in part:
            yield from references_in(value)


def validate(resource: dict) -> None:
    resource_type = resource["resourceType"]
    module = importlib.import_module(f"fhir.resources.R4B.{resource_type.lower()}")
    getattr(module, resource_type).model_validate(resource)
