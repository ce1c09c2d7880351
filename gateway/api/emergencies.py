"""Serve those who break the glass: take a step, list one's own, end one early.

Decides nothing: every answer comes from the use case, recorded before it leaves. Plain JSON, for these are no FHIR
resources; failures are told as everywhere. What is then read is read as ever, with its purpose.
"""

import orjson
from fastapi import APIRouter, Request
from starlette.responses import Response

from gateway.access.decision import Question
from gateway.api.caller import caller_of, services_of
from gateway.api.requests import body_of, id_in, only, patient_in, query_of, without_body
from gateway.errors import BadRequestError
from gateway.patient.find import Finder
from gateway.patient.pleas import read_plea
from gateway.policy.drafts import fields_of_json
from gateway.store.break_glass import Grant
from rbac.bars import EMERGENCY_PURPOSES
from rbac.types import Purpose

router = APIRouter(prefix="/access/break-glass")

_FIELDS = frozenset({"patient", "step", "reason_code", "reason"})


@router.post("", summary="Break the glass about one person, with a reason")
async def break_glass(request: Request) -> Response:
    caller = await caller_of(request)
    only(query_of(request), frozenset())
    document = fields_of_json(await body_of(request), _FIELDS)
    step = _step(document.get("step"))
    plea = read_plea(document.get("reason_code"), document.get("reason"))
    services = services_of(request)
    patient = patient_in(str(document.get("patient")), services.ids)
    question = Question(caller.principal, step, patient.number, patient.id)
    opened = await services.emergencies.break_glass(question, plea, caller.request_id)
    return _json({**_told(opened.grant), "opens": opened.opens}, 201)


@router.get("", summary="One's own broken glass that is open now")
async def own_emergencies(request: Request) -> Response:
    finder = await _finder(request)
    only(query_of(request), frozenset())
    found = await services_of(request).emergencies.own(finder)
    return _json({"grants": [_told(each) for each in found]})


@router.delete("/{grant_id}", summary="End one's own emergency before its time")
async def end_emergency(request: Request, grant_id: str) -> Response:
    finder = await _finder(request)
    await without_body(request)
    await services_of(request).emergencies.end(finder, id_in(grant_id))
    return Response(status_code=204)


async def _finder(request: Request) -> Finder:
    caller = await caller_of(request)
    return Finder(caller.principal, Purpose.ETREAT, caller.request_id)


def _step(given: object) -> Purpose:
    words = sorted(each.value for each in EMERGENCY_PURPOSES)
    if given not in words:
        raise BadRequestError("step is ETREAT, or BTG for the second step.", "required")
    return Purpose(str(given))


def _told(grant: Grant) -> dict[str, object]:
    return {
        "id": grant.id,
        "patient": grant.patient,
        "step": grant.step,
        "reason_code": grant.reason_code,
        "granted_at": grant.granted_at,
        "until": grant.ends_at,
    }


def _json(content: object, status: int = 200) -> Response:
    body = orjson.dumps(content, option=orjson.OPT_UTC_Z)
    return Response(body, status, media_type="application/json")
