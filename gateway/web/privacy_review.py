"""Serve the privacy officer: what waits to be looked at, and its settling; nobody's record, and nothing clinical.

Holds no rule: every answer comes from the use cases, recorded before it leaves. Who may only look gets no buttons.
"""

from uuid import UUID

from starlette.responses import RedirectResponse, Response

from gateway.access.holds import may_review
from gateway.access.permit import Reviewing, ReviewPermit
from gateway.errors import NotFoundError
from gateway.patient.find import Finder
from gateway.web.forms import read_form
from gateway.web.privacy_words import event_in_words, hold_in_words
from gateway.web.source_words import source_names
from gateway.web.visits import Visit
from gateway.web.writing import write_page
from rbac.types import Purpose

HOME = "/privacy-review"


async def is_reviewer(visit: Visit) -> bool:
    """Say whether this page is the visitor's, so that the start page may lead here; reading it is decided anew.

    Raises UnavailableError.
    """
    access = visit.services.records.access
    permit = await access.review_permit(visit.session.principal, Purpose.HSYSADMIN, Reviewing.LOOK)
    return isinstance(permit, ReviewPermit)


async def waiting(visit: Visit) -> Response:
    """Show what waits."""
    reviews, finder = visit.services.reviews, _finder(visit)
    names = source_names(visit.services.settings)
    content = {
        "holds": [hold_in_words(each, names) for each in await reviews.held(finder)],
        "events": [
            event_in_words(each, names) for each in await reviews.events(finder, reviewed=False)
        ],
        "may_settle": may_review(visit.session.principal.role, Reviewing.SETTLE),
    }
    return write_page("privacy_review.html", visit.frame, content)


async def hold(visit: Visit) -> Response:
    """Show whose record a hold is about."""
    held_under, source = _hold_of(visit)
    held = await visit.services.reviews.held_one(_finder(visit), held_under, source)
    number = None if held.patient is None else visit.services.ids.open(held.patient)
    names = source_names(visit.services.settings)
    content = {
        "hold": hold_in_words(held, names),
        "number": None if number is None else number.grouped,
        "may_settle": may_review(visit.session.principal.role, Reviewing.SETTLE),
    }
    return write_page("privacy_hold.html", visit.frame, content)


async def release(visit: Visit) -> Response:
    """End a hold: the source is asked again."""
    await read_form(visit.request, visit.session, visit.services.settings)
    await visit.services.reviews.release(_finder(visit), *_hold_of(visit))
    return RedirectResponse(HOME, 303)


async def reject(visit: Visit) -> Response:
    """Say that what is held is somebody else's."""
    await read_form(visit.request, visit.session, visit.services.settings)
    await visit.services.reviews.reject(_finder(visit), *_hold_of(visit))
    return RedirectResponse(HOME, 303)


async def note_event(visit: Visit) -> Response:
    """Note that a safety event was looked at."""
    await read_form(visit.request, visit.session, visit.services.settings)
    await visit.services.reviews.review_event(_finder(visit), _id(visit, "event_id"))
    return RedirectResponse(HOME, 303)


def _finder(visit: Visit) -> Finder:
    return Finder(visit.session.principal, Purpose.HSYSADMIN, visit.request_id)


def _hold_of(visit: Visit) -> tuple[UUID, str]:
    return _id(visit, "held_under"), str(visit.request.path_params["source"])


def _id(visit: Visit, name: str) -> UUID:
    try:
        return UUID(visit.request.path_params[name])
    except ValueError as fault:
        raise NotFoundError("There is nothing of that name.") from fault
