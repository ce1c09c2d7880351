"""Serve planners, and those who review what planners are given: the catalogue of datasets, and releases.

Decides nothing: every answer comes from the reception of releases, recorded before it leaves. Plain JSON, for these are no
FHIR resources; failures are told as everywhere. Making a release is a job's work (`scr release run`).
"""

from collections.abc import Mapping

import orjson
from fastapi import APIRouter, Request
from starlette.responses import Response

from gateway.api.caller import Caller, caller_of, services_of
from gateway.api.dataset_telling import told_dataset, told_in_catalogue
from gateway.api.planners import planner_of, planner_of_any_format
from gateway.api.release_files import ReleaseFileResponse
from gateway.api.requests import body_of, id_in, only, query_of, without_body
from gateway.errors import BadRequestError, NotFoundError
from gateway.policy.drafts import fields_of_json
from gateway.population.releases.folders import MANIFEST
from gateway.population.releases.reception import Reception
from gateway.population.releases.requests import WANTED_FIELDS, read_wanted, read_why
from gateway.population.releases.telling import told_progress, told_release, told_uses
from gateway.store.words import ReleaseState

router = APIRouter(prefix="/population")

_STATES = tuple(sorted(ReleaseState))


@router.get("/datasets", summary="What can be released, and what for")
async def datasets(request: Request) -> Response:
    await caller_of(request)
    only(query_of(request), frozenset())
    found = _reception(request).datasets
    return _json({"datasets": [told_in_catalogue(each) for each in found]})


@router.get("/datasets/{name}", summary="One dataset: its dictionary, its rules, what it needs")
async def dataset(request: Request, name: str) -> Response:
    await caller_of(request)
    only(query_of(request), frozenset())
    found = [each for each in _reception(request).datasets if each.name == name]
    if not found:
        raise NotFoundError("There is no such dataset.")
    return _json(told_dataset(found[0]))


@router.post("/releases", summary="Ask for a release")
async def ask(request: Request) -> Response:
    caller, reception = await _come(request)
    only(query_of(request), frozenset())
    wanted = read_wanted(fields_of_json(await body_of(request), WANTED_FIELDS))
    return _json(told_release(await reception.request(caller, wanted)), 201)


@router.get("/releases", summary="Releases to one's organisation; to who reviews them, all")
async def releases(request: Request) -> Response:
    caller, reception = await _come(request)
    state = only(query_of(request), frozenset({"state"})).get("state")
    if state not in {None, *_STATES}:
        raise BadRequestError(f"state is one of: {', '.join(_STATES)}.", "value")
    found = await reception.listed(caller, None if state is None else ReleaseState(state))
    return _json({"releases": [told_release(each) for each in found]})


@router.get("/releases/{release_id}", summary="One release: who stands for it, how far it is")
async def release(request: Request, release_id: str) -> Response:
    caller, reception = await _come(request)
    only(query_of(request), frozenset())
    found = await reception.look(caller, id_in(release_id))
    progress = await reception.desk.progress(found.id)
    return _json({**told_release(found), "progress": told_progress(progress)})


@router.get("/releases/{release_id}/uses", summary="Who fetched which file of it, and when")
async def uses(request: Request, release_id: str) -> Response:
    caller, reception = await _come(request)
    only(query_of(request), frozenset())
    found = await reception.look(caller, id_in(release_id))
    return _json({"uses": told_uses(await reception.desk.uses(found.id))})


@router.get("/releases/{release_id}/certificate", summary="That the key of its pseudonyms is gone")
async def certificate(request: Request, release_id: str) -> Response:
    caller, reception = await _come(request)
    only(query_of(request), frozenset())
    found = await reception.look(caller, id_in(release_id))
    if found.certificate is None:
        raise NotFoundError("The key of this release was not destroyed.")
    return Response(found.certificate, media_type="application/json")


@router.post("/releases/{release_id}/approve", summary="Agree to what somebody else asked for")
async def approve(request: Request, release_id: str) -> Response:
    caller, reception = await _come(request)
    await without_body(request)
    return _json(told_release(await reception.approve(caller, id_in(release_id))))


@router.post("/releases/{release_id}/cancel", summary="Give up what is not published")
async def cancel(request: Request, release_id: str) -> Response:
    caller, reception = await _come(request)
    why = await _why(request)
    return _json(told_release(await reception.cancel(caller, id_in(release_id), why)))


@router.post("/releases/{release_id}/recall", summary="Take back what is published")
async def recall(request: Request, release_id: str) -> Response:
    caller, reception = await _come(request)
    why = await _why(request)
    return _json(told_release(await reception.recall(caller, id_in(release_id), why)))


@router.get("/releases/{release_id}/manifest", summary="Its files with their hashes, its rules")
async def manifest(request: Request, release_id: str) -> Response:
    caller, reception = await _come(request)
    only(query_of(request), frozenset())
    return ReleaseFileResponse(await reception.fetch(caller, id_in(release_id), MANIFEST))


@router.get("/releases/{release_id}/files/{name}", summary="One file of it, whole")
async def file(request: Request, release_id: str, name: str) -> Response:
    caller = await planner_of_any_format(request)
    only(query_of(request), frozenset())
    opened = await _reception(request).fetch(caller, id_in(release_id), name)
    return ReleaseFileResponse(opened)


async def _come(request: Request) -> tuple[Caller, Reception]:
    return await planner_of(request), _reception(request)


def _reception(request: Request) -> Reception:
    planning = services_of(request).planning
    if planning is None:
        raise NotFoundError("This deployment has no planning side.")
    return planning.releases


async def _why(request: Request) -> str:
    only(query_of(request), frozenset())
    return read_why(fields_of_json(await body_of(request), frozenset({"why"})).get("why"))


def _json(content: Mapping[str, object], status: int = 200) -> Response:
    body = orjson.dumps(content, option=orjson.OPT_UTC_Z)
    return Response(body, status, media_type="application/json")
