"""Ask a stub of a FHIR R4 server through the adapter; says nothing of what should come of it."""

from contextlib import asynccontextmanager
from uuid import UUID

from adapters.contract import Caller, Outcome, Reason, SourceRequest
from adapters.fhir_r4 import FhirR4Adapter
from fhir_profiles.nhs_number import NhsNumber
from fhir_profiles.vocabulary import Category
from tests.adapters.stub_source import (
    PATIENT_SECONDS,
    answer,
    bundle,
    client_for,
    hangs,
    routes,
    stub_source,
)

NUMBER = NhsNumber("9990000018")
TOKEN = "https://fhir.nhs.uk/Id/nhs-number|9990000018"
CALLER = Caller("u", "p", "R0260", "Family", "Given", "F84004", "Practice")
PATIENT = {"resourceType": "Patient", "id": "p1"}
ENCOUNTER = {"resourceType": "Encounter", "id": "e1", "status": "finished"}
ALLERGY = {"resourceType": "AllergyIntolerance", "id": "a1"}
NOTHING = answer(bundle())
NOT_SAID = answer(b"", 404)


def request(*categories):
    asked = frozenset(categories or {Category.ENCOUNTERS, Category.ALLERGIES})
    return SourceRequest(NUMBER, CALLER, asked, UUID(int=7))


def declares(*types, everything=False, includes=()):
    operations = [{"name": "everything", "definition": "x"}] if everything else []
    resources = [
        {"type": one, "searchInclude": list(includes), "operation": operations}
        for one in ("Patient", *types)
    ]
    rest = [{"mode": "client"}, {"mode": "server", "resource": resources}]
    return {"resourceType": "CapabilityStatement", "rest": rest}


@asynccontextmanager
async def adapter_on(
    behave, surroundings, build=FhirR4Adapter, deadline=PATIENT_SECONDS, **changes
):
    async with (
        stub_source(behave) as stub,
        client_for(stub.url, surroundings, deadline, **changes) as client,
    ):
        yield build(client, surroundings.monotonic), stub


async def ask(table, surroundings, otherwise=NOTHING, asked=None, **changes):
    behave = routes({"/fhir/metadata": NOT_SAID, **table}, otherwise)
    async with adapter_on(behave, surroundings, **changes) as (adapter, stub):
        return await adapter.ask(asked or request()), stub


SEARCHED = {
    "/fhir/Patient": bundle(PATIENT),
    "/fhir/Encounter": bundle(ENCOUNTER),
    "/fhir/AllergyIntolerance": bundle(ALLERGY),
}
FAULTS = {
    "no content": (answer(b"", 204), Outcome.FAILED, Reason.HTTP_STATUS),
    "redirect": (answer(b"", 302, location="http://127.0.0.1:1/"), Outcome.FAILED, Reason.REDIRECT),
    "bad request": (answer(b"{}", 400), Outcome.FAILED, Reason.HTTP_STATUS),
    "unauthorised": (answer(b"{}", 401), Outcome.REFUSED, Reason.UNAUTHORISED),
    "forbidden": (answer(b"{}", 403), Outcome.REFUSED, Reason.UNAUTHORISED),
    "not found": (answer(b"{}", 404), Outcome.FAILED, Reason.NOT_FOUND),
    "too many": (answer(b"{}", 429), Outcome.FAILED, Reason.HTTP_STATUS),
    "server fault": (answer(bundle(), 500), Outcome.FAILED, Reason.HTTP_STATUS),
    "gateway fault": (answer(bundle(), 502), Outcome.FAILED, Reason.HTTP_STATUS),
    "sign-in page": (
        answer(b"<html>", content_type="text/html"),
        Outcome.FAILED,
        Reason.CONTENT_TYPE,
    ),
    "refusal": (answer({"resourceType": "OperationOutcome"}), Outcome.FAILED, Reason.NOT_A_BUNDLE),
    "no JSON": (answer(b"{"), Outcome.MALFORMED, Reason.UNREADABLE),
    "no body": (answer(b""), Outcome.MALFORMED, Reason.UNREADABLE),
    "deep": (answer(b"[" * 100_000), Outcome.MALFORMED, Reason.UNREADABLE),
    "no Bundle": (answer(ENCOUNTER), Outcome.MALFORMED, Reason.NOT_A_BUNDLE),
    "no search": (answer(bundle(type="history")), Outcome.MALFORMED, Reason.NOT_A_BUNDLE),
    "nothing of many": (answer(bundle(total=7)), Outcome.MALFORMED, Reason.PART_UNREADABLE),
    "odd links": (answer(bundle(link="x")), Outcome.MALFORMED, Reason.UNREADABLE),
    "hangs": (hangs, Outcome.TIMED_OUT, Reason.DEADLINE),
}
