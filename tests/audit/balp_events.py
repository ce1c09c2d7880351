"""Make audit entries and tell them as FHIR; only what matters to a test is given."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import UUID

import orjson

from adapters.contract import Outcome, Reason
from gateway.audit.acts import (
    Asked,
    AskedAct,
    AuditEvent,
    Decision,
    Disclosed,
    DisclosureOutcome,
    entry_of,
)
from gateway.audit.balp import audit_event
from gateway.audit.balp_agents import Address
from gateway.audit.entries import AuditEntry
from gateway.audit.told import Told, told
from rbac.types import Purpose
from tests.audit.test_acts import EVENTS
from tests.store_factories import NOW, asked, disclosed

ADDRESS = Address("https://gateway.example:8443/care")
BY_TOKEN = {"client": "an app/1", "token": "t 1"}
SEQUENCE = 41


def kept(event: AuditEvent, sequence: int = SEQUENCE) -> AuditEntry:
    entry = entry_of(event)
    return AuditEntry(
        *(sequence, entry.action, entry.decision_id, NOW),
        *(entry.patient, entry.user_id, entry.body),
    )


def told_of(event: AuditEvent, row_a: Asked | None = None) -> Told:
    return told(kept(event), None if row_a is None else entry_of(row_a).body)


def fhir(event: AuditEvent, row_a: Asked | None = None) -> dict[str, Any]:
    """Tell an entry, read back from JSON as a receiver has it."""
    written: dict[str, Any] = orjson.loads(
        orjson.dumps(audit_event(told_of(event, row_a), ADDRESS))
    )
    return written


def row_a(act: AskedAct = AskedAct.VIEW, **changes: object) -> Asked:
    """Give a row A that holds all that one can hold, by an application whose token names both."""
    changed: dict[str, object] = {
        "act": act,
        "relationship": "referral",
        "levels": "l" * 64,
        "agreements": ("london", "other"),
        "details": BY_TOKEN,
        **changes,
    }
    return replace(asked(4), **changed)  # type: ignore[arg-type]  # tests name real fields


def refused(act: AskedAct = AskedAct.VIEW, **changes: object) -> Asked:
    return row_a(act, **{"decision": Decision.REFUSED, "reason": "no-relationship", **changes})


def row_b(**changes: object) -> Disclosed:
    changed: dict[str, object] = {
        "decision_id": UUID(int=4),
        "sources": {"gp": (Outcome.DATA, Reason.NONE)},
        "withheld": {"role": 3},
        **changes,
    }
    return replace(disclosed(4), **changed)  # type: ignore[arg-type]  # tests name real fields


def read_or_found(act: AskedAct, **changes: object) -> dict[str, Any]:
    """Tell the row B of an act."""
    purpose = changes.pop("purpose", Purpose.TREAT)
    return fhir(row_b(**changes), row_a(act, purpose=purpose))


def every_kind() -> Iterator[tuple[str, dict[str, Any]]]:
    """Tell an entry of each kind, alone and beside a row A, and both rows of each act, each way they can end."""
    for event in EVENTS:
        yield f"{event.action}-alone", fhir(event)
        yield f"{event.action}-decided", fhir(event, row_a())
    for act in AskedAct:
        yield f"asked-{act}", fhir(row_a(act))
        yield f"refused-{act}", fhir(refused(act))
        for outcome in DisclosureOutcome:
            yield f"{outcome}-{act}", read_or_found(act, outcome=outcome)
        yield f"disclosed-{act}-of-nobody", read_or_found(act, patient=None, view_hash="")
        for purpose in (Purpose.ETREAT, Purpose.BTG):
            yield f"disclosed-{act}-{purpose}", read_or_found(act, purpose=purpose)


EVERY_KIND = dict(every_kind())

ACTION = "https://shared-care-record.example/CodeSystem/audit-action"
EVENT_OF = {event.action: event for event in EVENTS}
OWN_WORDS = "Mrs Example of Flat 3, my aunt"


def details(event: dict[str, Any]) -> dict[str, str]:
    return {each["type"]: each["valueString"] for each in event["entity"][-1].get("detail", [])}
