"""Read out of audit entries who opened or tried to open whose record, and who looked whom up.

Keeps nothing that an entry does not hold: opaque ids, words and counts.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from gateway.audit.entries import AuditEntry
from gateway.audit.words import AskedAct, AuditAction, Decision, Mark

OPENING = frozenset(
    {
        AskedAct.VIEW,
        AskedAct.SEARCH,
        AskedAct.READ,
        AskedAct.ORIGINAL,
        AskedAct.OPEN_DOCUMENT,
        AskedAct.PAGE,
    }
)
"""What shows something of a person's record. Breaking the glass and claiming are told to officers by themselves."""


@dataclass(frozen=True, slots=True)
class Access:
    """One decision about one caller. `patient` is an opaque id: whose record, or whom alone a search found.

    `reason` is the decider's closed word; `marks` what the caller is to the person.
    """

    decision_id: UUID
    at: datetime
    user_id: str
    user_name: str
    role: str
    organisation: str
    act: AskedAct
    purpose: str | None
    patient: str | None = field(repr=False)
    is_allowed: bool
    reason: str
    marks: frozenset[Mark] = frozenset()

    @property
    def is_find(self) -> bool:
        """Say whether somebody was looked up, rather than opened."""
        return self.act is AskedAct.FIND


def accesses_in(entries: Iterable[AuditEntry]) -> tuple[Access, ...]:
    """Give every opening and every look-up among entries, in order of time."""
    found: dict[UUID, list[str | None]] = {}
    asked: list[Mapping[str, Any]] = []
    for entry in entries:
        if entry.action is AuditAction.DISCLOSED and entry.decision_id is not None:
            found.setdefault(entry.decision_id, []).append(entry.patient)
        elif entry.action is AuditAction.ASKED:
            asked.append(orjson.loads(entry.body))
    return tuple(sorted(_accesses(asked, found), key=lambda each: (each.at, each.decision_id)))


def _accesses(
    asked: Iterable[Mapping[str, Any]], found: Mapping[UUID, list[str | None]]
) -> Iterator[Access]:
    for row in asked:
        act = AskedAct(row["act"])
        if act is AskedAct.FIND or act in OPENING:
            decision_id, who = UUID(row["decision_id"]), row["who"]
            yield Access(
                decision_id,
                datetime.fromisoformat(row["at"]),
                who["user_id"],
                who["name"],
                who["role"],
                who["organisation"],
                act,
                row["purpose"],
                row["patient"] or _alone(found.get(decision_id, [])),
                row["decision"] == Decision.ALLOWED,
                row["reason"],
                frozenset(Mark(word) for word in row["details"].get("marks", "").split()),
            )


def _alone(found: list[str | None]) -> str | None:
    # Each person whom a search shows has a row of their own.
    return found[0] if len(found) == 1 else None
