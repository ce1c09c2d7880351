"""Serve those who record what a person answered when asked whether their record may be viewed.

Decides nothing: the use case does, on record. Plain JSON; failures are told as everywhere.
"""

import orjson
from fastapi import APIRouter, Request
from starlette.responses import Response

from gateway.access.decision import Question
from gateway.api.caller import caller_of, services_of
from gateway.api.requests import body_of, only, patient_in, query_of
from gateway.patient.pleas import read_answer
from gateway.policy.drafts import fields_of_json

router = APIRouter(prefix="/access/permissions")

_FIELDS = frozenset({"patient", "answer", "reason_code", "reason"})


@router.post(
    "", summary="Record what a person answered when asked whether their record may be viewed"
)
async def record(request: Request) -> Response:
    caller = await caller_of(request)
    only(query_of(request), frozenset())
    document = fields_of_json(await body_of(request), _FIELDS)
    answer = read_answer(
        document.get("answer"), document.get("reason_code"), document.get("reason")
    )
    services = services_of(request)
    patient = patient_in(str(document.get("patient")), services.ids)
    question = Question(caller.principal, caller.purpose, patient.number, patient.id)
    recorded = await services.permissions.record(question, answer, caller.request_id)
    told = {
        "id": recorded.permission.id,
        "patient": patient.id,
        "answer": recorded.permission.answer,
        "recorded_at": recorded.permission.recorded_at,
        "until": recorded.ends_at,
    }
    body = orjson.dumps(told, option=orjson.OPT_UTC_Z)
    return Response(body, 201, media_type="application/json")
