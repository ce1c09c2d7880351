"""Gather what bound a member of staff to one person at a past instant, and what they were in fact shown of them.

Pure. Of relationships only those are told that the member of staff could have rested on: others' are nobody's business
here.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

import orjson

from gateway.access.registry import BREAK_GLASS
from gateway.audit.accesses import Access, accesses_of
from gateway.audit.past import Noted, Past
from gateway.audit.words import AuditAction
from gateway.policy.as_at_log import Team, known_by
from gateway.store.relationships import Relationship
from rbac.types import Purpose

TOLD_AT_MOST = 50
"""Accesses on each side of the instant: enough to see what happened around it; the statement has them all."""


@dataclass(frozen=True, slots=True)
class Emergency:
    """One step of a broken glass that was open."""

    step: Purpose
    grant: str
    reason_code: str
    since: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class OwnWord:
    """A claim, or a person's answer when asked, that stood; `what` is the claim's reason code or the answer."""

    what: str
    since: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class PersonThen:
    """What bound them, and the accesses of this user to this person by the instant, the latest first, and after it."""

    relationships: tuple[Relationship, ...]
    claims: tuple[OwnWord, ...]
    emergencies: tuple[Emergency, ...]
    answers: tuple[OwnWord, ...]
    before: tuple[Access, ...] = field(repr=False)
    after: tuple[Access, ...] = field(repr=False)

    def has_broken_glass(self, step: Purpose) -> bool:
        """Say whether an emergency of this step was open."""
        return any(each.step is step for each in self.emergencies)


def person_then(past: Past, user_id: str, at: datetime, teams: Iterable[Team]) -> PersonThen:
    """Gather what is known of a member of staff and the person of `past.about`."""
    about = tuple(
        Noted(each.sequence, each.action, each.recorded_at, orjson.loads(each.body))
        for each in past.about
    )
    accesses = accesses_of(past.about)
    organisations = {each.fields["who"]["organisation"] for each in past.acting}
    return PersonThen(
        relationships=tuple(
            each
            for each in past.relationships
            if each.organisation in organisations and _is_of(each, user_id, frozenset(teams))
        ),
        claims=_standing(about, at, AuditAction.RELATIONSHIP_CLAIMED, "reason_code"),
        emergencies=_emergencies(about, at),
        answers=_standing(about, at, AuditAction.PERMISSION_RECORDED, "answer"),
        before=tuple(each for each in reversed(accesses) if each.at <= at)[:TOLD_AT_MOST],
        after=tuple(each for each in accesses if each.at > at)[:TOLD_AT_MOST],
    )


def _is_of(row: Relationship, user_id: str, teams: frozenset[Team]) -> bool:
    return (
        # What a broken glass founds is told as the emergency.
        row.source != BREAK_GLASS
        and row.user_id in {None, user_id}
        and (row.team is None or Team(row.organisation, row.team) in teams)
    )


def _standing(
    about: Iterable[Noted], at: datetime, kind: AuditAction, what: str
) -> tuple[OwnWord, ...]:
    return tuple(
        OwnWord(each.fields[what], each.recorded_at, _ends_at(each))
        for each in known_by(about, at, kind)
        if at < _ends_at(each)
    )


def _emergencies(about: tuple[Noted, ...], at: datetime) -> tuple[Emergency, ...]:
    ended = {each.fields["grant"] for each in known_by(about, at, AuditAction.EMERGENCY_ENDED)}
    broken = known_by(about, at, AuditAction.GLASS_BROKEN)
    # A second step has the end of the first, and ends with it.
    ended_with = {_ends_at(each) for each in broken if each.fields["grant"] in ended}
    return tuple(
        _emergency(each)
        for each in broken
        if at < _ends_at(each)
        and each.fields["grant"] not in ended
        and not _is_second_of(each, ended_with)
    )


def _is_second_of(entry: Noted, ended_with: set[datetime]) -> bool:
    return entry.fields["step"] == Purpose.BTG and _ends_at(entry) in ended_with


def _emergency(entry: Noted) -> Emergency:
    fields = entry.fields
    return Emergency(
        Purpose(fields["step"]),
        fields["grant"],
        fields["reason_code"],
        entry.recorded_at,
        _ends_at(entry),
    )


def _ends_at(entry: Noted) -> datetime:
    return datetime.fromisoformat(entry.fields["ends_at"])
