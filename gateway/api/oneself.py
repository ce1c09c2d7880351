"""Tell callers who they are: the Practitioner that `fhirUser` of an id token names.

Holds nothing of any record: what stands here is what the caller's own token says of them. SMART App Launch 2.2,
"Scopes for requesting identity data".
"""

import orjson
from fastapi import APIRouter, Request
from starlette.responses import Response

from gateway.access.granting import is_for_records_alone
from gateway.access.staff import may_act
from gateway.api import patients
from gateway.api.caller import Caller, caller_of, services_of
from gateway.api.problems import FHIR_JSON
from gateway.api.requests import only, query_of
from gateway.audit.acts import CallerRefused
from gateway.errors import RefusedError
from gateway.identity import Principal

router = APIRouter(prefix="/fhir")

_SDS_USER_ID = "https://fhir.nhs.uk/Id/sds-user-id"


@router.get(
    "/Practitioner/{item_id}", summary="The caller themselves, or a practitioner of a record"
)
async def read_practitioner(request: Request, item_id: str) -> Response:
    caller = await caller_of(request)
    if item_id != caller.principal.user_id or not _may_know_themselves(caller.principal):
        return await patients.read_item(request, "Practitioner", item_id)
    only(query_of(request), frozenset())
    await _refuse_suspended(request, caller)
    return Response(orjson.dumps(_practitioner(caller.principal)), media_type=FHIR_JSON)


async def _refuse_suspended(request: Request, caller: Caller) -> None:
    """Refuse, on record, a caller who is suspended. Raises RefusedError, UnavailableError."""
    services, who = services_of(request), caller.principal
    if await may_act(services.records.access.staff, who):
        return
    at, reason = services.records.clock(), "suspended"
    await services.log.append(CallerRefused(at, who.user_id, caller.request_id, reason))
    raise RefusedError(reason, "The caller is suspended.")


def _may_know_themselves(principal: Principal) -> bool:
    """Say whether the token may tell its application whose it is."""
    return not is_for_records_alone(principal) or "fhirUser" in principal.app.scope.split()


def _practitioner(principal: Principal) -> dict[str, object]:
    return {
        "resourceType": "Practitioner",
        "id": principal.user_id,
        "identifier": [{"system": _SDS_USER_ID, "value": principal.user_id}],
        "name": [{"family": principal.family_name, "given": [principal.given_name]}],
    }
