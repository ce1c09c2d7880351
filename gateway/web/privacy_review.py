"""Serve the privacy officer: what waits to be looked at, and its settling; nobody's record, and nothing clinical.

Holds no rule: every answer comes from the use cases, recorded before it leaves. Who may only look gets no buttons.
"""

from uuid import UUID

from starlette.responses import RedirectResponse, Response

from gateway.access.holds import may_know_whose, may_review
from gateway.access.permit import Reviewing
from gateway.web.forms import read_form
from gateway.web.privacy_alerts import alerts_in_words
from gateway.web.privacy_radar import rules_in_words
from gateway.web.privacy_visits import HOME, finder_of, id_in_path, number_in_words
from gateway.web.privacy_words import event_in_words, hold_in_words
from gateway.web.source_words import source_names
from gateway.web.visits import Visit
from gateway.web.writing import write_page


async def waiting(visit: Visit) -> Response:
    """Show what waits."""
    reviews, finder = visit.services.reviews, finder_of(visit)
    names = source_names(visit.services.settings)
    content = {
        "alerts": await alerts_in_words(visit, settled=False),
        "rules": await rules_in_words(visit),
        "holds": [hold_in_words(each, names) for each in await reviews.held(finder)],
        "events": [
            event_in_words(each, names) for each in await reviews.events(finder, reviewed=False)
        ],
        "may_settle": may_review(visit.session.principal.role, Reviewing.SETTLE),
        "may_find": may_know_whose(visit.session.principal.role),
        "are_planners_served": visit.services.planning is not None,
    }
    return write_page("privacy_review.html", visit.frame, content)


async def hold(visit: Visit) -> Response:
    """Show whose record a hold is about."""
    held_under, source = _hold_of(visit)
    held = await visit.services.reviews.held_one(finder_of(visit), held_under, source)
    names = source_names(visit.services.settings)
    content = {
        "hold": hold_in_words(held, names),
        "number": number_in_words(visit, held.patient),
        "patient_id": held.patient,
        "may_settle": may_review(visit.session.principal.role, Reviewing.SETTLE),
    }
    return write_page("privacy_hold.html", visit.frame, content)


async def release(visit: Visit) -> Response:
    """End a hold: the source is asked again."""
    await read_form(visit.request, visit.session, visit.services.settings)
    await visit.services.reviews.release(finder_of(visit), *_hold_of(visit))
    return RedirectResponse(HOME, 303)


async def reject(visit: Visit) -> Response:
    """Say that what is held is somebody else's."""
    await read_form(visit.request, visit.session, visit.services.settings)
    await visit.services.reviews.reject(finder_of(visit), *_hold_of(visit))
    return RedirectResponse(HOME, 303)


async def note_event(visit: Visit) -> Response:
    """Note that a safety event was looked at."""
    await read_form(visit.request, visit.session, visit.services.settings)
    await visit.services.reviews.review_event(finder_of(visit), id_in_path(visit, "event_id"))
    return RedirectResponse(HOME, 303)


def _hold_of(visit: Visit) -> tuple[UUID, str]:
    return id_in_path(visit, "held_under"), str(visit.request.path_params["source"])
