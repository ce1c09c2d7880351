"""Say what the scopes of one caller's token leave to them, of one person's record or of nobody's.

Reads nothing about a person: the token and the id that was asked about decide. docs/decisions/0014.
"""

from gateway.access.permit import RefusalReason
from gateway.access.scopes import (
    EVERYTHING,
    NOTHING,
    WHATEVER_IS_LEFT,
    Granted,
    Wanted,
    scopes_in,
)
from gateway.identity import Principal


def granted_to(principal: Principal, patient_id: str | None = None) -> Granted:
    """Give what a caller's scopes leave of the record of a person, or of anybody's (None).

    `patient_id` is the opaque id under the current key: a token that names an older one must be fetched anew.
    """
    scopes = scopes_in(principal.app.scope)
    if not scopes.are_clinical:
        # Launched for a person and left without a scope for them: fewer scopes must not open more.
        is_limited = principal.app.needs_scopes or principal.app.patient is not None
        return NOTHING if is_limited else EVERYTHING
    if patient_id is not None and patient_id == principal.app.patient:
        return scopes.for_user.and_also(scopes.for_patient)
    return scopes.for_user


def scopes_stand_against(
    principal: Principal, wanted: Wanted, patient_id: str | None = None
) -> RefusalReason | None:
    """Say why scopes refuse what a request wants; None when they do not."""
    if granted_to(principal, patient_id).covers(wanted):
        return None
    is_for_somebody = principal.app.patient is not None
    if is_for_somebody and scopes_in(principal.app.scope).for_patient.covers(wanted):
        return RefusalReason.NOT_THE_LAUNCHED
    return RefusalReason.OUT_OF_SCOPE


def reaches(principal: Principal, patient_id: str) -> bool:
    """Say whether a caller's scopes leave anything of a person, so that they may be told that there is such a one."""
    return granted_to(principal, patient_id).covers(WHATEVER_IS_LEFT)


def is_for_records_alone(principal: Principal) -> bool:
    """Say whether an application got the token to work with records: then it administers nothing, whoever holds it.

    The gateway's own pages are no such application, though where scopes are required they ask for some.
    """
    app = principal.app
    return (scopes_in(app.scope).are_clinical or app.patient is not None) and not app.is_own
