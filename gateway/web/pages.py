"""Serve the pages: start, find, record, and the way in and out.

Holds no rule: every answer comes from the use cases, recorded before it leaves.
"""

from collections.abc import Mapping
from functools import partial
from types import MappingProxyType

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles
from starlette.types import Scope
from typing_extensions import override

from fhir_profiles.nhs_number import NhsNumber
from gateway.access.decision import Question
from gateway.audit.acts import AskedAct
from gateway.errors import NotFoundError
from gateway.patient.disclosure import Inquiry
from gateway.patient.find import Finder, Found
from gateway.patient.sections import supplies_of
from gateway.sign_in_client import providers_of
from gateway.web import privacy_review
from gateway.web.find_form import FieldError, Wanted, read_find_form
from gateway.web.forms import read_form
from gateway.web.people_words import found_in_words
from gateway.web.record_page import Deployment, record_page
from gateway.web.sessions import ChoiceToMake
from gateway.web.source_words import source_names
from gateway.web.visits import (
    Visit,
    for_anyone,
    for_visitors,
    services_of,
    session_of,
    to_roles,
)
from gateway.web.way_in import PageRoute, way_in
from gateway.web.writing import FOLDER, Frame, write_page
from gateway.wiring import Services
from rbac.types import Purpose


def routes() -> list[BaseRoute]:
    """List the pages' routes."""
    return [
        PageRoute("/", for_anyone(_start), methods=["GET"]),
        *way_in(),
        PageRoute("/find", for_visitors(_find_form), methods=["GET"]),
        PageRoute("/find", for_visitors(_find), methods=["POST"]),
        PageRoute("/patient/{patient_id}", for_visitors(_record), methods=["GET"]),
        *_review_routes(),
        Mount("/static", _Files(directory=FOLDER / "static")),
    ]


def _review_routes() -> list[BaseRoute]:
    held = f"{privacy_review.HOME}/holds/{{held_under}}/{{source}}"
    event = f"{privacy_review.HOME}/safety-events/{{event_id}}"
    return [
        PageRoute(privacy_review.HOME, for_visitors(privacy_review.waiting), methods=["GET"]),
        PageRoute(held, for_visitors(privacy_review.hold), methods=["GET"]),
        PageRoute(f"{held}/release", for_visitors(privacy_review.release), methods=["POST"]),
        PageRoute(f"{held}/reject", for_visitors(privacy_review.reject), methods=["POST"]),
        PageRoute(f"{event}/review", for_visitors(privacy_review.note_event), methods=["POST"]),
    ]


class _Files(StaticFiles):
    """Files that no parameter changes, so none is taken."""

    @override
    async def get_response(self, path: str, scope: Scope) -> Response:
        return await for_anyone(partial(self._file, path))(Request(scope))

    async def _file(self, path: str, request: Request) -> Response:
        return await super().get_response(path, request.scope)


async def _start(request: Request) -> Response:
    services = services_of(request)
    session = await session_of(request)
    if isinstance(session, ChoiceToMake):
        return to_roles()
    frame = Frame.of(services.settings, session)
    if session is not None:
        if await privacy_review.is_reviewer(Visit(request, services, session)):
            return RedirectResponse(privacy_review.HOME, 303)
        return _find_page(frame)
    return write_page("start.html", frame, {"can_sign_in": bool(providers_of(services.settings))})


async def _find_form(visit: Visit) -> Response:
    return _find_page(visit.frame)


async def _find(visit: Visit) -> Response:
    fields = await read_form(visit.request, visit.session, visit.services.settings)
    wanted = read_find_form(fields)
    if isinstance(wanted, tuple):
        return _find_page(visit.frame, errors=wanted, typed=fields)
    found = tuple(map(found_in_words, await _found(visit, wanted)))
    return write_page("found.html", visit.frame, {"found": found})


async def _found(visit: Visit, wanted: Wanted) -> tuple[Found, ...]:
    people = visit.services.people
    finder = Finder(visit.session.principal, Purpose.TREAT, visit.request_id)
    if isinstance(wanted, NhsNumber):
        return await people.by_number(finder, wanted)
    return await people.by_demographics(finder, wanted)


async def _record(visit: Visit) -> Response:
    services = visit.services
    patient_id: str = visit.request.path_params["patient_id"]
    number = services.ids.open(patient_id)
    if number is None:
        raise NotFoundError("There is no such patient.")
    question = Question(visit.session.principal, Purpose.TREAT, number, patient_id)
    inquiry = Inquiry(question, AskedAct.VIEW, visit.request_id)
    deployment = _deployment(services)
    async with services.records.open(inquiry) as opened:
        faulty = services.judging.faulty(opened.answers)
        page = record_page(opened.view, deployment, services.records.clock(), faulty)
        opened.will_show(page.shown)
        return write_page("record.html", visit.frame, {"page": page})


def _deployment(services: Services) -> Deployment:
    return Deployment(
        names=source_names(services.settings),
        supplies=supplies_of(services.sources.directory),
        organisations={row.code: row.name for row in services.settings.organisation},
    )


def _find_page(
    frame: Frame,
    errors: tuple[FieldError, ...] = (),
    typed: Mapping[str, str] = MappingProxyType({}),
) -> Response:
    content = {
        "errors": errors,
        "error_of": {error.field: error.message for error in errors},
        "typed": typed,
    }
    return write_page("find.html", frame, content, 400 if errors else 200)
