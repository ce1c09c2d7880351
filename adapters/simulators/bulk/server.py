"""Put a bulk source together: what it declares, its token endpoint, and export or paged search.

Follows HL7 FHIR Bulk Data Access 2.0.0; SMART App Launch 2.2, Backend Services.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from secrets import token_urlsafe
from typing import cast

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from adapters.simulators.bulk.export import ExportDesk
from adapters.simulators.bulk.jobs import Jobs, Pace
from adapters.simulators.bulk.machines import Access, Door, Machine
from adapters.simulators.bulk.outcomes import FHIR_JSON, RefusedError, refusal
from adapters.simulators.bulk.search import SearchDesk
from adapters.simulators.bulk.shelf import Shelf
from adapters.simulators.client_assertions import AssertionChecker
from adapters.simulators.faults import Faults, with_faults
from adapters.simulators.rendering import Resource, write

_ROOT = "/fhir"
_DOOR_PATH = "/token"
_GUIDE = "http://hl7.org/fhir/uv/bulkdata"

Answering = Callable[[Request, Access | None], Response]
Endpoint = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class BulkSettings:
    """How a bulk source behaves. `address` is where it is reached, without path.

    Without `machines` no token is asked for; without `offers_export` there is paged search alone.
    """

    address: str
    now: Callable[[], datetime]
    machines: tuple[Machine, ...] = ()
    offers_export: bool = True
    pace: Pace = field(default_factory=Pace)
    new_secret: Callable[[], str] = token_urlsafe


def create_app(shelf: Shelf, settings: BulkSettings, faults: Faults) -> Starlette:
    """Make the source, with its faults around it."""
    source = _Source(shelf, settings)
    routes = [Route(f"{_ROOT}/metadata", source.metadata)]
    if source.door is not None:
        routes.append(Route(_DOOR_PATH, source.door.token, methods=["POST"]))
        routes.append(Route(f"{_ROOT}/.well-known/smart-configuration", source.smart))
    routes += source.export_routes() if settings.offers_export else source.search_routes()
    app = Starlette(routes=routes, exception_handlers={HTTPException: _not_served})
    return with_faults(app, faults)


class _Source:
    def __init__(self, shelf: Shelf, settings: BulkSettings) -> None:
        self._shelf = shelf
        self._settings = settings
        self._base_url = settings.address + _ROOT
        self.door = _door(settings) if settings.machines else None

    async def metadata(self, _request: Request) -> Response:
        """Say what the source offers."""
        is_export = self._settings.offers_export
        resources: list[Resource] = [{"type": each} for each in self._shelf.types]
        if not is_export:
            resources = [{**each, "interaction": [{"code": "search-type"}]} for each in resources]
        rest: Resource = {"mode": "server", "resource": resources}
        statement: Resource = {
            "resourceType": "CapabilityStatement",
            "status": "active",
            "date": self._settings.now().date().isoformat(),
            "kind": "instance",
            "fhirVersion": "4.0.1",
            "format": ["application/fhir+json"],
            "rest": [{**rest, "operation": _OPERATIONS} if is_export else rest],
        }
        if is_export:
            statement["instantiates"] = [f"{_GUIDE}/CapabilityStatement/bulk-data"]
        return Response(write(statement), media_type=FHIR_JSON)

    async def smart(self, _request: Request) -> Response:
        """Say where tokens are had, and how."""
        return JSONResponse(
            {
                "token_endpoint": self._settings.address + _DOOR_PATH,
                "grant_types_supported": ["client_credentials"],
                "token_endpoint_auth_methods_supported": ["private_key_jwt"],
                "token_endpoint_auth_signing_alg_values_supported": ["RS384", "ES384"],
                "scopes_supported": ["system/*.rs", "system/*.read"],
                "capabilities": ["client-confidential-asymmetric", "permission-v2"],
            }
        )

    def export_routes(self) -> list[Route]:
        """Give the routes of a source that exports."""
        settings = self._settings
        jobs = Jobs(self._shelf, settings.pace, settings.now, settings.new_secret)
        desk = ExportDesk(jobs, self._base_url)
        job = f"{_ROOT}/bulk/{{job}}"
        return [
            Route(f"{_ROOT}/$export", self._guarded(desk.kick_off)),
            Route(f"{_ROOT}/Patient/$export", self._guarded(desk.kick_off)),
            Route(job, self._guarded(desk.status), methods=["GET"]),
            Route(job, self._guarded(desk.give_up), methods=["DELETE"]),
            Route(f"{job}/{{number:int}}", self._guarded(desk.file)),
        ]

    def search_routes(self) -> list[Route]:
        """Give the routes of a source that can only be searched."""
        settings = self._settings
        desk = SearchDesk(self._shelf, self._base_url, settings.now, settings.new_secret)
        return [Route(f"{_ROOT}/{{type}}", self._guarded(desk.search))]

    def _guarded(self, answering: Answering) -> Endpoint:
        async def guarded(request: Request) -> Response:
            try:
                access = None if self.door is None else self.door.access_of(request)
                return answering(request, access)
            except RefusedError as refused:
                return refusal(refused)

        return guarded


_OPERATIONS = [{"name": "export", "definition": f"{_GUIDE}/OperationDefinition/export"}]


def _door(settings: BulkSettings) -> Door:
    clients = {machine.client_id: machine for machine in settings.machines}
    token_endpoint = settings.address + _DOOR_PATH
    checker = AssertionChecker(clients, token_endpoint, settings.now)
    return Door(checker, settings.now, settings.new_secret)


def _not_served(_request: Request, error: Exception) -> Response:
    status = cast("HTTPException", error).status_code
    return refusal(RefusedError(status, "not-supported", "This address or method is not served."))
