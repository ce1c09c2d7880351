"""Recognise who visits a page, and turn what goes wrong into a page.

Knows no page. Sessions alone identify here: a bearer token is for the FHIR routes.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gateway.audit.acts import CallerRefused
from gateway.errors import (
    BadRequestError,
    FormNotOursError,
    SharedCareRecordError,
    UnavailableError,
)
from gateway.web.cookies import session_cookie
from gateway.web.refusals import refusal_page
from gateway.web.sessions import ChoiceToMake, Session, found_session
from gateway.web.writing import Frame
from gateway.wiring import Services


@dataclass(frozen=True, slots=True)
class Visit:
    """One request to a page by somebody who is signed in."""

    request: Request
    services: Services
    session: Session

    @property
    def frame(self) -> Frame:
        """Give what stands around the page."""
        return Frame.of(self.services.settings, self.session)

    @property
    def request_id(self) -> str:
        """Give the id by which logs and audit know the request."""
        return request_id_of(self.request)


@dataclass(frozen=True, slots=True)
class ChoosersVisit:
    """One request to a page by somebody who is signed in, in a role or before one."""

    request: Request
    services: Services
    session: Session | ChoiceToMake


Handler = Callable[[Request], Awaitable[Response]]
VisitHandler = Callable[[Visit], Awaitable[Response]]
ChoosersHandler = Callable[[ChoosersVisit], Awaitable[Response]]
NONE: frozenset[str] = frozenset()


def services_of(request: Request) -> Services:
    """Give the running service's parts."""
    services: Services = request.app.state.services
    return services


def request_id_of(request: Request) -> str:
    """Give the id by which logs and audit know a request."""
    return str(request.state.request_id)


async def session_of(request: Request) -> Session | ChoiceToMake | None:
    """Find the visitor's live session, in a role or before one.

    Raises BadRequestError when a token comes along: two identities are none.
    """
    if "access_token" in request.query_params:
        raise BadRequestError("An access token is never part of an address.")
    services = services_of(request)
    sent = session_cookie(services.settings).read(request)
    if sent is None:
        return None
    if "authorization" in request.headers:
        raise BadRequestError("A page takes no access token beside its session.")
    return await found_session(services, sent)


def for_visitors(handle: VisitHandler, takes: frozenset[str] = NONE) -> Handler:
    """Let only signed-in people reach a page; others are led to the start page.

    `takes` are the parameters of the address that the page knows; any other is refused.
    """

    async def handle_visit(request: Request) -> Response:
        session = None
        try:
            found = await session_of(request)
            if not isinstance(found, Session):
                return to_start() if found is None else to_roles()
            session = found
            refuse_other_parameters(request, takes)
            return await handle(Visit(request, services_of(request), session))
        except SharedCareRecordError as fault:
            return answer_fault(await _on_record(fault, request, session), request, session)

    return handle_visit


def for_choosers(handle: ChoosersHandler) -> Handler:
    """Let only signed-in people reach a page, also those who have still to choose a role."""

    async def handle_visit(request: Request) -> Response:
        session = found = None
        try:
            found = await session_of(request)
            if found is None:
                return to_start()
            session = found if isinstance(found, Session) else None
            refuse_other_parameters(request, NONE)
            return await handle(ChoosersVisit(request, services_of(request), found))
        except SharedCareRecordError as fault:
            return answer_fault(await _on_record(fault, request, found), request, session)

    return handle_visit


def for_anyone(handle: Handler, takes: frozenset[str] | None = NONE) -> Handler:
    """Let anyone reach a page. `takes` is as for visitors; None where the page itself refuses, on record."""

    async def handle_request(request: Request) -> Response:
        try:
            if takes is not None:
                refuse_other_parameters(request, takes)
            return await handle(request)
        except SharedCareRecordError as fault:
            return answer_fault(fault, request, None)

    return handle_request


async def turn_away(visit: Visit, reason: str) -> None:
    """Record that a form is not for the visitor: nothing was asked with it yet, so no decision stands for the refusal.

    Raises UnavailableError.
    """
    user_id = visit.session.principal.user_id
    await _record_turned_away(visit.services, user_id, visit.request_id, reason)


def refuse_other_parameters(request: Request, takes: frozenset[str]) -> None:
    """Refuse an address with a parameter that its page does not know (safety rule 15).

    Raises BadRequestError.
    """
    raw: bytes = request.scope.get("query_string", b"")
    if (raw and not takes) or not set(request.query_params) <= takes:
        raise BadRequestError("The address says something that this page does not know.")


async def _on_record(
    fault: SharedCareRecordError, request: Request, found: Session | ChoiceToMake | None
) -> SharedCareRecordError:
    """Record whose form was not taken, and give what is to be told: that it could not be recorded, where it could not."""
    if found is None or not isinstance(fault, FormNotOursError):
        return fault
    user_id = found.principal.user_id if isinstance(found, Session) else found.user_id
    services, request_id = services_of(request), request_id_of(request)
    try:
        await _record_turned_away(services, user_id, request_id, fault.reason)
    except UnavailableError as unavailable:
        return unavailable
    return fault


async def _record_turned_away(
    services: Services, user_id: str, request_id: str, reason: str
) -> None:
    event = CallerRefused(services.records.clock(), user_id, request_id, reason)
    await services.log.append(event)


def answer_fault(
    fault: SharedCareRecordError, request: Request, session: Session | None
) -> Response:
    """Answer a named failure with a page."""
    frame = Frame.of(services_of(request).settings, session)
    return refusal_page(fault, frame, request_id_of(request))


def to_start() -> Response:
    """Lead to the start page."""
    return RedirectResponse("/", 303)


def to_roles() -> Response:
    """Lead to the choice of a role."""
    return RedirectResponse("/role", 303)
