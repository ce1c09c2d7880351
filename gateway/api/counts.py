"""Serve planners' counts: which are declared, and their answers, disclosure-controlled.

Decides nothing: every answer comes from the room of counts, recorded before it leaves. Plain JSON, for these are no FHIR resources.
"""

from collections.abc import Mapping

import orjson
from fastapi import APIRouter, Request
from starlette.responses import Response

from gateway.api.caller import caller_of, services_of
from gateway.api.planners import planner_of
from gateway.api.requests import body_of, only, query_of
from gateway.errors import NotFoundError
from gateway.policy.drafts import fields_of_json
from gateway.population.counts.asking import QUESTION_FIELDS
from gateway.population.counts.room import CountsRoom, Told
from gateway.population.measures import Measure
from gateway.population.small_numbers import ROUNDED_TO, SMALLEST_SHOWN, Rounded

router = APIRouter(prefix="/population")


@router.get("/measures", summary="What can be counted, and by what")
async def measures(request: Request) -> Response:
    await caller_of(request)
    only(query_of(request), frozenset())
    found = _room(request).measures
    return _json({"measures": [_told_measure(found[name]) for name in sorted(found)]})


@router.post("/counts", summary="Counts of a declared measure, disclosure-controlled")
async def counts(request: Request) -> Response:
    caller, room = await planner_of(request), _room(request)
    only(query_of(request), frozenset())
    asked = fields_of_json(await body_of(request), QUESTION_FIELDS)
    return _json(_told_counts(await room.count(caller, asked)))


def _room(request: Request) -> CountsRoom:
    planning = services_of(request).planning
    if planning is None:
        raise NotFoundError("This deployment has no planning side.")
    return planning.counts


def _told_measure(measure: Measure) -> Mapping[str, object]:
    return {
        "name": measure.name,
        "title": measure.title,
        "why": measure.why,
        "dataset": measure.dataset.name,
        "unit": measure.table.unit,
        "dimensions": measure.table.dimensions,
    }


def _told_counts(told: Told) -> Mapping[str, object]:
    return {
        "measure": told.measure.name,
        "period": told.table.period,
        "made_at": told.table.made_at,
        "rounded_to": ROUNDED_TO,
        "kept_back_below": SMALLEST_SHOWN,
        "counts": [
            # `*` is not 0, and no number: nobody can add it up by mistake.
            {"of": each.of, "count": each.count.value if isinstance(each.count, Rounded) else "*"}
            for each in told.answers
        ],
    }


def _json(content: Mapping[str, object]) -> Response:
    return Response(orjson.dumps(content, option=orjson.OPT_UTC_Z), media_type="application/json")
