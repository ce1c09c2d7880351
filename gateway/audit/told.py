"""Put each entry beside the row A of its decision, which says who asked, for what and by which act.

Reads only; an entry that stands under no decision is told by itself.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import select

from gateway.audit.entries import AuditEntry
from gateway.audit.words import AuditAction
from gateway.store.sessions import Reading
from gateway.store.tables import audit_entry

Fields = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Told:
    """One entry, what it says, and what row A of its decision says (its own for a row A, nothing where there is none)."""

    entry: AuditEntry
    fields: Fields = field(repr=False)
    asked: Fields = field(repr=False)


def told(entry: AuditEntry, row_a: bytes | None) -> Told:
    """Read an entry; `row_a` is the body of its decision's, where there is one."""
    fields = _read(entry.body)
    if entry.action is AuditAction.ASKED:
        return Told(entry, fields, fields)
    return Told(entry, fields, {} if row_a is None else _read(row_a))


def told_with_row_a(reading: Reading, entries: Sequence[AuditEntry]) -> tuple[Told, ...]:
    """Read entries, in the order given, each beside the row A of its decision."""
    others = (each for each in entries if each.action is not AuditAction.ASKED)
    rows_a = _rows_a(reading, (each.decision_id for each in others))
    return tuple(
        told(each, None if each.decision_id is None else rows_a.get(each.decision_id))
        for each in entries
    )


def _rows_a(reading: Reading, decisions: Iterable[UUID | None]) -> Mapping[UUID, bytes]:
    wanted = {each for each in decisions if each is not None}
    rows = reading.connection.execute(
        select(audit_entry.c.decision_id, audit_entry.c.body).where(
            audit_entry.c.decision_id.in_(wanted),
            audit_entry.c.kind == AuditAction.ASKED,
            audit_entry.c.body.is_not(None),
        )
    )
    return dict(iter(rows))


def _read(body: bytes) -> Fields:
    fields: Fields = _without_blanks(orjson.loads(body))
    return fields


def _without_blanks(value: Any) -> Any:  # noqa: ANN401 - any part of a JSON document
    # FHIR knows no empty text: what somebody left blank is as good as not there.
    match value:
        case dict():
            return {name: _without_blanks(each) for name, each in value.items()}
        case str():
            return value if value.strip() else None
        case _:
            return value
