"""Serve the page on which somebody records what a person answered when asked whether their record may be viewed.

Holds no rule and opens no record: the use case decides, and the record's own page shows it or says why not.
"""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType

from starlette.responses import RedirectResponse, Response

from gateway.access.permissions import PERMISSION_LASTS
from gateway.access.permit import RefusalReason
from gateway.errors import RefusedError
from gateway.patient.pleas import REASON_CHARACTERS_AT_LEAST
from gateway.web.find_form import FieldError
from gateway.web.forms import read_form
from gateway.web.next_steps import steps_after
from gateway.web.permission_form import ANSWER_WORDS, UNABLE_WORDS, read_permission_form
from gateway.web.reason_form import REASON_FIELD
from gateway.web.record import Patient, named, patient_of, question_of
from gateway.web.refusals import page_of, told
from gateway.web.visits import Visit, turn_away
from gateway.web.writing import write_page
from rbac.types import Purpose


async def ask(visit: Visit) -> Response:
    """Show the form."""
    return await _form_page(visit, patient_of(visit))


async def take(visit: Visit) -> Response:
    """Record the answer, and lead to the record, which opens or stays closed by it."""
    fields = await read_form(
        visit.request, visit.session, visit.services.settings, frozenset({REASON_FIELD})
    )
    patient = patient_of(visit)
    answer = read_permission_form(fields)
    if isinstance(answer, tuple):
        return await _form_page(visit, patient, answer, fields)
    question = question_of(visit, patient, Purpose.TREAT)
    try:
        await visit.services.permissions.record(question, answer, visit.request_id)
    except RefusedError as fault:
        steps = await steps_after(visit, patient.id, fault)
        return page_of(told(fault), visit.frame, visit.request_id, steps)
    return RedirectResponse(f"/patient/{patient.id}", 303)


async def _form_page(
    visit: Visit,
    patient: Patient,
    errors: tuple[FieldError, ...] = (),
    typed: Mapping[str, str] = MappingProxyType({}),
) -> Response:
    if not visit.services.permissions.is_asked_of(visit.session.principal):
        reason = RefusalReason.PERMISSION_NOT_ASKED_FOR.value
        await turn_away(visit, reason)
        raise RefusedError(reason, "The organisation asks nobody.")
    content = {
        "patient_id": patient.id,
        "person": await named(visit, patient),
        "answers": ANSWER_WORDS,
        "reasons": UNABLE_WORDS,
        "hours": PERMISSION_LASTS // timedelta(hours=1),
        "characters_at_least": REASON_CHARACTERS_AT_LEAST,
        "errors": errors,
        "error_of": {error.field: error.message for error in errors},
        "typed": typed,
    }
    return write_page("permission.html", visit.frame, content, 400 if errors else 200)
