"""Stand in for the Personal Demographics Service: read and search, with its refusals.

Holds no clinical data and writes nothing. PDS FHIR API (R4), healthcare-worker mode.
"""

from collections.abc import Awaitable, Callable
from uuid import UUID

import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from adapters.simulators.faults import FaultKind, Faults, with_faults
from adapters.simulators.pds_criteria import RefusedSearchError, read_criteria
from adapters.simulators.pds_patient import pds_patient
from adapters.simulators.pds_refusals import PdsRefusal
from adapters.simulators.pds_search import Scored, find_people
from adapters.simulators.rendering import Resource
from adapters.simulators.truth import Cohort, Person
from fhir_profiles.nhs_number import InvalidNhsNumberError, NhsNumber

Endpoint = Callable[[Request], Awaitable[Response]]

_MEDIA_TYPE = "application/fhir+json"
_FULL_URL = "https://api.service.nhs.uk/personal-demographics/FHIR/R4/Patient/"


def create_app(
    cohort: Cohort,
    faults: Faults,
    *,
    access_token: str | None = None,
    invalidated: frozenset[NhsNumber] = frozenset(),
) -> Starlette:
    """Make the application; with `access_token` set, requests must bear it."""

    async def read_patient(request: Request) -> Response:
        asked = _read_number(request.path_params["number"])
        answer = asked if isinstance(asked, PdsRefusal) else _look_up(cohort, asked, invalidated)
        if isinstance(answer, PdsRefusal):
            return _refused(request, answer)
        shown = _somebody_else(cohort, answer) if _is_mixed_up(faults) else answer
        return _answered(request, pds_patient(shown), {"ETag": 'W/"2"'})

    async def search_patients(request: Request) -> Response:
        try:
            criteria = read_criteria(request.query_params.multi_items())
        except RefusedSearchError as error:
            return _refused(request, error.refusal)
        found = find_people(cohort.people.values(), criteria)
        if len(found) > criteria.max_results:
            return _refused(request, PdsRefusal("TOO_MANY_MATCHES"))
        if _is_mixed_up(faults):
            found = [(score, _somebody_else(cohort, person)) for score, person in found]
        return _answered(request, _bundle(found), {})

    guard = _guard(access_token)
    methods = ["GET", "POST", "PUT", "PATCH", "DELETE"]
    app = Starlette(
        routes=[
            Route("/Patient", guard(search_patients), methods=["GET"]),
            Route("/Patient/{number}", guard(read_patient), methods=["GET"]),
            Route("/{other:path}", guard(_refuse_other), methods=methods),
        ]
    )
    return with_faults(app, faults)


def _guard(access_token: str | None) -> Callable[[Endpoint], Endpoint]:
    def guard(endpoint: Endpoint) -> Endpoint:
        async def guarded(request: Request) -> Response:
            refusal = _refuse_caller(request, access_token)
            return _refused(request, refusal) if refusal else await endpoint(request)

        return guarded

    return guard


def _refuse_caller(request: Request, access_token: str | None) -> PdsRefusal | None:
    if access_token and request.headers.get("authorization") != f"Bearer {access_token}":
        return PdsRefusal("ACCESS_DENIED")
    request_id = request.headers.get("x-request-id")
    if not request_id:
        return PdsRefusal("MISSING_VALUE", "X-Request-ID")
    return None if _is_uuid(request_id) else PdsRefusal("INVALID_VALUE", "X-Request-ID")


def _is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False


async def _refuse_other(request: Request) -> Response:
    return _refused(request, PdsRefusal("UNSUPPORTED_SERVICE"))


def _read_number(text: str) -> NhsNumber | PdsRefusal:
    try:
        return NhsNumber(text)
    except InvalidNhsNumberError:
        return PdsRefusal("INVALID_RESOURCE_ID", "id")


def _look_up(
    cohort: Cohort, asked: NhsNumber, invalidated: frozenset[NhsNumber]
) -> Person | PdsRefusal:
    if asked in invalidated:
        return PdsRefusal("INVALIDATED_RESOURCE")
    current = cohort.current_number(asked)
    return PdsRefusal("RESOURCE_NOT_FOUND") if current is None else cohort.people[current]


def _is_mixed_up(faults: Faults) -> bool:
    return faults.active(FaultKind.WRONG_PATIENT)


def _somebody_else(cohort: Cohort, person: Person) -> Person:
    strangers = (p for p in cohort.people.values() if p.nhs_number != person.nhs_number)
    return next(strangers, person)


def _bundle(found: list[Scored]) -> Resource:
    entries = [
        {
            "fullUrl": _FULL_URL + person.nhs_number.digits,
            "search": {"score": score},
            "resource": pds_patient(person),
        }
        for score, person in found
    ]
    return {
        "resourceType": "Bundle",
        "type": "searchset",
        "total": len(entries),
        **({"entry": entries} if entries else {}),
    }


def _refused(request: Request, refusal: PdsRefusal) -> Response:
    return _written(request, refusal.outcome(), refusal.status, {})


def _answered(request: Request, resource: Resource, headers: dict[str, str]) -> Response:
    return _written(request, resource, 200, headers)


def _written(
    request: Request, resource: Resource, status: int, headers: dict[str, str]
) -> Response:
    # PDS gives the caller's identifiers back, so that a trace can be followed.
    traced = {
        name: value
        for name in ("x-request-id", "x-correlation-id")
        if (value := request.headers.get(name))
    }
    return Response(orjson.dumps(resource), status, {**headers, **traced}, _MEDIA_TYPE)
