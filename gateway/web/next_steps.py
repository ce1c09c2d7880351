"""Offer, after a refusal, what the visitor's role may do next about the person; never what the record holds.

Decides nothing: each step is decided anew, on record, when it is taken. Every offer rests on role, policy and the
reason that is told, so that it tells nothing more of the person.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta

from gateway.access.claims import CLAIM_LASTS
from gateway.access.grants import GRANT_LASTS
from gateway.access.permit import Offer
from gateway.errors import RefusedError
from gateway.web.refusals import NextStep
from gateway.web.visits import Visit
from rbac.types import Purpose

_MINUTES = GRANT_LASTS // timedelta(minutes=1)
_HOURS = CLAIM_LASTS // timedelta(hours=1)

_MAY_HELP = frozenset(
    {
        "no-relationship",
        "sharing-restricted",
        "permission-to-view-required",
        "permission-refused",
        "break-glass-required",
    }
)
"""Refusals of which an emergency may be the way out. An objection without exceptions is among them: that it is
one must not be told."""

ASK_A_CLINICIAN = NextStep(
    "If it is an emergency, ask a clinician at once: your role does not have emergency access."
)


async def steps_after(visit: Visit, patient_id: str, fault: RefusedError) -> tuple[NextStep, ...]:
    """Offer what may follow the refusal of a record.

    Raises UnavailableError.
    """
    if fault.reason not in _MAY_HELP:
        return ()
    offered = await visit.services.emergencies.steps(visit.session.principal)
    in_an_emergency = _emergency(patient_id) if Purpose.ETREAT in offered else ASK_A_CLINICIAN
    others = (make(patient_id) for offer, make in _OTHERS.items() if offer in fault.offers)
    return (*others, in_an_emergency)


def _claim(patient_id: str) -> NextStep:
    return NextStep(
        f"Until it is recorded you can say yourself that they are in your care, for {_HOURS} hours. You must say "
        "why. That is recorded, and the privacy officer reviews it.",
        "Say that the person is in your care",
        f"/patient/{patient_id}/claim",
    )


def _permission(patient_id: str) -> NextStep:
    return NextStep(
        "Ask them whether you may look at it, and record what they answer. If they cannot be asked, say why.",
        "Record the answer",
        f"/patient/{patient_id}/permission",
    )


def _emergency(patient_id: str) -> NextStep:
    return NextStep(
        f"In an emergency you can open part of a record for {_MINUTES} minutes. You must say why. "
        "It is recorded, and the privacy officer reviews it.",
        "Ask for emergency access",
        f"/patient/{patient_id}/break-glass",
        is_warning=True,
    )


_OTHERS: Mapping[Offer, Callable[[str], NextStep]] = {
    Offer.SELF_CLAIM: _claim,
    Offer.RECORD_PERMISSION: _permission,
}
