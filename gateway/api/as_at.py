"""Serve what a member of staff could have been shown at a past instant, to those who may read the audit.

Decides nothing. A POST: whose access is asked about, and to whom, belongs in no address.
"""

import orjson
from fastapi import APIRouter, Request
from starlette.responses import Response

from gateway.api.caller import caller_of, services_of
from gateway.api.requests import body_of, only, query_of
from gateway.policy.as_at_asking import read_question
from gateway.policy.as_at_telling import told_as_at
from gateway.policy.permitted import Asker

router = APIRouter(prefix="/privacy")


@router.post("/as-at", summary="What somebody could have been shown at most at a past time")
async def as_at(request: Request) -> Response:
    caller = await caller_of(request)
    only(query_of(request), frozenset())
    question = read_question(await body_of(request))
    asker = Asker(caller.principal, caller.purpose, caller.request_id)
    found = await services_of(request).audit.past.at(asker, question)
    return Response(
        orjson.dumps(told_as_at(found), option=orjson.OPT_UTC_Z), media_type="application/json"
    )
