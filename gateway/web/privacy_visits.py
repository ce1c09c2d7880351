"""Recognise who reviews for privacy, and what a page's address names.

Shows nothing and decides nothing: the use cases decide anew, on record.
"""

from uuid import UUID

from gateway.access.holds import may_know_whose
from gateway.access.permit import Reviewing, ReviewPermit
from gateway.errors import NotFoundError
from gateway.patient.find import Finder
from gateway.web.visits import Visit
from rbac.types import Purpose

HOME = "/privacy-review"


async def is_reviewer(visit: Visit) -> bool:
    """Say whether this page is the visitor's, so that the start page may lead here; reading it is decided anew.

    Raises UnavailableError.
    """
    access = visit.services.records.access
    permit = await access.review_permit(visit.session.principal, Purpose.HSYSADMIN, Reviewing.LOOK)
    return isinstance(permit, ReviewPermit)


def finder_of(visit: Visit) -> Finder:
    """Name the visitor to the reviews."""
    return Finder(visit.session.principal, Purpose.HSYSADMIN, visit.request_id)


def id_in_path(visit: Visit, name: str) -> UUID:
    """Read an id out of a page's address.

    Raises NotFoundError.
    """
    try:
        return UUID(visit.request.path_params[name])
    except ValueError as fault:
        raise NotFoundError("There is nothing of that name.") from fault


def number_in_words(visit: Visit, patient_id: str | None) -> str:
    """Write the NHS number behind an opaque id, for a visitor who may know it."""
    if not may_know_whose(visit.session.principal.role):
        return "not shown in your role"
    number = None if patient_id is None else visit.services.ids.open(patient_id)
    return "not kept" if number is None else number.grouped
