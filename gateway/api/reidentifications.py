"""Serve those who treat people: whose one coded record is, asked by one, agreed to by another, told once.

Decides nothing: every answer comes from the use case, recorded before it leaves. One person at a time: there is no list to
send. No pseudonym is in an address, and none in an answer. docs/decisions/0039.
"""

import orjson
from fastapi import APIRouter, Request
from starlette.responses import Response

from gateway.api.caller import caller_of, services_of
from gateway.api.requests import body_of, id_in, only, query_of, without_body
from gateway.coded_people import CodedPeople
from gateway.errors import NotFoundError
from gateway.policy.drafts import fields_of_json
from gateway.policy.permitted import Asker
from gateway.store.reidentifications import Reidentification
from gateway.vault.reading import read_coded_person, read_reidentification_plea
from gateway.vault.reidentifying import Answer

router = APIRouter(prefix="/population/re-identify")

_FIELDS = frozenset({"project", "recipient", "epoch", "person", "reason_code", "reason"})


@router.post("", summary="Ask whose one coded record is, with a reason")
async def ask(request: Request) -> Response:
    asker, people = await _come(request)
    only(query_of(request), frozenset())
    sent = fields_of_json(await body_of(request), _FIELDS)
    named = (sent.get(each) for each in ("project", "recipient", "epoch", "person"))
    coded = read_coded_person(*named)
    plea = read_reidentification_plea(sent.get("reason_code"), sent.get("reason"))
    return _json({"id": await people.asking.ask(asker, coded, plea)}, 201)


@router.get("", summary="What waits for somebody to agree; about whom is not told")
async def waiting(request: Request) -> Response:
    asker, people = await _come(request)
    only(query_of(request), frozenset())
    found = await people.asking.waiting(asker)
    return _json({"waiting": [_told(each) for each in found]})


@router.post("/{asked_id}/agree", summary="Agree to what somebody else asked")
async def agree(request: Request, asked_id: str) -> Response:
    return await _answered(request, asked_id, Answer.APPROVED)


@router.post("/{asked_id}/decline", summary="Do not agree to it")
async def decline(request: Request, asked_id: str) -> Response:
    return await _answered(request, asked_id, Answer.DECLINED)


@router.post("/{asked_id}/reveal", summary="Be told, once, whose it is")
async def reveal(request: Request, asked_id: str) -> Response:
    asker, people = await _come(request)
    await without_body(request)
    found = await people.reveal(asker, id_in(asked_id))
    return _json({"nhs_number": found.number.digits, "patient": found.patient_id})


async def _answered(request: Request, asked_id: str, answer: Answer) -> Response:
    asker, people = await _come(request)
    await without_body(request)
    await people.asking.answer(asker, id_in(asked_id), answer)
    return Response(status_code=204)


async def _come(request: Request) -> tuple[Asker, CodedPeople]:
    caller = await caller_of(request)
    planning = services_of(request).planning
    if planning is None or planning.coded_people is None:
        raise NotFoundError("This deployment has no linkage vault.")
    return Asker(caller.principal, caller.purpose, caller.request_id), planning.coded_people


def _told(about: Reidentification) -> dict[str, object]:
    return {
        "id": about.id,
        "project": about.project,
        "recipient": about.recipient,
        "epoch": about.epoch,
        "asked_by": {
            "user_id": about.user_id,
            "role": about.role,
            "organisation": about.organisation,
        },
        "reason_code": about.reason_code,
        "reason": about.reason,
        "asked_at": about.asked_at,
        "until": about.ends_at,
    }


def _json(content: dict[str, object], status: int = 200) -> Response:
    body = orjson.dumps(content, option=orjson.OPT_UTC_Z)
    return Response(body, status, media_type="application/json")
