"""Serve the privacy officer: emergencies, claims, attempts and readings that are to be reviewed.

Decides nothing: every answer comes from the use case, recorded before it leaves. Who, whose, when, why and how much
of which kind; never content.
"""

import orjson
from fastapi import APIRouter, Request
from starlette.responses import Response

from gateway.api.caller import caller_of, services_of
from gateway.api.requests import body_of, id_in, only, query_of
from gateway.errors import BadRequestError
from gateway.patient.alert_reviews import ReviewedAlert
from gateway.patient.find import Finder
from gateway.policy.drafts import fields_of_json
from gateway.store.words import AlertOutcome

router = APIRouter(prefix="/privacy/alerts")

_STATES = ("open", "settled")


@router.get("", summary="What is to be reviewed, by default what waits")
async def alerts(request: Request) -> Response:
    finder = await _finder(request)
    state = only(query_of(request), frozenset({"state"})).get("state", "open")
    if state not in _STATES:
        raise BadRequestError("state is open or settled.", "value")
    found = await services_of(request).privacy_alerts.list(finder, settled=state == "settled")
    return _json({"alerts": [_told(each) for each in found]})


@router.get("/{alert_id}", summary="One alert")
async def alert(request: Request, alert_id: str) -> Response:
    finder = await _finder(request)
    only(query_of(request), frozenset())
    return _json(_told(await services_of(request).privacy_alerts.one(finder, id_in(alert_id))))


@router.post("/{alert_id}/settle", summary="Say whether it was justified")
async def settle(request: Request, alert_id: str) -> Response:
    finder = await _finder(request)
    only(query_of(request), frozenset())
    outcome = _outcome(
        fields_of_json(await body_of(request), frozenset({"outcome"})).get("outcome")
    )
    await services_of(request).privacy_alerts.settle(finder, id_in(alert_id), outcome)
    return Response(status_code=204)


async def _finder(request: Request) -> Finder:
    caller = await caller_of(request)
    return Finder(caller.principal, caller.purpose, caller.request_id)


def _outcome(given: object) -> AlertOutcome:
    words = tuple(each.value for each in AlertOutcome)
    if given not in words:
        raise BadRequestError(f"outcome is one of: {', '.join(words)}.", "required")
    return AlertOutcome(str(given))


def _told(reviewed: ReviewedAlert) -> dict[str, object]:
    alert = reviewed.alert
    return {
        "id": alert.id,
        "kind": alert.kind,
        "state": "open" if alert.outcome is None else "settled",
        "raised_at": alert.raised_at,
        "due_at": alert.due_at,
        "is_overdue": reviewed.is_overdue,
        "who": {
            "user_id": alert.user_id,
            "name": alert.user_name,
            "role": alert.role,
            "organisation": alert.organisation,
        },
        "patient": alert.patient,
        "act": alert.act,
        "purpose": alert.purpose,
        "reason_code": alert.reason_code,
        "reason": reviewed.reason,
        "refusal": alert.refusal,
        "opened": reviewed.opened,
        "why": [{"rule": each.rule, "why": each.why} for each in reviewed.hits],
        "tell": alert.tell,
        "decision_id": alert.decision_id,
        "outcome": alert.outcome,
        "settled_at": alert.settled_at,
        "settled_by": alert.settled_by,
    }


def _json(content: dict[str, object]) -> Response:
    return Response(orjson.dumps(content, option=orjson.OPT_UTC_Z), media_type="application/json")
