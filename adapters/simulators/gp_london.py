"""Serve GP records as London's FHIR service does: its own `$getstructuredrecord`, FHIR STU3.

Renders nothing. A caller learns 200, 404 or 500 and never why: what the service's own faults say is not
published, so the bodies of errors are empty. Tokens: RFC 6750, with an application role.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from adapters.simulators.faults import Faults, with_faults
from adapters.simulators.gp_london_request import UnreadableRequestError, read_london_request
from adapters.simulators.gp_london_service import LondonRules, LondonService
from adapters.simulators.truth import Cohort

OPERATION = "Patient/$getstructuredrecord"
BASE_PATH = "/api/STU3"
ROLE = "Patients.GetStructuredRecord"
MEDIA_TYPE = "application/fhir+json"


def create_app(
    cohort: Cohort,
    faults: Faults,
    *,
    now: Callable[[], datetime],
    rules: LondonRules | None = None,
    tokens: Mapping[str, frozenset[str]] | None = None,
) -> Starlette:
    """Make the application, at `/api/STU3`; `tokens` are those issued, each with its application roles.

    Without `tokens` no caller has to show one: for the demo, as no identity tenant is simulated.
    """
    service = LondonService(cohort, faults, rules or LondonRules())
    interface = _Interface(service, now, tokens)
    route = Route(f"{BASE_PATH}/{OPERATION}", interface.structured_record, methods=["POST"])
    return with_faults(Starlette(routes=[route]), faults)


@dataclass(frozen=True, slots=True)
class _Interface:
    service: LondonService
    now: Callable[[], datetime]
    tokens: Mapping[str, frozenset[str]] | None

    async def structured_record(self, request: Request) -> Response:
        if (refusal := self._refuse_caller(request)) is not None:
            return refusal
        try:
            asked = read_london_request(await request.body())
        except UnreadableRequestError:
            return Response(status_code=500)
        if (body := self.service.record(asked, self.now())) is None:
            return Response(status_code=404)
        return Response(body, media_type=MEDIA_TYPE)

    def _refuse_caller(self, request: Request) -> Response | None:
        if self.tokens is None:
            return None
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or (roles := self.tokens.get(token)) is None:
            return Response(status_code=401, headers={"WWW-Authenticate": "Bearer"})
        if ROLE not in roles:
            return Response(status_code=403)
        return None
