"""Serve the pages on which an emergency is asked for, gone on with and ended.

Holds no rule and opens no record: the use case decides, and the record's own pages show it. A new session id comes
with every step (AU-14).
"""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType

from starlette.responses import RedirectResponse, Response

from gateway.access.grants import GRANT_LASTS
from gateway.access.permit import Refusal
from gateway.errors import NotAuthenticatedError, RefusedError
from gateway.patient.alerts import REVIEWED_WITHIN_DAYS
from gateway.patient.find import Finder
from gateway.patient.pleas import REASON_CHARACTERS_AT_LEAST
from gateway.web.break_glass_form import read_break_glass_form
from gateway.web.cookies import session_cookie
from gateway.web.emergency_words import REASON_WORDS, slice_in_words
from gateway.web.find_form import FieldError
from gateway.web.forms import read_form
from gateway.web.next_steps import ASK_A_CLINICIAN
from gateway.web.reason_form import REASON_FIELD
from gateway.web.record import Patient, named, open_grant, patient_of, question_of
from gateway.web.refusals import Told, page_of
from gateway.web.sessions import break_glass
from gateway.web.visits import Visit, to_start, turn_away
from gateway.web.writing import write_page
from rbac.types import Purpose

_RECORDS: Mapping[Purpose, str] = {Purpose.ETREAT: "emergency", Purpose.BTG: "emergency/sensitive"}

_NOT_FOR_ROLE = Told(
    403,
    "Your role does not have emergency access",
    ("Nothing was opened.",),
)
_NOT_YOURS = frozenset({"purpose-not-allowed", "not-for-role", "no-role"})


async def ask_first(visit: Visit) -> Response:
    """Show the form of the first step."""
    return await _form(visit, Purpose.ETREAT)


async def ask_second(visit: Visit) -> Response:
    """Show the form of the second step."""
    return await _form(visit, Purpose.BTG)


async def take_first(visit: Visit) -> Response:
    """Take the first step."""
    return await _take(visit, Purpose.ETREAT)


async def take_second(visit: Visit) -> Response:
    """Take the second step."""
    return await _take(visit, Purpose.BTG)


async def end(visit: Visit) -> Response:
    """End an emergency with all its steps, and lead back to what direct care shows."""
    await read_form(visit.request, visit.session, visit.services.settings)
    patient = patient_of(visit)
    finder = Finder(visit.session.principal, Purpose.ETREAT, visit.request_id)
    # Whoever gave a reason more than once has more than one: none of them stays open.
    while (grant := await open_grant(visit, patient, Purpose.ETREAT)) is not None:
        await visit.services.emergencies.end(finder, grant.id)
    # One that has run out meanwhile has ended as well: the way on is the same.
    return RedirectResponse(f"/patient/{patient.id}", 303)


async def _form(visit: Visit, step: Purpose) -> Response:
    patient = patient_of(visit)
    if await open_grant(visit, patient, step) is not None:
        return _to_record(patient, step)
    if step is Purpose.BTG and await open_grant(visit, patient, Purpose.ETREAT) is None:
        return RedirectResponse(f"/patient/{patient.id}/break-glass", 303)
    return await _form_page(visit, patient, step)


async def _take(visit: Visit, step: Purpose) -> Response:
    fields = await read_form(
        visit.request, visit.session, visit.services.settings, frozenset({REASON_FIELD})
    )
    patient = patient_of(visit)
    plea = read_break_glass_form(fields)
    if isinstance(plea, tuple):
        return await _form_page(visit, patient, step, plea, fields)
    question = question_of(visit, patient, step)
    try:
        _opened, session_id = await break_glass(
            visit.services, visit.session, question, plea, visit.request_id
        )
    except NotAuthenticatedError:
        return to_start()
    except RefusedError as fault:
        if fault.reason in _NOT_YOURS:
            return _not_for_role(visit)
        raise
    response = _to_record(patient, step)
    session_cookie(visit.services.settings).put(response, session_id)
    return response


async def _form_page(
    visit: Visit,
    patient: Patient,
    step: Purpose,
    errors: tuple[FieldError, ...] = (),
    typed: Mapping[str, str] = MappingProxyType({}),
) -> Response:
    ground = await visit.services.emergencies.access.ground(visit.session.principal, step)
    if isinstance(ground, Refusal):
        await turn_away(visit, ground.reason.value)
        return _not_for_role(visit)
    content = {
        "patient_id": patient.id,
        "person": await named(visit, patient),
        "is_second_step": step is Purpose.BTG,
        "slice": slice_in_words(ground.levels),
        "reasons": REASON_WORDS,
        "minutes": GRANT_LASTS // timedelta(minutes=1),
        "reviewed_within_days": REVIEWED_WITHIN_DAYS,
        "characters_at_least": REASON_CHARACTERS_AT_LEAST,
        "errors": errors,
        "error_of": {error.field: error.message for error in errors},
        "typed": typed,
    }
    return write_page("break_glass.html", visit.frame, content, 400 if errors else 200)


def _to_record(patient: Patient, step: Purpose) -> RedirectResponse:
    return RedirectResponse(f"/patient/{patient.id}/{_RECORDS[step]}", 303)


def _not_for_role(visit: Visit) -> Response:
    return page_of(_NOT_FOR_ROLE, visit.frame, visit.request_id, (ASK_A_CLINICIAN,))
