"""Serve those who claim a relationship by their own word.

Decides nothing: the use case does, on record. Plain JSON; failures are told as everywhere.
"""

import orjson
from fastapi import APIRouter, Request
from starlette.responses import Response

from gateway.access.decision import Question
from gateway.api.caller import caller_of, services_of
from gateway.api.requests import body_of, only, patient_in, query_of
from gateway.patient.pleas import read_claim_plea
from gateway.policy.drafts import fields_of_json

router = APIRouter(prefix="/access/claims")

_FIELDS = frozenset({"patient", "reason_code", "reason"})


@router.post("", summary="Say that a person is in one's care, with a reason")
async def claim(request: Request) -> Response:
    caller = await caller_of(request)
    only(query_of(request), frozenset())
    document = fields_of_json(await body_of(request), _FIELDS)
    plea = read_claim_plea(document.get("reason_code"), document.get("reason"))
    services = services_of(request)
    patient = patient_in(str(document.get("patient")), services.ids)
    question = Question(caller.principal, caller.purpose, patient.number, patient.id)
    claimed = await services.claims.claim(question, plea, caller.request_id)
    told = {
        "id": claimed.id,
        "patient": claimed.patient,
        "reason_code": claimed.reason_code,
        "claimed_at": claimed.claimed_at,
        "until": claimed.ends_at,
    }
    body = orjson.dumps(told, option=orjson.OPT_UTC_Z)
    return Response(body, 201, media_type="application/json")
