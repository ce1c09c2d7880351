"""Serve the pages: every address that they have, start and find.

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
from gateway.patient.find import Finder, Found
from gateway.sign_in_client import providers_of
from gateway.web import (
    break_glass,
    claim,
    permission,
    planner,
    planner_release,
    privacy_alerts,
    privacy_review,
    privacy_statements,
    record,
)
from gateway.web.find_form import FieldError, Wanted, read_find_form
from gateway.web.forms import read_form
from gateway.web.people_words import found_in_words
from gateway.web.planner_visits import HOME as PLANNING
from gateway.web.planner_visits import is_planners
from gateway.web.privacy_visits import HOME, is_reviewer
from gateway.web.sessions import ChoiceToMake
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
from rbac.types import Purpose


def routes() -> list[BaseRoute]:
    """List the pages' routes."""
    return [
        PageRoute("/", for_anyone(_start), methods=["GET"]),
        *way_in(),
        PageRoute("/find", for_visitors(_find_form), methods=["GET"]),
        PageRoute("/find", for_visitors(_find), methods=["POST"]),
        *_record_routes(),
        *_review_routes(),
        *_planners_routes(),
        Mount("/static", _Files(directory=FOLDER / "static")),
    ]


def _record_routes() -> list[BaseRoute]:
    person = "/patient/{patient_id}"
    ask, ask_second = f"{person}/break-glass", f"{person}/break-glass/sensitive"
    opened = f"{person}/emergency"
    return [
        PageRoute(person, for_visitors(record.direct_care), methods=["GET"]),
        PageRoute(opened, for_visitors(record.emergency), methods=["GET"]),
        PageRoute(f"{opened}/sensitive", for_visitors(record.sensitive), methods=["GET"]),
        PageRoute(f"{opened}/end", for_visitors(break_glass.end), methods=["POST"]),
        PageRoute(ask, for_visitors(break_glass.ask_first), methods=["GET"]),
        PageRoute(ask, for_visitors(break_glass.take_first), methods=["POST"]),
        PageRoute(ask_second, for_visitors(break_glass.ask_second), methods=["GET"]),
        PageRoute(ask_second, for_visitors(break_glass.take_second), methods=["POST"]),
        PageRoute(f"{person}/claim", for_visitors(claim.ask), methods=["GET"]),
        PageRoute(f"{person}/claim", for_visitors(claim.take), methods=["POST"]),
        PageRoute(f"{person}/permission", for_visitors(permission.ask), methods=["GET"]),
        PageRoute(f"{person}/permission", for_visitors(permission.take), methods=["POST"]),
    ]


def _review_routes() -> list[BaseRoute]:
    held = f"{HOME}/holds/{{held_under}}/{{source}}"
    stated = f"{HOME}/patients/{{patient_id}}/statement"
    event, alert = f"{HOME}/safety-events/{{event_id}}", f"{HOME}/alerts/{{alert_id}}"
    return [
        PageRoute(HOME, for_visitors(privacy_review.waiting), methods=["GET"]),
        PageRoute(f"{HOME}/settled", for_visitors(privacy_alerts.settled), methods=["GET"]),
        PageRoute(alert, for_visitors(privacy_alerts.alert), methods=["GET"]),
        PageRoute(f"{alert}/settle", for_visitors(privacy_alerts.settle), methods=["POST"]),
        PageRoute(held, for_visitors(privacy_review.hold), methods=["GET"]),
        PageRoute(f"{held}/release", for_visitors(privacy_review.release), methods=["POST"]),
        PageRoute(f"{held}/reject", for_visitors(privacy_review.reject), methods=["POST"]),
        PageRoute(f"{event}/review", for_visitors(privacy_review.note_event), methods=["POST"]),
        PageRoute(f"{HOME}/find", for_visitors(privacy_statements.find), methods=["POST"]),
        PageRoute(stated, for_visitors(privacy_statements.statement), methods=["GET"]),
    ]


def _planners_routes() -> list[BaseRoute]:
    dataset, released = f"{PLANNING}/datasets/{{name}}", f"{PLANNING}/releases/{{release_id}}"
    asked = f"{dataset}/request"
    return [
        PageRoute(PLANNING, for_visitors(planner.home), methods=["GET"]),
        PageRoute(dataset, for_visitors(planner.dataset), methods=["GET"]),
        PageRoute(asked, for_visitors(planner.ask), methods=["GET"]),
        PageRoute(asked, for_visitors(planner.take), methods=["POST"]),
        PageRoute(released, for_visitors(planner_release.release), methods=["GET"]),
        PageRoute(f"{released}/manifest", for_visitors(planner_release.manifest), methods=["GET"]),
        PageRoute(f"{released}/report", for_visitors(planner_release.report), methods=["GET"]),
        PageRoute(f"{released}/approve", for_visitors(planner_release.approve), methods=["POST"]),
        PageRoute(f"{released}/cancel", for_visitors(planner_release.cancel), methods=["POST"]),
        PageRoute(f"{released}/recall", for_visitors(planner_release.recall), methods=["POST"]),
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
        visit = Visit(request, services, session)
        if is_planners(visit):
            return RedirectResponse(PLANNING, 303)
        if await is_reviewer(visit):
            return RedirectResponse(HOME, 303)
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
