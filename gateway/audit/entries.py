"""Number audit entries in one line without gaps, and read them back.

Never changes or deletes one. The caller holds the writers' turn, so that no two processes number at once.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, insert, select

from gateway.audit.acts import AuditAction, Entry
from gateway.audit.line import Kept, line_of
from gateway.audit.merkle import leaf_hash
from gateway.errors import (
    AgreementEndedError,
    GroundChangedError,
    LaterEntryError,
    PolicyChangedError,
)
from gateway.store.agreements import ended_among
from gateway.store.sessions import Reading
from gateway.store.tables import active_policy, audit_entry

Verdict: TypeAlias = int | GroundChangedError

_HEAD = select(
    select(func.coalesce(func.max(audit_entry.c.sequence), 0)).scalar_subquery(),
    select(active_policy.c.version).scalar_subquery(),
)


_COLUMNS = (
    audit_entry.c.sequence,
    audit_entry.c.kind,
    audit_entry.c.decision_id,
    audit_entry.c.recorded_at,
    audit_entry.c.patient,
    audit_entry.c.user_id,
    audit_entry.c.body,
)
_NAMES = tuple(each.name for each in _COLUMNS)


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
    """Write the entries whose decisions rest on the active policy and on no agreement that has ended, in order.

    Shape: for each entry its sequence number, or the refusal of one that rests on what is no more.
    """
    last, active = turn.connection.execute(_HEAD).one()
    rested_on = {agreement for entry in entries for agreement in entry.rests_on}
    ended = ended_among(turn, rested_on, recorded_at) if rested_on else frozenset()
    verdicts = number_entries(entries, last, active, ended)
    rows = [
        _row(entry, verdict, recorded_at)
        for entry, verdict in zip(entries, verdicts, strict=True)
        if isinstance(verdict, int)
    ]
    if rows:
        turn.connection.execute(insert(audit_entry), rows)
    return verdicts


def number_entries(
    entries: Sequence[Entry], last: int, active: str | None, ended: frozenset[str]
) -> list[Verdict]:
    """Give each entry that may stand the next number after `last`; `ended` are agreements."""
    verdicts: list[Verdict] = []
    for entry in entries:
        refusal = _refusal(entry, active, ended)
        if refusal is None:
            last += 1
        verdicts.append(last if refusal is None else refusal)
    return verdicts


def _refusal(entry: Entry, active: str | None, ended: frozenset[str]) -> GroundChangedError | None:
    if entry.decided_under is not None and entry.decided_under != active:
        return PolicyChangedError("another policy is active: decide again")
    if not ended.isdisjoint(entry.rests_on):
        return AgreementEndedError("an agreement has ended: decide again")
    return None


def entries_about(reading: Reading, patients: Collection[str], last: int) -> tuple[AuditEntry, ...]:
    """List all that is about one person, by every opaque id of theirs, up to the entry numbered `last`, in order.

    A search by name names nobody in its row A: rows A of decisions that the person was shown under come along.
    """
    own = _entries(reading, audit_entry.c.patient.in_(patients), audit_entry.c.sequence <= last)
    asked = {each.decision_id for each in own if each.action is AuditAction.ASKED}
    unnamed = [
        entry
        for decision_id in dict.fromkeys(each.decision_id for each in own)
        if decision_id is not None and decision_id not in asked
        for entry in entries_of_decision(reading, decision_id)
        if entry.action is AuditAction.ASKED
    ]
    return tuple(sorted((*own, *unnamed), key=lambda each: each.sequence))


def entries_of_decision(reading: Reading, decision_id: UUID) -> tuple[AuditEntry, ...]:
    """List the entries of one decision, in order: row A, then its rows B."""
    return _entries(reading, audit_entry.c.decision_id == decision_id)


def entries_between(reading: Reading, first: int, last: int) -> tuple[AuditEntry, ...]:
    """List entries by sequence number, both ends included."""
    return _entries(reading, audit_entry.c.sequence.between(first, last))


def kept_between(reading: Reading, first: int, last: int) -> tuple[Kept, ...]:
    """List rows as they are kept, purged ones too, by sequence number, both ends included."""
    rows = reading.connection.execute(
        select(*_COLUMNS, audit_entry.c.leaf)
        .where(audit_entry.c.sequence.between(first, last))
        .order_by(audit_entry.c.sequence)
    )
    return tuple(Kept(*row) for row in rows)


def last_sequence(reading: Reading) -> int:
    """Give the number of the last entry, 0 when there is none."""
    found = reading.connection.execute(select(func.max(audit_entry.c.sequence))).scalar_one()
    return found or 0


def latest_entries(
    reading: Reading, at_most: int, *wanted: ColumnElement[bool]
) -> tuple[AuditEntry, ...]:
    """List so many entries by conditions of the audit's own, the latest first."""
    return _read(reading, _chosen(wanted).order_by(audit_entry.c.sequence.desc()).limit(at_most))


def entries_after(reading: Reading, sequence: int, at_most: int) -> tuple[AuditEntry, ...]:
    """List so many of the entries after the one of this number, in order; those that were purged are passed over."""
    later = _chosen((audit_entry.c.sequence > sequence,))
    return _read(reading, later.order_by(audit_entry.c.sequence).limit(at_most))


def _entries(reading: Reading, *wanted: ColumnElement[bool]) -> tuple[AuditEntry, ...]:
    return _read(reading, _chosen(wanted).order_by(audit_entry.c.sequence))


def _chosen(wanted: Iterable[ColumnElement[bool]]) -> Select[Any]:
    return select(*_COLUMNS).where(*wanted, audit_entry.c.body.is_not(None))


def _read(reading: Reading, chosen: Select[Any]) -> tuple[AuditEntry, ...]:
    rows = reading.connection.execute(chosen)
    return tuple(AuditEntry(sequence, _action(kind), *rest) for sequence, kind, *rest in rows)


def _action(kind: str) -> AuditAction:
    # Passing over it would tell of somebody's record that nothing else was done.
    try:
        return AuditAction(kind)
    except ValueError as fault:
        raise LaterEntryError("an entry of a kind that this version does not know") from fault


def _row(entry: Entry, sequence: int, recorded_at: datetime) -> dict[str, object]:
    kept = (
        sequence,
        entry.action.value,
        entry.decision_id,
        recorded_at,
        entry.patient,
        entry.user_id,
        entry.body,
    )
    row = dict(zip(_NAMES, kept, strict=True))
    return {**row, "leaf": leaf_hash(line_of(*kept))}
