"""Serve one person's joined record over FHIR: read, everything, search, read by id, original.

Decides nothing: every answer comes from the use cases, recorded before it leaves. FHIR R4 RESTful API, and
the opaque ids and not-found answers of docs/decisions/0007, section 5.
"""

from functools import partial

from fastapi import APIRouter, Request
from starlette.responses import Response

from gateway.access.scopes import Interaction, Wanted
from gateway.api.bundles import completeness, resource_response
from gateway.api.caller import Caller, caller_of, services_of
from gateway.api.disconnect import until_disconnected
from gateway.api.entity_tags import EntityTags
from gateway.api.listing import Listing, question_of, serve_list, take_cursor
from gateway.api.problems import FHIR_JSON
from gateway.api.requests import (
    Parameters,
    Patient,
    form_of,
    only,
    patient_in,
    query_of,
    take_patient,
)
from gateway.audit.acts import AskedAct
from gateway.errors import BadRequestError, NotFoundError, RefusedError
from gateway.patient.disclosure import Inquiry
from gateway.patient.everything import parse_everything, within
from gateway.patient.ids import item_of, patient_of
from gateway.patient.join import View
from gateway.patient.search import PARAMETERS, parse_criteria, search
from gateway.patient.shown import ShownItem

router = APIRouter(prefix="/fhir")

NOT_YOURS = frozenset({"no-relationship", "sharing-restricted", "out-of-scope", "not-the-launched"})
"""Refusals that a read by id hides: an id must not tell whose it is, or that it is anybody's."""


@router.get("/Patient/{patient_id}/$everything", summary="One person's whole joined record")
async def everything(request: Request, patient_id: str) -> Response:
    caller = await caller_of(request)
    patient = patient_in(patient_id, services_of(request).ids)
    cursor, query = take_cursor(query_of(request))
    criteria = parse_everything(query)
    listing = Listing(
        caller=caller,
        patient=patient,
        act=AskedAct.VIEW,
        path=f"/fhir/Patient/{patient.id}/$everything",
        query=query,
        cursor=cursor,
        count=criteria.count,
        choose=partial(within, criteria=criteria),
        tags=EntityTags.of(request, services_of(request).records.hash_key),
        wanted=Wanted(Interaction.SEARCH, criteria.types or frozenset()),
    )
    return await until_disconnected(request, serve_list(services_of(request), listing))


@router.get("/{resource_type}", summary="Search one type of one person's record")
async def search_type(request: Request, resource_type: str) -> Response:
    caller = await caller_of(request)
    return await _search(request, caller, resource_type, query_of(request))


@router.post("/{resource_type}/_search", summary="Search, with the parameters in the body")
async def post_search(request: Request, resource_type: str) -> Response:
    # Nobody's body is read before it is known whose it is.
    caller = await caller_of(request)
    return await _search(request, caller, resource_type, await form_of(request))


async def _search(
    request: Request, caller: Caller, resource_type: str, parameters: Parameters
) -> Response:
    if resource_type not in PARAMETERS:
        raise BadRequestError("This resource type cannot be searched here.", "not-supported")
    cursor, query = take_cursor(parameters)
    patient, rest = take_patient(query, services_of(request).ids)
    criteria = parse_criteria(resource_type, rest)
    listing = Listing(
        caller=caller,
        patient=patient,
        act=AskedAct.SEARCH,
        path=f"/fhir/{resource_type}",
        query=query,
        cursor=cursor,
        count=criteria.count,
        choose=partial(search, criteria=criteria),
        tags=EntityTags.of(request, services_of(request).records.hash_key),
        wanted=Wanted(Interaction.SEARCH, frozenset({resource_type})),
    )
    return await until_disconnected(request, serve_list(services_of(request), listing))


@router.get("/Patient/{patient_id}", summary="The person, as PDS knows them")
async def read_patient(request: Request, patient_id: str) -> Response:
    return await until_disconnected(request, _read_patient(request, patient_id))


async def _read_patient(request: Request, patient_id: str) -> Response:
    caller = await caller_of(request)
    only(query_of(request), frozenset())
    services = services_of(request)
    if services.ids.open(patient_id) is None:
        return await _read_item(request, "Patient", patient_id, AskedAct.READ)
    patient = patient_in(patient_id, services.ids)
    question = question_of(caller, patient, reading("Patient"))
    inquiry = Inquiry(question, AskedAct.READ, caller.request_id)
    async with services.records.open(inquiry) as opened:
        item = _person(opened.view)
        opened.will_show((item,))
    whole = resource_response(item, opened.view.receipt)
    return EntityTags.of(request, services.records.hash_key).answer(opened.view.permit, whole)


@router.get("/{resource_type}/{item_id}", summary="One item of a record")
async def read_item(request: Request, resource_type: str, item_id: str) -> Response:
    read = _read_item(request, resource_type, item_id, AskedAct.READ)
    return await until_disconnected(request, read)


@router.get("/{resource_type}/{item_id}/$original", summary="One item as its source wrote it")
async def read_original(request: Request, resource_type: str, item_id: str) -> Response:
    read = _read_item(request, resource_type, item_id, AskedAct.ORIGINAL)
    return await until_disconnected(request, read)


async def _read_item(request: Request, resource_type: str, item_id: str, act: AskedAct) -> Response:
    caller = await caller_of(request)
    only(query_of(request), frozenset())
    services = services_of(request)
    patient = patient_behind(request, item_id)
    question = question_of(caller, patient, reading(resource_type))
    inquiry = Inquiry(question, act, caller.request_id)
    try:
        async with services.records.open(inquiry) as opened:
            item = _pick(opened.view, resource_type, item_id)
            body = _original(item) if act is AskedAct.ORIGINAL else b"".join(item.render())
            opened.will_show((item,))
    except RefusedError as refusal:
        if refusal.reason in NOT_YOURS:
            raise NotFoundError("There is no such item for this caller.") from refusal
        raise
    whole = Response(body, media_type=FHIR_JSON, headers=completeness(opened.view.receipt))
    return EntityTags.of(request, services.records.hash_key).answer(opened.view.permit, whole)


def reading(resource_type: str) -> Wanted:
    """Say that one item of a type is to be read."""
    return Wanted(Interaction.READ, frozenset({resource_type}))


def patient_behind(request: Request, item_id: str) -> Patient:
    """Open the patient's part of an item's id.

    Raises NotFoundError for anything that is not one of ours.
    """
    patient_id = patient_of(item_id)
    if patient_id is None:
        raise NotFoundError("There is no such item.")
    return patient_in(patient_id, services_of(request).ids)


def _person(view: View) -> ShownItem:
    for item in view.items:
        if item.id == view.permit.patient_id:
            return item
    raise NotFoundError("The person is not in this view.")


def _pick(view: View, resource_type: str, item_id: str) -> ShownItem:
    # An id made under an older key differs only in the patient's part, which has been opened already.
    wanted = item_of(item_id)
    for item in view.items:
        if item.resource_type == resource_type and item_of(item.id) == wanted is not None:
            return item
    raise NotFoundError("There is no such item in this view.")


def _original(item: ShownItem) -> bytes:
    original = item.original()
    if original is None:
        raise NotFoundError("The original may not be shown whole.")
    return original
