"""Serve the alerts that a privacy officer reviews: one by one, with who, when and why, and an outcome for each.

Holds no rule: every answer comes from the use case, recorded before it leaves. Shows nobody's record, only how
much of which kind was opened.
"""

from starlette.responses import RedirectResponse, Response

from gateway.access.holds import may_review
from gateway.access.permit import Reviewing
from gateway.errors import BadRequestError
from gateway.store.words import AlertOutcome
from gateway.web.forms import read_form
from gateway.web.privacy_visits import HOME, finder_of, id_in_path, number_in_words
from gateway.web.privacy_words import OUTCOME_WORDS, Waiting, alert_in_words, opened_in_words
from gateway.web.visits import Visit
from gateway.web.writing import write_page


async def alerts_in_words(visit: Visit, *, settled: bool) -> list[Waiting]:
    """Write the alerts that wait, the soonest due first, or those that were settled, the latest first.

    Raises RefusedError, UnavailableError.
    """
    found = await visit.services.privacy_alerts.list(finder_of(visit), settled=settled)
    return [alert_in_words(each, _organisations(visit)) for each in found]


async def settled(visit: Visit) -> Response:
    """Show what was settled."""
    content = {"alerts": await alerts_in_words(visit, settled=True)}
    return write_page("privacy_settled.html", visit.frame, content)


async def alert(visit: Visit) -> Response:
    """Show one alert, whose record it is about, and what was said and opened."""
    reviews, alert_id = visit.services.privacy_alerts, id_in_path(visit, "alert_id")
    found = await reviews.one(finder_of(visit), alert_id)
    content = {
        "alert": alert_in_words(found, _organisations(visit)),
        "number": number_in_words(visit, found.alert.patient),
        "patient_id": found.alert.patient,
        "reason": found.reason,
        "opened": opened_in_words(found.opened),
        "outcomes": OUTCOME_WORDS,
        "may_settle": may_review(visit.session.principal.role, Reviewing.SETTLE),
    }
    return write_page("privacy_alert.html", visit.frame, content)


async def settle(visit: Visit) -> Response:
    """Keep what the officer found."""
    fields = await read_form(visit.request, visit.session, visit.services.settings)
    outcome = _outcome(fields.get("outcome"))
    alert_id = id_in_path(visit, "alert_id")
    await visit.services.privacy_alerts.settle(finder_of(visit), alert_id, outcome)
    return RedirectResponse(HOME, 303)


def _outcome(given: str | None) -> AlertOutcome:
    if given not in {each.value for each in AlertOutcome}:
        raise BadRequestError("Choose one of the outcomes.")
    return AlertOutcome(given)


def _organisations(visit: Visit) -> dict[str, str]:
    return {row.code: row.name for row in visit.services.settings.organisation}
