"""Serve the patient's statement to those who may read the audit: who has used a person's record, when and why.

Decides nothing: every answer comes from the use case, recorded before it leaves. No number and no name is in an
address: a person is found by a POST, and named by an opaque id.
"""

import orjson
from fastapi import APIRouter, Request
from starlette.responses import Response

from fhir_profiles.nhs_number import InvalidNhsNumberError, NhsNumber
from gateway.api.caller import caller_of, services_of
from gateway.api.requests import body_of, only, query_of
from gateway.errors import BadRequestError
from gateway.patient.find import Finder
from gateway.patient.statement_telling import told_statement, told_subject
from gateway.policy.drafts import fields_of_json

router = APIRouter(prefix="/privacy/patients")


@router.post("", summary="The person who holds an NHS number, and their opaque id")
async def find(request: Request) -> Response:
    finder = await _finder(request)
    only(query_of(request), frozenset())
    fields = fields_of_json(await body_of(request), frozenset({"nhs_number"}))
    number = _number(fields.get("nhs_number"))
    return _json(told_subject(await services_of(request).statements.find(finder, number)))


@router.get("/{patient_id}/statement", summary="Who has used a person's record, in plain English")
async def statement(request: Request, patient_id: str) -> Response:
    finder = await _finder(request)
    only(query_of(request), frozenset())
    statements = services_of(request).statements
    made = await statements.of(finder, patient_id)
    return _json(told_statement(made, await statements.proven(made)))


async def _finder(request: Request) -> Finder:
    caller = await caller_of(request)
    return Finder(caller.principal, caller.purpose, caller.request_id)


def _number(given: object) -> NhsNumber:
    try:
        return NhsNumber.parse(given if isinstance(given, str) else "")
    except InvalidNhsNumberError as fault:
        raise BadRequestError("nhs_number is an NHS number of 10 digits.", "value") from fault


def _json(content: dict[str, object]) -> Response:
    return Response(orjson.dumps(content, option=orjson.OPT_UTC_Z), media_type="application/json")
