"""Record row A of a request for a person's record, with the alert that some decisions need, and tell a refusal.

Decides nothing: docs/decisions/0008, section 5, and 0016, section 4.
"""

from functools import partial

from gateway.access.guarded import CallSite, asked
from gateway.access.permit import Permit, Refusal, RefusalReason
from gateway.audit.acts import Asked
from gateway.audit.log import AuditLog
from gateway.errors import NotFoundError, RefusedError, SharedCareRecordError, UnavailableError
from gateway.patient.alerts import PrivacyAlerts, Why
from gateway.store.words import AlertKind
from rbac.bars import EMERGENCY_PURPOSES

NOBODYS_ATTEMPT = frozenset({RefusalReason.CHECK_FAILED, RefusalReason.BREAK_GLASS_REQUIRED})
"""Refusals of an emergency that nobody need be told of: a part was down, or the glass is whole yet, or again."""


async def record_refusal(
    log: AuditLog, alerts: PrivacyAlerts, row_a: Asked, refusal: Refusal
) -> None:
    """Record a refusal; an emergency that was nobody's to ask for is told.

    Raises UnavailableError.
    """
    if row_a.purpose not in EMERGENCY_PURPOSES or refusal.reason in NOBODYS_ATTEMPT:
        await record_asked(log, row_a)
        return
    why = Why(refusal=refusal.reason.value)
    await alerts.keep(row_a, alerts.about(AlertKind.UNAUTHORISED_ATTEMPT, row_a, why))


async def record_permit(log: AuditLog, alerts: PrivacyAlerts, row_a: Asked, permit: Permit) -> None:
    """Record a permit; each access to somebody whom PDS restricts is told.

    Raises UnavailableError.
    """
    if not permit.hides_whereabouts:
        await record_asked(log, row_a)
        return
    why, tell = Why(basis=permit.grant), alerts.sources_of(permit.person.practice)
    await alerts.keep(row_a, alerts.about(AlertKind.RESTRICTED_PERSON, row_a, why, tell))


async def record_asked(log: AuditLog, row_a: Asked) -> None:
    """Record row A alone.

    Raises UnavailableError: only a sequence number says that the row is durable.
    """
    await asked(CallSite.AUDIT_ASKED, partial(log.append, row_a), int)


def refused(refusal: Refusal) -> SharedCareRecordError:
    """Give the failure that tells a caller of a refusal."""
    if refusal.looks_like_not_found:
        return NotFoundError("There is no such record for this caller.")
    if refusal.reason is RefusalReason.CHECK_FAILED:
        return UnavailableError("A check that the decision rests on could not be made.")
    return RefusedError(refusal.told, "The request was refused.", refusal.offers)
