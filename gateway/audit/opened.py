"""Say how much of which kind a person was shown of a record, as the audit's second rows have it.

Reads counts by category, never content: entries hold none.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import select

from gateway.audit.canonical import escaped
from gateway.audit.words import AuditAction
from gateway.store.sessions import Reading
from gateway.store.tables import audit_entry

SELF_CLAIMED = "self_claimed"


@dataclass(frozen=True, slots=True)
class Opening:
    """Whose readings of whose record count: those of one decision, under one grant, or by the reader's own claim.

    `until` is exclusive. With neither decision nor grant it is the claim that counts;
    with `every_decision` everything.
    """

    patient: str
    user_id: str
    since: datetime
    until: datetime
    decision_id: UUID | None = None
    grant: UUID | None = None
    every_decision: bool = False


def opened_by(reading: Reading, opening: Opening) -> Mapping[str, int]:
    """Count what was shown, by category; empty when nothing was."""
    entries = list(_entries(reading, opening))
    decisions = {
        entry["decision_id"]
        for entry in entries
        if entry["action"] == AuditAction.ASKED and _counts(entry, opening)
    }
    shown: Counter[str] = Counter()
    for entry in entries:
        if entry["action"] == AuditAction.DISCLOSED and entry["decision_id"] in decisions:
            shown.update(entry["shown"])
    return dict(sorted(shown.items()))


def _counts(asked: Mapping[str, Any], opening: Opening) -> bool:
    grant = asked["details"].get("grant")
    if opening.every_decision:
        return True
    if opening.decision_id is not None:
        return bool(asked["decision_id"] == str(opening.decision_id))
    if opening.grant is not None:
        return bool(grant == str(opening.grant))
    return asked["relationship"] == SELF_CLAIMED and grant is None


def _entries(reading: Reading, opening: Opening) -> Iterator[Mapping[str, Any]]:
    rows = reading.connection.execute(
        select(audit_entry.c.body).where(
            audit_entry.c.patient == opening.patient,
            audit_entry.c.user_id == escaped(opening.user_id),
            audit_entry.c.kind.in_([AuditAction.ASKED, AuditAction.DISCLOSED]),
            audit_entry.c.recorded_at >= opening.since,
            audit_entry.c.recorded_at < opening.until,
            audit_entry.c.body.is_not(None),
        )
    )
    return (orjson.loads(body) for (body,) in rows)
