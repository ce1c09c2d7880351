"""Serve the privacy officer: what is held back for doubt about whose it is, and the safety events.

Decides nothing: every answer comes from the use case, recorded before it leaves. Plain JSON, for these are
no FHIR resources; failures are told as everywhere.
"""

from collections.abc import Iterable

import orjson
from fastapi import APIRouter, Request
from starlette.responses import Response

from gateway.access.holds import may_know_whose
from gateway.api.caller import caller_of, services_of
from gateway.api.requests import id_in, only, query_of, without_body
from gateway.errors import BadRequestError
from gateway.patient.find import Finder
from gateway.store.identity_holds import HeldAnswer
from gateway.store.safety_events import SafetyEvent

router = APIRouter(prefix="/privacy")

_STATES = ("open", "reviewed")


@router.get("/identity-holds", summary="What is held until it is clear whose it is")
async def identity_holds(request: Request) -> Response:
    finder = await _finder(request)
    only(query_of(request), frozenset())
    found = await services_of(request).reviews.held(finder)
    return _json({"holds": [_hold(each) for each in found]})


@router.get(
    "/identity-holds/{held_under}/{source}", summary="One hold, and whose record is in doubt"
)
async def identity_hold(request: Request, held_under: str, source: str) -> Response:
    finder = await _finder(request)
    services = services_of(request)
    held = await services.reviews.held_one(finder, id_in(held_under), source)
    patient = held.patient if may_know_whose(finder.principal.role) else None
    number = None if patient is None else services.ids.open(patient)
    return _json({**_hold(held), "nhs_number": None if number is None else number.digits})


@router.post(
    "/identity-holds/{held_under}/{source}/release", summary="Let the source be asked again"
)
async def release_hold(request: Request, held_under: str, source: str) -> Response:
    finder = await _finder(request)
    await without_body(request)
    await services_of(request).reviews.release(finder, id_in(held_under), source)
    return Response(status_code=204)


@router.post(
    "/identity-holds/{held_under}/{source}/reject", summary="Say that it is somebody else's"
)
async def reject_hold(request: Request, held_under: str, source: str) -> Response:
    finder = await _finder(request)
    await without_body(request)
    await services_of(request).reviews.reject(finder, id_in(held_under), source)
    return Response(status_code=204)


@router.get("/safety-events", summary="Safety events, by default those that wait")
async def safety_events(request: Request) -> Response:
    finder = await _finder(request)
    state = only(query_of(request), frozenset({"state"})).get("state", "open")
    if state not in _STATES:
        raise BadRequestError("state is open or reviewed.", "value")
    found = await services_of(request).reviews.events(finder, reviewed=state == "reviewed")
    return _json({"events": _events(found)})


@router.post("/safety-events/{event_id}/review", summary="Note that a safety event was looked at")
async def review_safety_event(request: Request, event_id: str) -> Response:
    finder = await _finder(request)
    await without_body(request)
    await services_of(request).reviews.review_event(finder, id_in(event_id))
    return Response(status_code=204)


async def _finder(request: Request) -> Finder:
    caller = await caller_of(request)
    return Finder(caller.principal, caller.purpose, caller.request_id)


def _hold(held: HeldAnswer) -> dict[str, object]:
    return {
        "held_under": held.decision_id,
        "source": held.source,
        "reason": held.reason,
        "held_at": held.held_at,
        "state": "held" if held.rejected_at is None else "rejected",
        "rejected_at": held.rejected_at,
        "rejected_by": held.rejected_by,
        "patient": held.patient,
    }


def _events(found: Iterable[SafetyEvent]) -> list[dict[str, object]]:
    return [
        {
            "id": each.id,
            "kind": each.kind,
            "source": each.source,
            "reason": each.reason,
            "occurred_at": each.occurred_at,
            "patient": each.patient,
            "decision_id": each.decision_id,
            "state": "open" if each.reviewed_at is None else "reviewed",
            "reviewed_at": each.reviewed_at,
            "reviewed_by": each.reviewed_by,
        }
        for each in found
    ]


def _json(content: dict[str, object]) -> Response:
    return Response(orjson.dumps(content, option=orjson.OPT_UTC_Z), media_type="application/json")
