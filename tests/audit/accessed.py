"""Make audit entries as the log keeps them, for tests of what is told of them; only what matters is given."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from gateway.audit.accesses import Access, accesses_of
from gateway.audit.acts import (
    Asked,
    AskedAct,
    AuditEvent,
    Decision,
    DisclosureOutcome,
    GlassBroken,
    PermissionRecorded,
    PrivacyAlertSettled,
    RelationshipClaimed,
    SafetyEventRaised,
    Who,
    entry_of,
)
from gateway.audit.entries import AuditEntry
from gateway.audit.statement import Line, line_of
from tests.store_factories import NOW, asked, disclosed

PATIENT = "p" * 36
ORGANISATIONS = {"F84004": "Vine Surgery", "RRV": "Harbour Hospital"}
HOUR = timedelta(hours=1)


def numbered(*events: AuditEvent, first: int = 1) -> tuple[AuditEntry, ...]:
    """Number events as the log would."""
    made = [(number, entry_of(event)) for number, event in enumerate(events, first)]
    return tuple(
        AuditEntry(
            number, each.action, each.decision_id, NOW, each.patient, each.user_id, each.body
        )
        for number, each in made
    )


def access(*events: AuditEvent) -> Access:
    """Gather events of one decision."""
    [one] = accesses_of(numbered(*events))
    return one


def line(*events: AuditEvent) -> Line:
    """Write events of one decision."""
    return line_of(access(*events), ORGANISATIONS)


def request(act: AskedAct = AskedAct.VIEW, **changes: object) -> Asked:
    """Give row A of a request that was allowed."""
    return replace(asked(1), act=act, **changes)  # type: ignore[arg-type]


def refused(reason: str, **changes: object) -> Asked:
    return request(decision=Decision.REFUSED, reason=reason, **changes)  # type: ignore[arg-type]


def seen_by(role: str, organisation: str = "F84004") -> Asked:
    who = Who("u1", role, organisation, "general-practice", "Amara Nwosu", "555021540101")
    return request(who=who)


def shown(outcome: DisclosureOutcome = DisclosureOutcome.DISCLOSED, **counts: int) -> AuditEvent:
    """Give row B; kinds are named with underscores."""
    told = {name.replace("_", "-"): count for name, count in counts.items()}
    return replace(disclosed(1), outcome=outcome, shown=told)


def glass(**changes: object) -> GlassBroken:
    event = GlassBroken(
        NOW, "u1", PATIENT, UUID(int=1), "v", UUID(int=7), "ETREAT", "risk-to-life",
        "Found in the street", NOW + HOUR, ("RRV",),
    )  # fmt: skip
    return replace(event, **changes)  # type: ignore[arg-type]


def claim(**changes: object) -> RelationshipClaimed:
    event = RelationshipClaimed(
        NOW, "u1", PATIENT, UUID(int=1), "v", UUID(int=7), "other-care", "Seen at home today",
        NOW + 24 * HOUR, ("RRV",),
    )  # fmt: skip
    return replace(event, **changes)  # type: ignore[arg-type]


def answer(given: str, code: str | None = None, reason: str | None = None) -> PermissionRecorded:
    return PermissionRecorded(
        NOW, "u1", PATIENT, UUID(int=1), "v", UUID(int=7), given, code, reason, NOW + HOUR
    )


def settled(outcome: str) -> PrivacyAlertSettled:
    return PrivacyAlertSettled(NOW, "u1", PATIENT, UUID(int=1), UUID(int=7), outcome)


def doubted(reason: object) -> SafetyEventRaised:
    return SafetyEventRaised(NOW, "u1", PATIENT, UUID(int=1), "gp", reason)  # type: ignore[arg-type]
