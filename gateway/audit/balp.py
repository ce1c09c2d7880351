"""Tell an audit entry as a FHIR AuditEvent.

Pure, and loses nothing of who, whose, when, why and by which rule; tells no content of a record and nobody's own words.
FHIR R4 AuditEvent; IHE ITI Basic Audit Log Patterns (BALP) 1.1.4. docs/audit-events.md has each rule with its source.
"""

from datetime import UTC

from fhir_profiles.systems import AUDIT_ACTION
from gateway.audit import balp_codes as codes
from gateway.audit.balp_agents import (
    Address,
    agents_of,
    client_of,
    filled,
    listed,
    purpose_of,
    token_of,
)
from gateway.audit.balp_codes import Json
from gateway.audit.balp_entities import entities_of
from gateway.audit.balp_shapes import Shape, shape_of
from gateway.audit.told import Told
from gateway.audit.words import AuditAction, Decision, DisclosureOutcome

SUCCESS, REFUSED, BROKEN_OFF = "0", "4", "8"
"""Outcomes of FHIR R4: a success, one that was turned away and may be asked anew, one that ended before its end."""

_TURNED_AWAY = frozenset({AuditAction.SIGN_IN_FAILED, AuditAction.CALLER_REFUSED})
_SAY_WHY = _TURNED_AWAY | {AuditAction.ASKED, AuditAction.DISCLOSED}
"""Entries in which a closed word says how it ended; elsewhere `reason` may be somebody's own words."""


def audit_event(told: Told, address: Address) -> Json:
    """Tell one entry."""
    shape, outcome = shape_of(told), outcome_of(told)
    return {
        "resourceType": "AuditEvent",
        "id": str(told.entry.sequence),
        **_meta(_profiles(told, shape)),
        "type": shape.type.coding,
        "subtype": [*(each.coding for each in shape.subtypes), _action(told)],
        "action": shape.action,
        "period": {"start": told.fields["at"]},
        "recorded": told.entry.recorded_at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "outcome": outcome,
        **filled({"outcomeDesc": _why_so(told), "purposeOfEvent": listed(purpose_of(told))}),
        "agent": agents_of(told, shape, address),
        "source": {
            "site": address.host,
            "observer": address.reference,
            "type": [codes.APPLICATION_SERVER.coding],
        },
        "entity": entities_of(told, shape, address),
    }


def outcome_of(told: Told) -> str:
    """Say how it ended, in FHIR's codes."""
    match told.entry.action:
        case AuditAction.ASKED:
            return REFUSED if told.fields["decision"] == Decision.REFUSED else SUCCESS
        case AuditAction.DISCLOSED:
            is_cut_off = told.fields["outcome"] == DisclosureOutcome.ABORTED
            return BROKEN_OFF if is_cut_off else SUCCESS
        case action:
            return REFUSED if action in _TURNED_AWAY else SUCCESS


def _profiles(told: Told, shape: Shape) -> list[str]:
    # BALP asks for the application in each of its profiles: a token that names none gives an event of no profile.
    if client_of(told) is None:
        return []
    profiles = [] if shape.profile is None else [shape.profile]
    return profiles if token_of(told) is None else [*profiles, codes.TOKEN_USE]


def _meta(profiles: list[str]) -> Json:
    return {"meta": {"profile": profiles}} if profiles else {}


def _action(told: Told) -> Json:
    return {"system": AUDIT_ACTION, "code": told.entry.action.value}


def _why_so(told: Told) -> str | None:
    name = "outcome" if told.entry.action is AuditAction.DISCLOSED else "reason"
    said: str | None = told.fields[name] if told.entry.action in _SAY_WHY else None
    return said
