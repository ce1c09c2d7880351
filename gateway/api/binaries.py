"""Serve one document as a file: recorded before its first byte, whole, and never to be run by a browser.

Decides nothing: an attachment that may not be opened has no address, and any other looks like none.
FHIR R4, Binary (read); WHATWG Fetch, X-Content-Type-Options; RFC 6266.
"""

import base64

import orjson
from fastapi import APIRouter, Request
from starlette.responses import Response

from gateway.api.caller import Caller, caller_of_any_format, services_of
from gateway.api.disconnect import until_disconnected
from gateway.api.listing import question_of
from gateway.api.patients import NOT_YOURS, patient_behind, reading
from gateway.api.problems import FHIR_JSON
from gateway.api.requests import only, query_of
from gateway.audit.acts import AskedAct
from gateway.errors import NotFoundError, RefusedError
from gateway.patient.disclosure import Inquiry
from gateway.patient.documents import Document

router = APIRouter(prefix="/fhir")

_SANDBOX = "default-src 'none'; sandbox; frame-ancestors 'none'"


@router.get("/Binary/{binary_id}", summary="One document of a record")
async def read_binary(request: Request, binary_id: str) -> Response:
    caller = await caller_of_any_format(request)
    return await until_disconnected(request, _read(request, caller, binary_id))


async def _read(request: Request, caller: Caller, binary_id: str) -> Response:
    only(query_of(request), frozenset())
    services = services_of(request)
    patient = patient_behind(request, binary_id)
    question = question_of(caller, patient, reading("Binary"))
    inquiry = Inquiry(question, AskedAct.OPEN_DOCUMENT, caller.request_id)
    try:
        async with services.records.open(inquiry) as opened:
            document = await services.documents.fetch(opened.view, binary_id)
            opened.will_hand_over(document.item, document.content)
    except RefusedError as refusal:
        if refusal.reason in NOT_YOURS:
            raise NotFoundError("There is no such document for this caller.") from refusal
        raise
    return _as_resource(document, binary_id) if _wants_fhir(request) else _as_file(document)


def _wants_fhir(request: Request) -> bool:
    """Say whether the caller asks for the resource: `*/*` asks for the document itself."""
    return FHIR_JSON in request.headers.get("accept", "")


def _as_file(document: Document) -> Response:
    return Response(
        document.content,
        headers={
            # The title names the person often enough; a file name is kept and passed on.
            "Content-Disposition": "attachment; filename=document",
            "Content-Security-Policy": _SANDBOX,
            "Content-Type": document.content_type,
            "X-Content-Type-Options": "nosniff",
        },
    )


def _as_resource(document: Document, binary_id: str) -> Response:
    reference = f"{document.item.resource_type}/{document.item.id}"
    body = {
        "resourceType": "Binary",
        "id": binary_id,
        "contentType": document.content_type,
        "securityContext": {"reference": reference},
        "data": base64.b64encode(document.content).decode(),
    }
    return Response(orjson.dumps(body), media_type=FHIR_JSON)
