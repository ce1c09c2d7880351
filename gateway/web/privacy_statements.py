"""Serve the patient's statement: who has used a person's record; and find the person for those who may know whose it is.

Holds no rule: every answer comes from the use case, recorded before it leaves. Nobody's record is shown.
"""

from starlette.responses import Response

from fhir_profiles.nhs_number import NhsNumber
from gateway.audit.statement import said_at
from gateway.audit.statement_words import END, PREFACE, SEALED, TITLE
from gateway.errors import NotFoundError
from gateway.web.find_form import NUMBER_FIELD, read_find_form
from gateway.web.forms import read_form
from gateway.web.people_words import subject_in_words
from gateway.web.privacy_visits import finder_of
from gateway.web.visits import Visit
from gateway.web.writing import write_page


async def find(visit: Visit) -> Response:
    """Name the person who holds a number, and lead to their statement."""
    fields = await read_form(visit.request, visit.session, visit.services.settings)
    wanted = read_find_form({NUMBER_FIELD: fields.get(NUMBER_FIELD, "")})
    if isinstance(wanted, NhsNumber):
        return await _found(visit, wanted)
    return _form_page(visit, wanted, fields.get(NUMBER_FIELD, ""))


async def statement(visit: Visit) -> Response:
    """Show the statement, laid out to be read and to be printed."""
    patient_id = visit.request.path_params["patient_id"]
    made = await visit.services.statements.of(finder_of(visit), patient_id)
    content = {
        "title": TITLE,
        "preface": PREFACE,
        "person": subject_in_words(made.subject),
        "made_at": said_at(made.made_at),
        "statement": made.statement,
        "sealed": SEALED,
        "end": END.format(last=made.statement.last),
    }
    return write_page("privacy_statement.html", visit.frame, content)


async def _found(visit: Visit, number: NhsNumber) -> Response:
    try:
        subject = await visit.services.statements.find(finder_of(visit), number)
    except NotFoundError:
        return write_page("privacy_found.html", visit.frame, {"person": None})
    content = {"person": subject_in_words(subject), "patient_id": subject.patient_id}
    return write_page("privacy_found.html", visit.frame, content)


def _form_page(visit: Visit, errors: object, typed: str) -> Response:
    content = {"errors": errors, "typed": typed}
    return write_page("privacy_find.html", visit.frame, content, 400)
