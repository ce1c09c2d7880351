"""Serve one R4 source over HTTP: capability statement, read, search, `$everything`.

Renders nothing clinical. Follows FHIR R4, RESTful interface, as far as the capability statement says.
"""

import base64
import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlencode

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from adapters.simulators.faults import CONSULTED, FaultKind, Faults, with_faults
from adapters.simulators.fhir_capability import capability_statement
from adapters.simulators.fhir_library import Library, Stored
from adapters.simulators.fhir_pages import Pages, Question, misleading, paged
from adapters.simulators.fhir_search import (
    BadSearchError,
    Desk,
    Found,
    Parameters,
    page_size,
    search,
)
from adapters.simulators.fhir_types import LARGEST_PAGE, Offer, SearchType
from adapters.simulators.rendering import Resource, write
from fhir_profiles.nhs_number import NhsNumber

MEDIA_TYPE = "application/fhir+json"
ELSEWHERE = "https://elsewhere.example/fhir/Observation?_page=2"
_ROOT = "/fhir"

Endpoint = Callable[[Request], Awaitable[Response]]


@dataclass(slots=True)
class FhirServer:
    """One source at work: what it can serve, what it offers, and its pages so far."""

    library: Library
    offer: Offer
    faults: Faults
    token: str | None
    pages: Pages = field(default_factory=Pages)

    def app(self) -> Starlette:
        """Make the application, with its faults around it."""
        routes = [Route(f"{_ROOT}/metadata", self._metadata)]
        if self.offer.declares_everything:
            path = f"{_ROOT}/Patient/{{id}}/$everything"
            routes.append(Route(path, self._guarded(self._everything)))
        routes += [
            Route(f"{_ROOT}/{{type}}", self._guarded(self._search)),
            Route(f"{_ROOT}/{{type}}/_search", self._guarded(self._search), methods=["POST"]),
            Route(f"{_ROOT}/{{type}}/{{id}}", self._guarded(self._read)),
        ]
        app = Starlette(routes=routes, exception_handlers={HTTPException: _failed})
        return with_faults(app, self.faults)

    def _guarded(self, endpoint: Endpoint) -> Endpoint:
        async def guarded(request: Request) -> Response:
            given = request.headers.get("authorization", "").encode()
            if self.token and not hmac.compare_digest(given, f"Bearer {self.token}".encode()):
                return _outcome(401, "login", "A bearer token is required.")
            try:
                return await endpoint(request)
            except BadSearchError as refused:
                return _outcome(400, "not-supported", str(refused))

        return guarded

    async def _metadata(self, request: Request) -> Response:
        return _answer(write(capability_statement(self.offer, _base_url(request))))

    async def _search(self, request: Request) -> Response:
        search_type = self.offer.types.get(request.path_params["type"])
        if search_type is None:
            return _outcome(404, "not-supported", "This resource type is not served.")
        if (page := request.query_params.get("_page")) is not None:
            return self._page(page)
        parameters = await _parameters(request)
        question = self._question(request, search_type.name, parameters)
        desk = Desk(self.library, question.base_url, self._redirect)
        return self._asked(question, search_type, lambda: search(desk, search_type, parameters))

    async def _everything(self, request: Request) -> Response:
        patient_id = request.path_params["id"]
        if (page := request.query_params.get("_page")) is not None:
            return self._page(page)
        if (number := self.library.person_with_id(patient_id)) is None:
            return _not_found()
        parameters = request.query_params.multi_items()
        question = self._question(request, f"Patient/{patient_id}/$everything", parameters)
        search_type = self.offer.types["Patient"]
        return self._asked(
            question, search_type, lambda: self._whole(number, question.base_url, parameters)
        )

    def _whole(self, number: NhsNumber, base_url: str, parameters: Parameters) -> Found:
        if not {name for name, _ in parameters} <= {"_count", "_format"}:
            raise BadSearchError("A parameter is not supported for $everything.")
        counts = [value for name, value in parameters if name == "_count"]
        record = self.library.record(self._redirect(number), base_url)
        clinical = [stored for stored in record if stored.resource_type != "Binary"]
        references = (reference for stored in clinical for reference in stored.references)
        around = self.library.resolve(references, record)
        whole = {stored.key: stored for stored in [*clinical, *around]}
        count = page_size(counts) if counts else LARGEST_PAGE
        return Found(tuple(whole.values()), (), count, ())

    async def _read(self, request: Request) -> Response:
        resource_type, resource_id = request.path_params["type"], request.path_params["id"]
        if resource_type != "Binary" and resource_type not in self.offer.types:
            return _outcome(404, "not-supported", "This resource type is not served.")
        base_url = _base_url(request)
        stored = self.library.read(resource_type, resource_id, base_url)
        if stored is None:
            return _not_found()
        if resource_type == "Patient" and (number := self.library.person_with_id(resource_id)):
            stored = self.library.record(self._redirect(number), base_url)[0]
        wants_fhir = "fhir+json" in request.headers.get("accept", "")
        is_content = resource_type == "Binary" and not wants_fhir
        return _content(stored) if is_content else _answer(stored.body)

    def _question(self, request: Request, path: str, parameters: Parameters) -> Question:
        active = frozenset(kind for kind in CONSULTED if self.faults.active(kind))
        return Question(_base_url(request), path, urlencode(list(parameters)), active)

    def _redirect(self, number: NhsNumber) -> NhsNumber:
        if self.faults.active(FaultKind.WRONG_PATIENT):
            return self.library.somebody_else(number)
        return number

    def _asked(
        self, question: Question, search_type: SearchType, find: Callable[[], Found]
    ) -> Response:
        if (known := self.pages.first_of(question)) is not None:
            return _answer(known)
        bodies = paged(question, find(), search_type)
        if (bad_link := _bad_link(question)) is not None:
            bodies = [misleading(question, bodies[0], bad_link)]
        return _answer(self.pages.keep(question, bodies))

    def _page(self, token: str) -> Response:
        if (body := self.pages.named(token)) is None:
            return _outcome(410, "expired", "This page is gone; ask again.")
        return _answer(body)


def _bad_link(question: Question) -> str | None:
    if FaultKind.BAD_PAGING in question.faults:
        return ELSEWHERE
    if FaultKind.BAD_PAGING_LOOP in question.faults:
        # A first page that names itself as the next one never ends.
        return question.link_to(0)
    return None


async def _parameters(request: Request) -> Parameters:
    asked = list(request.query_params.multi_items())
    if request.method == "POST":
        form = (await request.body()).decode("utf-8", errors="replace")
        asked += parse_qsl(form, keep_blank_values=True)
    return asked


def _base_url(request: Request) -> str:
    address = str(request.url.replace(query="", fragment=""))
    return address[: address.index(f"{_ROOT}/", len("https://"))] + _ROOT


def _content(stored: Stored) -> Response:
    content = base64.b64decode(str(stored.resource["data"]))
    return Response(content, media_type=str(stored.resource["contentType"]))


def _answer(body: bytes) -> Response:
    return Response(body, media_type=MEDIA_TYPE)


def _not_found() -> Response:
    return _outcome(404, "not-found", "No such resource.")


def _failed(_request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    return _outcome(status, "not-supported", "This address or method is not served.")


def _outcome(status: int, code: str, diagnostics: str) -> Response:
    issue = {"severity": "error", "code": code, "diagnostics": diagnostics}
    outcome: Resource = {"resourceType": "OperationOutcome", "issue": [issue]}
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else {}
    return Response(write(outcome), status, headers, MEDIA_TYPE)
