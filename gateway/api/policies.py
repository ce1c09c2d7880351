"""Serve those who administer the role policy: versions, drafts, approval, activation, and why.

Decides nothing: every answer comes from the use case, recorded before it leaves. Plain JSON, for these are
no FHIR resources; failures are told as everywhere.
"""

from collections.abc import Mapping
from dataclasses import asdict

import orjson
from fastapi import APIRouter, Request
from starlette.responses import Response

from fhir_profiles.vocabulary import Category, Label
from gateway.api.caller import caller_of, services_of
from gateway.api.requests import body_of, id_in, only, query_of, without_body
from gateway.errors import BadRequestError
from gateway.policy.drafts import fields_of_json, read_proposal, version_in
from gateway.policy.explaining import Looked
from gateway.policy.permitted import Asker
from gateway.policy.telling import (
    told_difference,
    told_draft,
    told_explained,
    told_recorded,
    told_unmet,
)
from rbac.expectations import UnreadableExpectationsError, read_expectations
from rbac.explain import Item
from rbac.types import OrganisationKind, Purpose

router = APIRouter(prefix="/policy")

_ITEM = frozenset({"role", "organisation_kind", "purpose", "category"})
_ITEM_MORE = frozenset({"label", "version"})


@router.get("/versions", summary="Which version decides, and which did before")
async def versions(request: Request) -> Response:
    asker = await _asker(request)
    only(query_of(request), frozenset())
    standing = await services_of(request).policy.explaining.standing(asker)
    return _json(asdict(standing))


@router.get("/versions/{version}", summary="The rules of one version")
async def version(request: Request, version: str) -> Response:
    asker = await _asker(request)
    only(query_of(request), frozenset())
    policy = await services_of(request).policy.explaining.policy(asker, version)
    return _json({"version": policy.version, "rules": [asdict(rule) for rule in policy.rules]})


@router.get("/drafts", summary="Proposed changes, latest first")
async def drafts(request: Request) -> Response:
    asker = await _asker(request)
    only(query_of(request), frozenset())
    found = await services_of(request).policy.explaining.drafts(asker)
    return _json({"drafts": [told_draft(each) for each in found]})


@router.post("/drafts", summary="Propose a change")
async def propose(request: Request) -> Response:
    asker = await _asker(request)
    only(query_of(request), frozenset())
    proposal = read_proposal(await body_of(request))
    draft, difference = await services_of(request).policy.administration.propose(asker, proposal)
    return _json({**told_draft(draft), "difference": told_difference(difference)}, 201)


@router.get("/drafts/{draft_id}", summary="One proposed change, and what it changes")
async def draft(request: Request, draft_id: str) -> Response:
    asker = await _asker(request)
    only(query_of(request), frozenset())
    looked = await services_of(request).policy.explaining.draft(asker, id_in(draft_id))
    return _json(_told_looked(looked))


@router.post("/drafts/{draft_id}/test", summary="Hold a draft against expected decisions, as CSV")
async def hold_to_expectations(request: Request, draft_id: str) -> Response:
    asker = await _asker(request)
    only(query_of(request), frozenset())
    try:
        expected = read_expectations((await body_of(request)).decode("utf-8"))
    except (UnicodeDecodeError, UnreadableExpectationsError) as fault:
        raise BadRequestError(_unreadable(fault)) from fault
    looked = await services_of(request).policy.explaining.draft(
        asker, id_in(draft_id), lambda: expected
    )
    return _json({"tried": len(expected), "unmet": told_unmet(looked.unmet)})


@router.post("/drafts/{draft_id}/approve", summary="Agree to somebody else's change")
async def approve(request: Request, draft_id: str) -> Response:
    asker = await _asker(request)
    await without_body(request)
    await services_of(request).policy.administration.approve(asker, id_in(draft_id))
    return Response(status_code=204)


@router.post("/drafts/{draft_id}/activate", summary="Let an approved change decide")
async def activate(request: Request, draft_id: str) -> Response:
    asker = await _asker(request)
    await without_body(request)
    active = await services_of(request).policy.administration.activate(asker, id_in(draft_id))
    return _json({"active": active})


@router.post("/rollback", summary="Let an earlier version decide again, where that shows no more")
async def roll_back(request: Request) -> Response:
    asker = await _asker(request)
    only(query_of(request), frozenset())
    document = fields_of_json(await body_of(request), frozenset({"version", "based_on"}))
    wanted, based_on = version_in(document, "version"), version_in(document, "based_on")
    active = await services_of(request).policy.administration.roll_back(asker, wanted, based_on)
    return _json({"active": active})


@router.get("/explain", summary="Which rule or guard decides, and what would change it")
async def explain(request: Request) -> Response:
    asker = await _asker(request)
    explaining = services_of(request).policy.explaining
    wanted = only(query_of(request), _ITEM | _ITEM_MORE | {"decision"})
    if "decision" in wanted:
        only(query_of(request), frozenset({"decision"}))
        recorded = await explaining.explain_decision(asker, id_in(wanted["decision"]))
        return _json(told_recorded(recorded))
    explained = await explaining.explain(asker, _item(wanted), wanted.get("version"))
    return _json(told_explained(explained))


async def _asker(request: Request) -> Asker:
    caller = await caller_of(request)
    return Asker(caller.principal, caller.purpose, caller.request_id)


def _item(wanted: Mapping[str, str]) -> Item:
    if not wanted.keys() >= _ITEM:
        raise BadRequestError(f"Needed: {', '.join(sorted(_ITEM))}; or a decision.", "required")
    try:
        return Item(
            wanted["role"],
            OrganisationKind(wanted["organisation_kind"]),
            Purpose(wanted["purpose"]),
            Category(wanted["category"]),
            frozenset(Label(word) for word in wanted.get("label", "").split(",") if word),
        )
    except ValueError as fault:
        raise BadRequestError("A word is not one that a policy knows.", "value") from fault


def _unreadable(fault: ValueError) -> str:
    return (
        str(fault) if isinstance(fault, UnreadableExpectationsError) else "The table is not UTF-8."
    )


def _told_looked(looked: Looked) -> dict[str, object]:
    return {
        **told_draft(looked.draft),
        "difference": told_difference(looked.difference),
        "unmet": told_unmet(looked.unmet),
    }


def _json(content: object, status: int = 200) -> Response:
    body = orjson.dumps(content, option=orjson.OPT_UTC_Z)
    return Response(body, status, media_type="application/json")
