"""Serve the page on which somebody says that a person is in their care, where no system says so yet.

Holds no rule and opens no record: the use case decides, and the record's own page shows it.
"""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType

from starlette.responses import RedirectResponse, Response

from gateway.access.claims import CLAIM_LASTS
from gateway.access.permit import Refusal
from gateway.errors import RefusedError
from gateway.patient.alerts import REVIEWED_WITHIN_DAYS
from gateway.patient.asked_rows import refused
from gateway.patient.pleas import REASON_CHARACTERS_AT_LEAST
from gateway.web.claim_form import CLAIM_REASON_WORDS, read_claim_form
from gateway.web.find_form import FieldError
from gateway.web.forms import read_form
from gateway.web.reason_form import REASON_FIELD
from gateway.web.record import Patient, named, patient_of, question_of
from gateway.web.refusals import Told, page_of, told
from gateway.web.visits import Visit, turn_away
from gateway.web.writing import write_page
from rbac.types import Purpose

_NOT_FOR_ROLE = Told(
    403,
    "Your role does not claim relationships",
    ("Nothing was done.", "Ask for the relationship to be recorded, or ask a clinician."),
)
_NOT_YOURS = frozenset({"purpose-not-allowed", "not-for-role", "no-role"})


async def ask(visit: Visit) -> Response:
    """Show the form."""
    try:
        return await _form_page(visit, patient_of(visit))
    except RefusedError as fault:
        return _refused(visit, fault)


async def take(visit: Visit) -> Response:
    """Claim the relationship, and lead to the record."""
    fields = await read_form(
        visit.request, visit.session, visit.services.settings, frozenset({REASON_FIELD})
    )
    patient = patient_of(visit)
    plea = read_claim_form(fields)
    try:
        if isinstance(plea, tuple):
            return await _form_page(visit, patient, plea, fields)
        question = question_of(visit, patient, Purpose.TREAT)
        await visit.services.claims.claim(question, plea, visit.request_id)
    except RefusedError as fault:
        # The form was sent twice, or somebody recorded it meanwhile: the record is open either way.
        if fault.reason != "already-related":
            return _refused(visit, fault)
    return RedirectResponse(f"/patient/{patient.id}", 303)


def _refused(visit: Visit, fault: RefusedError) -> Response:
    said = _NOT_FOR_ROLE if fault.reason in _NOT_YOURS else told(fault)
    return page_of(said, visit.frame, visit.request_id)


async def _form_page(
    visit: Visit,
    patient: Patient,
    errors: tuple[FieldError, ...] = (),
    typed: Mapping[str, str] = MappingProxyType({}),
) -> Response:
    ground = await visit.services.claims.access.ground(visit.session.principal, Purpose.TREAT)
    if isinstance(ground, Refusal):
        await turn_away(visit, ground.reason.value)
        raise refused(ground)
    content = {
        "patient_id": patient.id,
        "person": await named(visit, patient),
        "reasons": CLAIM_REASON_WORDS,
        "hours": CLAIM_LASTS // timedelta(hours=1),
        "reviewed_within_days": REVIEWED_WITHIN_DAYS,
        "characters_at_least": REASON_CHARACTERS_AT_LEAST,
        "errors": errors,
        "error_of": {error.field: error.message for error in errors},
        "typed": typed,
    }
    return write_page("claim.html", visit.frame, content, 400 if errors else 200)
