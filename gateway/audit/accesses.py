"""Gather what the audit holds about one person into accesses: one for each decision about them.

Pure: the entries are passed in. Rows A and B of a decision, and whatever was done under it, are one access.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias
from uuid import UUID

import orjson

from gateway.audit.entries import AuditEntry
from gateway.audit.staff_acts import Who
from gateway.audit.words import AskedAct, AuditAction, Decision, DisclosureOutcome

Body: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Question:
    """What row A says: who asked, for what, and what was decided by which rules.

    `reason_code` and `own_words` are those of a plea that was refused; one that was heard stands among the effects.
    """

    who: Who
    act: AskedAct
    purpose: str | None
    is_allowed: bool
    reason: str
    policy_version: str
    relationship: str | None
    agreements: tuple[str, ...]
    reason_code: str | None
    own_words: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Effect:
    """What was done under a decision, beside asking and showing; `answer` is a closed word of what came of it."""

    action: AuditAction
    reason_code: str | None = None
    own_words: str | None = field(default=None, repr=False)
    ends_at: datetime | None = None
    answer: str | None = None


@dataclass(frozen=True, slots=True)
class Access:
    """All that the audit holds of one decision about a person; `entries` in order, never empty.

    `question` is None where row A is missing, as after a fault. `shown` counts by category, without categories of
    which nothing was shown.
    """

    entries: tuple[AuditEntry, ...]
    at: datetime
    user_id: str | None
    question: Question | None
    is_disclosed: bool
    shown: Mapping[str, int]
    effects: tuple[Effect, ...]

    @property
    def sequences(self) -> tuple[int, ...]:
        """Number its entries."""
        return tuple(entry.sequence for entry in self.entries)


def accesses_of(entries: Iterable[AuditEntry]) -> tuple[Access, ...]:
    """Gather a person's entries, and rows A of decisions about them, into accesses, the first first.

    Every entry given is in exactly one access.
    """
    groups: dict[UUID | int, list[AuditEntry]] = {}
    for entry in sorted(entries, key=lambda each: each.sequence):
        # Nothing about a person is done without a decision; what would be, stands alone rather than nowhere.
        groups.setdefault(entry.decision_id or entry.sequence, []).append(entry)
    return tuple(map(_access, groups.values()))


def _access(entries: Sequence[AuditEntry]) -> Access:
    bodies: list[Body] = [orjson.loads(entry.body) for entry in entries]
    disclosed = [each for each in _of(AuditAction.DISCLOSED, bodies) if _shows(each)]
    asked = next(_of(AuditAction.ASKED, bodies), None)
    return Access(
        entries=tuple(entries),
        at=datetime.fromisoformat(bodies[0]["at"]),
        user_id=entries[0].user_id,
        question=None if asked is None else _question(asked),
        is_disclosed=bool(disclosed),
        # Adding up leaves out what counts nothing.
        shown=dict(sum((Counter(each["shown"]) for each in disclosed), Counter[str]())),
        effects=tuple(map(_effect, _others(bodies))),
    )


def _of(action: AuditAction, bodies: Iterable[Body]) -> Iterator[Body]:
    return (each for each in bodies if each["action"] == action)


def _others(bodies: Iterable[Body]) -> Iterator[Body]:
    rows = {AuditAction.ASKED, AuditAction.DISCLOSED}
    return (each for each in bodies if each["action"] not in rows)


def _shows(body: Body) -> bool:
    return bool(body["outcome"] == DisclosureOutcome.DISCLOSED)


def _question(body: Body) -> Question:
    details = body["details"]
    return Question(
        who=Who(**body["who"]),
        act=AskedAct(body["act"]),
        purpose=body["purpose"],
        is_allowed=body["decision"] == Decision.ALLOWED,
        reason=body["reason"],
        policy_version=body["policy_version"],
        relationship=body["relationship"],
        agreements=tuple(body["agreements"]),
        reason_code=details.get("reason_code"),
        own_words=details.get("plea"),
    )


def _effect(body: Body) -> Effect:
    ends_at = body.get("ends_at")
    return Effect(
        action=AuditAction(body["action"]),
        reason_code=body.get("reason_code"),
        own_words=body.get("reason") if "reason_code" in body else None,
        ends_at=None if ends_at is None else datetime.fromisoformat(ends_at),
        answer=body.get("answer") or body.get("outcome"),
    )
