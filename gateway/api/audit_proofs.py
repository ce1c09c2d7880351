"""Serve what outsiders check the audit with: its keys, its latest checkpoint, and proofs of one entry and of growth.

Keys and checkpoint are for everybody: they tell how many entries there are and nothing of any. docs/audit-format.md.
"""

import orjson
from fastapi import APIRouter, Request
from starlette.responses import PlainTextResponse, Response

from gateway.api.caller import caller_of, services_of
from gateway.api.requests import only, query_of
from gateway.audit.merkle import EMPTY_ROOT
from gateway.errors import NotFoundError
from gateway.patient.find import Finder
from gateway.store.audit_tree import latest_checkpoint

router = APIRouter(prefix="/audit")

_DIGITS_AT_MOST = 18


@router.get("/key", summary="The keys that the audit's checkpoints are checked with, one in a line")
async def key(request: Request) -> Response:
    keys = services_of(request).audit.keeper.known_keys()
    return PlainTextResponse("".join(f"{each.text()}\n" for each in keys))


@router.get("/checkpoint", summary="The audit's latest signed checkpoint")
async def checkpoint(request: Request) -> Response:
    services = services_of(request)
    latest = await services.store.read(latest_checkpoint)
    empty = services.audit.keeper.key.sign(0, EMPTY_ROOT)
    return PlainTextResponse(empty if latest is None else latest.note)


@router.get("/proof/{entry}", summary="One entry of the audit, and the proof that it is in it")
async def proof(request: Request, entry: str) -> Response:
    caller = await caller_of(request)
    only(query_of(request), frozenset())
    finder = Finder(caller.principal, caller.purpose, caller.request_id)
    proven = await services_of(request).audit.reading.proven(finder, _number(entry))
    content = {"entry": proven.entry, "proof": proven.proof}
    return Response(orjson.dumps(content), media_type="application/json")


@router.get("/consistency/{old}/{new}", summary="The proof that the audit only grew")
async def consistency(request: Request, old: str, new: str) -> Response:
    caller = await caller_of(request)
    only(query_of(request), frozenset())
    finder = Finder(caller.principal, caller.purpose, caller.request_id)
    reading = services_of(request).audit.reading
    grown = await reading.grown(finder, _number(old), _number(new))
    return Response(orjson.dumps(grown.document()), media_type="application/json")


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= _DIGITS_AT_MOST):
        raise NotFoundError("Entries and sizes are named by their numbers.")
    return int(text)
