"""Number audit entries in one line without gaps, and read them back.

Never changes or deletes one. The caller holds the writers' turn, so that no two processes number at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

from sqlalchemy import ColumnElement, func, insert, select

from gateway.audit.acts import AuditAction, Entry
from gateway.errors import PolicyChangedError
from gateway.store.sessions import Reading
from gateway.store.tables import active_policy, audit_entry

Verdict: TypeAlias = int | PolicyChangedError

_HEAD = select(
    select(func.coalesce(func.max(audit_entry.c.sequence), 0)).scalar_subquery(),
    select(active_policy.c.version).scalar_subquery(),
)


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One entry as it is kept; `body` is canonical JSON."""

    sequence: int
    action: AuditAction
    decision_id: UUID | None
    recorded_at: datetime
    patient: str | None = field(repr=False)
    user_id: str | None
    body: bytes = field(repr=False)


def append_entries(turn: Reading, entries: Sequence[Entry], recorded_at: datetime) -> list[Verdict]:
    """Write the entries that were decided under the active policy, in order.

    Shape: for each entry its sequence number, or the refusal of one decided under another version.
    """
    last, active = turn.connection.execute(_HEAD).one()
    verdicts = number_entries(entries, last, active)
    rows = [
        _row(entry, verdict, recorded_at)
        for entry, verdict in zip(entries, verdicts, strict=True)
        if isinstance(verdict, int)
    ]
    if rows:
        turn.connection.execute(insert(audit_entry), rows)
    return verdicts


def number_entries(entries: Sequence[Entry], last: int, active: str | None) -> list[Verdict]:
    """Give each entry that may stand the next number after `last`."""
    verdicts: list[Verdict] = []
    for entry in entries:
        if entry.decided_under is None or entry.decided_under == active:
            last += 1
            verdicts.append(last)
        else:
            verdicts.append(PolicyChangedError("another policy is active: decide again"))
    return verdicts


def entries_of_patient(reading: Reading, patient: str) -> tuple[AuditEntry, ...]:
    """List what was asked and disclosed about a person, by opaque id, in order."""
    return _entries(reading, audit_entry.c.patient == patient)


def entries_of_decision(reading: Reading, decision_id: UUID) -> tuple[AuditEntry, ...]:
    """List the entries of one decision, in order: row A, then its rows B."""
    return _entries(reading, audit_entry.c.decision_id == decision_id)


def entries_between(reading: Reading, first: int, last: int) -> tuple[AuditEntry, ...]:
    """List entries by sequence number, both ends included."""
    return _entries(reading, audit_entry.c.sequence.between(first, last))


def _entries(reading: Reading, wanted: ColumnElement[bool]) -> tuple[AuditEntry, ...]:
    rows = reading.connection.execute(
        select(
            audit_entry.c.sequence,
            audit_entry.c.kind,
            audit_entry.c.decision_id,
            audit_entry.c.recorded_at,
            audit_entry.c.patient,
            audit_entry.c.user_id,
            audit_entry.c.body,
        )
        .where(wanted)
        .order_by(audit_entry.c.sequence)
    )
    return tuple(AuditEntry(sequence, AuditAction(kind), *rest) for sequence, kind, *rest in rows)


def _row(entry: Entry, sequence: int, recorded_at: datetime) -> dict[str, object]:
    return {
        "sequence": sequence,
        "kind": entry.action.value,
        "decision_id": entry.decision_id,
        "recorded_at": recorded_at,
        "patient": entry.patient,
        "user_id": entry.user_id,
        "body": entry.body,
    }
