"""Serve the privacy officer: how often each rule of the radar was right.

Decides nothing: the answer comes from the use case, recorded before it leaves. Counts alone, of nobody.
"""

import orjson
from fastapi import APIRouter, Request
from starlette.responses import Response

from gateway.api.caller import caller_of, services_of
from gateway.api.requests import only, query_of
from gateway.patient.find import Finder
from gateway.store.radar_hits import RuleOutcomes

router = APIRouter(prefix="/privacy/radar")


@router.get("", summary="What became of the radar's alerts, by rule")
async def rates(request: Request) -> Response:
    caller = await caller_of(request)
    only(query_of(request), frozenset())
    finder = Finder(caller.principal, caller.purpose, caller.request_id)
    found = await services_of(request).privacy_alerts.rule_outcomes(finder)
    body = orjson.dumps({"rules": [_told(each) for each in found]})
    return Response(body, media_type="application/json")


def _told(outcomes: RuleOutcomes) -> dict[str, object]:
    settled = outcomes.justified + outcomes.confirmed
    return {
        "rule": outcomes.rule,
        "told": outcomes.told,
        "settled": settled,
        "justified": outcomes.justified,
        "confirmed": outcomes.confirmed,
        "false_alarms": outcomes.justified / settled if settled else None,
    }
