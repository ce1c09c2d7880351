"""Serve one person's record, for direct care or under an emergency that the visitor's session has opened.

Holds no rule. Each purpose has an address of its own, so that nothing opens wider because of what was opened
elsewhere: docs/decisions/0016.
"""

from dataclasses import dataclass

from starlette.responses import Response

from fhir_profiles.nhs_number import NhsNumber
from gateway.access.decision import Question
from gateway.access.permit import Permit
from gateway.audit.acts import AskedAct
from gateway.errors import NotFoundError, RefusedError
from gateway.patient.disclosure import Inquiry, OpenView
from gateway.patient.find import Finder
from gateway.patient.sections import supplies_of
from gateway.store.break_glass import Grant
from gateway.web.emergency_words import EmergencyWords, emergency_in_words
from gateway.web.next_steps import steps_after
from gateway.web.people_words import FoundWords, found_in_words
from gateway.web.record_page import Deployment, RecordPage, record_page
from gateway.web.refusals import page_of, told
from gateway.web.source_words import source_names
from gateway.web.visits import Visit
from gateway.web.writing import write_page
from gateway.wiring import Services
from rbac.bars import EMERGENCY_PURPOSES
from rbac.types import Purpose


@dataclass(frozen=True, slots=True)
class Patient:
    """The person whom an address means."""

    number: NhsNumber
    id: str


async def direct_care(visit: Visit) -> Response:
    """Show the record for direct care."""
    return await _record(visit, Purpose.TREAT)


async def emergency(visit: Visit) -> Response:
    """Show what the first step of an emergency opens."""
    return await _record(visit, Purpose.ETREAT)


async def sensitive(visit: Visit) -> Response:
    """Show what the second step of an emergency opens."""
    return await _record(visit, Purpose.BTG)


def patient_of(visit: Visit) -> Patient:
    """Read the person out of a page's address.

    Raises NotFoundError.
    """
    ids = visit.services.ids
    number = ids.open(visit.request.path_params["patient_id"])
    if number is None:
        raise NotFoundError("There is no such patient.")
    # An id under an older key opens too, but is never on record: whoever asks the audit asks by the current one.
    return Patient(number, ids.seal(number))


async def open_grant(visit: Visit, patient: Patient, step: Purpose) -> Grant | None:
    """Find this session's broken glass about a person, by the rule by which the record is opened.

    Raises UnavailableError.
    """
    return await visit.services.records.access.open_grant(question_of(visit, patient, step), step)


def question_of(visit: Visit, patient: Patient, purpose: Purpose) -> Question:
    """Ask about a person, for the visitor."""
    return Question(visit.session.principal, purpose, patient.number, patient.id)


async def named(visit: Visit, patient: Patient) -> FoundWords | None:
    """Name a person as a search would, on record; None where a search finds nobody, restricted or not there.

    Raises RefusedError, UnavailableError.
    """
    finder = Finder(visit.session.principal, Purpose.TREAT, visit.request_id)
    found = await visit.services.people.by_number(finder, patient.number)
    return found_in_words(found[0]) if found else None


async def _record(visit: Visit, purpose: Purpose) -> Response:
    patient = patient_of(visit)
    try:
        return await _opened(visit, patient, purpose)
    except RefusedError as fault:
        steps = await steps_after(visit, patient.id, fault)
        return page_of(told(fault), visit.frame, visit.request_id, steps)


async def _opened(visit: Visit, patient: Patient, purpose: Purpose) -> Response:
    # Read before the record, so that no record is ever laid out whose emergency could not be told.
    step = purpose if purpose in EMERGENCY_PURPOSES else Purpose.ETREAT
    grant = await open_grant(visit, patient, step)
    offered = await visit.services.emergencies.steps(visit.session.principal)
    inquiry = Inquiry(question_of(visit, patient, purpose), AskedAct.VIEW, visit.request_id)
    async with visit.services.records.open(inquiry) as opened:
        content = {
            "emergency": _banner(opened.view.permit, grant, offered),
            "may_ask": Purpose.ETREAT in offered,
            "may_withdraw": purpose is Purpose.TREAT
            and visit.services.permissions.is_asked_of(visit.session.principal),
            "patient_id": patient.id,
        }
        page = _page(visit.services, opened)
        opened.will_show(page.shown)
        return write_page("record.html", visit.frame, {**content, "page": page})


def _page(services: Services, opened: OpenView) -> RecordPage:
    faulty = services.judging.faulty(opened.answers)
    return record_page(
        opened.view, _deployment(services, opened.view.permit), services.records.clock(), faulty
    )


def _banner(
    permit: Permit, grant: Grant | None, offered: frozenset[Purpose]
) -> EmergencyWords | None:
    if permit.purpose not in EMERGENCY_PURPOSES:
        return None if grant is None else emergency_in_words(grant, None, frozenset())
    if grant is None or grant.id != permit.grant:
        raise RefusedError("break-glass-required", "The emergency is not the one that was open.")
    return emergency_in_words(grant, permit.levels, offered)


def _deployment(services: Services, permit: Permit) -> Deployment:
    return Deployment(
        names=source_names(services.settings),
        supplies=supplies_of(services.sources.directory, permit),
        organisations={row.code: row.name for row in services.settings.organisation},
    )
