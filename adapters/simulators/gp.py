"""Serve GP Connect Access Record: Structured, and its documents, for every practice of the cohort.

Renders nothing. Follows GP Connect 1.6 (FHIR STU3): structured record, capability and binary interactions.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from adapters.simulators.faults import Faults, with_faults
from adapters.simulators.gp_documents import Documents, Speaking
from adapters.simulators.gp_parameters import Asked, read_request
from adapters.simulators.gp_practices import Practices, Visit
from adapters.simulators.gp_refusals import Refusal, error_outcome, unsupported_media_type
from adapters.simulators.gp_resources import document_binary
from adapters.simulators.gp_rules import Area, GpRules
from adapters.simulators.gp_token import Expected, provider_asid, refuse_headers, refuse_token
from adapters.simulators.rendering import Resource, write
from adapters.simulators.truth import Cohort, Statement
from fhir_profiles.nhs_number import NhsNumber

OPERATION = "Patient/$gpc.getstructuredrecord"
OPERATION_INTERACTION = "urn:nhs:names:services:gpconnect:fhir:operation:gpc.getstructuredrecord-1"
METADATA_INTERACTION = "urn:nhs:names:services:gpconnect:structured:fhir:rest:read:metadata-1"
BINARY_INTERACTION = "urn:nhs:names:services:gpconnect:documents:fhir:rest:read:binary-1"
MEDIA_TYPE = "application/fhir+json"
_MEDIA_TYPES = frozenset({MEDIA_TYPE, "application/json+fhir"})
_STRUCTURED_PATH = "/{practice}/STU3/1/gpconnect/structured/fhir"
_DOCUMENTS_PATH = "/{practice}/STU3/1/gpconnect/documents/fhir"
_BASE_URL = re.compile(r".*/STU3/1/gpconnect/[a-z]+/fhir")


def create_app(
    cohort: Cohort,
    faults: Faults,
    *,
    now: Callable[[], datetime],
    rules: GpRules | None = None,
) -> Starlette:
    """Make the application; each practice is at `/{ODS}/STU3/1/gpconnect/structured/fhir`."""
    practices = Practices(cohort, faults, rules or GpRules())
    return app_of(practices, faults, now, documents=practices)


class PracticeSystems(Protocol):
    """The practice systems behind the interface: who is there, and what is held of them."""

    def has(self, practice: str) -> bool:
        """Say whether there is such a practice."""
        ...

    def refuse_person(self, practice: str, number: NhsNumber) -> Refusal | None:
        """Refuse people who must not be found here."""
        ...

    def record(self, visit: Visit, asked: Asked) -> bytes:
        """Give the structured record."""
        ...

    def document(self, local_id: str) -> Statement | None:
        """Find a document by its id."""
        ...


def app_of(
    practices: PracticeSystems,
    faults: Faults,
    now: Callable[[], datetime],
    *,
    documents: Practices | None = None,
) -> Starlette:
    """Make the application of these practice systems; `documents` are those that list documents."""
    interface = _Interface(practices, now)
    operation = f"{_STRUCTURED_PATH}/{OPERATION}"
    routes = [
        Route(operation, interface.structured_record, methods=["POST"]),
        Route(f"{_STRUCTURED_PATH}/metadata", interface.metadata, methods=["GET"]),
        Route(f"{_DOCUMENTS_PATH}/Binary/{{id}}", interface.document, methods=["GET"]),
    ]
    if documents is not None:
        speaking = Speaking(interface.refusal_of, _refused, _answered)
        routes += Documents(documents, speaking, now).routes(_DOCUMENTS_PATH)
    return with_faults(Starlette(routes=routes), faults)


@dataclass(frozen=True, slots=True)
class _Interface:
    """The interactions, each refusing in the order headers, token, body, person."""

    practices: PracticeSystems
    now: Callable[[], datetime]

    async def structured_record(self, request: Request) -> Response:
        if (refusal := self.refusal_of(request, OPERATION_INTERACTION)) is not None:
            return _refused(refusal)
        if request.headers.get("content-type", "").split(";")[0].strip() not in _MEDIA_TYPES:
            return _refused(unsupported_media_type())
        today = self.now().date()
        asked = read_request(await request.body(), today)
        if isinstance(asked, Refusal):
            return _refused(asked)
        practice = request.path_params["practice"]
        if (refusal := self.practices.refuse_person(practice, asked.number)) is not None:
            return _refused(refusal)
        documents_url = _base_url(request).replace("/structured/", "/documents/")
        return _answered(self.practices.record(Visit(practice, today, documents_url), asked))

    async def metadata(self, request: Request) -> Response:
        if (refusal := self.refusal_of(request, METADATA_INTERACTION)) is not None:
            return _refused(refusal)
        return _answered(write(_capabilities(self.now())))

    async def document(self, request: Request) -> Response:
        if (refusal := self.refusal_of(request, BINARY_INTERACTION)) is not None:
            return _refused(refusal)
        if (statement := self.practices.document(request.path_params["id"])) is None:
            return _refused(Refusal(404, "NO_RECORD_FOUND", "not-found", "No such document."))
        number = statement.fact.nhs_number
        refusal = self.practices.refuse_person(request.path_params["practice"], number)
        return _refused(refusal) if refusal else _answered(write(document_binary(statement)))

    def refusal_of(self, request: Request, interaction: str) -> Refusal | None:
        """Refuse a practice that is not here, or a call with wrong headers or token."""
        practice = request.path_params["practice"]
        if not self.practices.has(practice):
            return Refusal(404, "ORGANISATION_NOT_FOUND", "not-found", "No such practice here.")
        is_metadata = interaction == METADATA_INTERACTION
        expected = Expected(
            interaction=interaction,
            scope="organization/*.read" if is_metadata else "patient/*.read",
            provider_asid=provider_asid(practice),
            base_url=_base_url(request),
            at=self.now().timestamp(),
        )
        authorization = request.headers.get("authorization", "")
        return refuse_headers(request.headers, expected) or refuse_token(authorization, expected)


def _base_url(request: Request) -> str:
    # The routes leave no other address: the practice's own base always matches.
    found = _BASE_URL.match(str(request.url.replace(query="", fragment="")))
    return found[0] if found else ""


def _refused(refusal: Refusal) -> Response:
    return _response(write(error_outcome(refusal)), refusal.status)


def _answered(body: bytes) -> Response:
    return _response(body, 200)


def _response(body: bytes, status: int) -> Response:
    return Response(body, status, {"Cache-Control": "no-store"}, MEDIA_TYPE)


def _capabilities(at: datetime) -> Resource:
    definition = (
        "https://fhir.nhs.uk/STU3/OperationDefinition/GPConnect-GetStructuredRecord-Operation-1"
    )
    operation = {"name": "gpc.getstructuredrecord", "definition": {"reference": definition}}
    return {
        "resourceType": "CapabilityStatement",
        "version": "1.6.0",
        "name": "GP Connect",
        "status": "active",
        "date": at.date().isoformat(),
        "publisher": "Invented practice system",
        "kind": "capability",
        "software": {"name": "Simulated practice system"},
        "fhirVersion": "3.0.1",
        "acceptUnknown": "both",
        "format": [MEDIA_TYPE],
        "rest": [{"mode": "server", "operation": [operation]}],
        "description": "Areas: " + ", ".join(area.value for area in Area),
    }
