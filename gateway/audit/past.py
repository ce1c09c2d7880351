"""Read from the log, and from the tables beside it, what bears on one member of staff at one past instant.

Concludes nothing: `gateway/policy/as_at.py` does. Most tables hold the present alone; of what was, the log tells.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import ColumnElement, func, select

from gateway.audit.canonical import escaped
from gateway.audit.entries import AuditEntry, entries_about, last_sequence, latest_entries
from gateway.audit.words import AuditAction
from gateway.store.agreements import Terms, agreements_of
from gateway.store.policies import Activation, activated_by
from gateway.store.relationships import Relationship, relationships_of
from gateway.store.sessions import Reading
from gateway.store.staff_suspensions import StaffSuspension, suspensions
from gateway.store.tables import audit_entry
from gateway.store.team_members import TeamMember, memberships_ever

AROUND = timedelta(days=31)
"""How far from the instant a role counts that the log shows somebody in. A month: a rota's turn, and few enough entries
to read; beyond it the nearest entry on each side is read all the same."""

_NAMING_WHO = (AuditAction.ASKED, AuditAction.SIGNED_IN, AuditAction.ROLE_CHOSEN)
_STAFF = (
    AuditAction.STAFF_SUSPENDED,
    AuditAction.STAFF_RESTORED,
    AuditAction.TEAM_MEMBER_ADDED,
    AuditAction.TEAM_MEMBER_ENDED,
)
_AGREEMENTS = (AuditAction.AGREEMENT_ADDED, AuditAction.AGREEMENT_ENDED)
_SIGNING = (AuditAction.SIGNED_IN, AuditAction.SIGNED_OUT, AuditAction.PROVIDER_SIGNED_OUT)


@dataclass(frozen=True, slots=True)
class Noted:
    """One entry, read: `fields` are those of docs/audit.md."""

    sequence: int
    action: AuditAction
    recorded_at: datetime
    fields: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Sought:
    """Whose past is asked about, and when. `patients` are all opaque ids of one person, `patient_key` theirs in the
    registry; none where no person is meant."""

    user_id: str
    at: datetime
    patients: tuple[str, ...] = field(default=(), repr=False)
    patient_key: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Past:
    """What log and tables hold of it; entries in order.

    `acting` names the user in a role, `signing` their last sign-in and sign-out by then, `staff` suspensions and teams of
    theirs, `imports` registries that were taken in later. `terms` is by organisation, `suspended` and `members` are what
    the tables say now. `about` are entries about the person by this user, with rows A of decisions on them.
    """

    acting: tuple[Noted, ...]
    signing: tuple[Noted, ...]
    staff: tuple[Noted, ...]
    agreements: tuple[Noted, ...]
    imports: tuple[Noted, ...]
    purges: tuple[Noted, ...]
    activation: Activation | None
    suspended: tuple[StaffSuspension, ...]
    members: tuple[TeamMember, ...]
    terms: Mapping[str, tuple[Terms, ...]]
    relationships: tuple[Relationship, ...] = field(repr=False)
    about: tuple[AuditEntry, ...] = field(repr=False)


def past_of(reading: Reading, sought: Sought) -> Past:
    """Read what is held of a member of staff at an instant."""
    acting = _acting(reading, sought)
    organisations = sorted({each.fields["who"]["organisation"] for each in acting})
    return Past(
        acting=acting,
        signing=_signing(reading, sought),
        staff=_staff(reading, sought),
        agreements=_of_kinds(reading, *_AGREEMENTS),
        imports=_imports_since(reading, sought.at),
        purges=_of_kinds(reading, AuditAction.ENTRIES_PURGED),
        activation=activated_by(reading, sought.at),
        suspended=_now_suspended(reading, sought.user_id),
        members=memberships_ever(reading, sought.user_id),
        terms={each: agreements_of(reading, each) for each in organisations},
        relationships=_relationships(reading, sought),
        about=_about(reading, sought),
    )


def _acting(reading: Reading, sought: Sought) -> tuple[Noted, ...]:
    own = _of_user(sought, _NAMING_WHO)
    recorded = audit_entry.c.recorded_at
    found = _noted(reading, *own, recorded.between(sought.at - AROUND, sought.at + AROUND))
    before = latest_entries(reading, 1, *own, recorded <= sought.at)
    after = _first(reading, *own, recorded > sought.at)
    known = {each.sequence: each for each in (*found, *map(_read, before), *after)}
    return tuple(known[number] for number in sorted(known))


def _first(reading: Reading, *wanted: ColumnElement[bool]) -> tuple[Noted, ...]:
    chosen = select(func.min(audit_entry.c.sequence)).where(
        *wanted, audit_entry.c.body.is_not(None)
    )
    return _noted(reading, audit_entry.c.sequence == chosen.scalar_subquery())


def _signing(reading: Reading, sought: Sought) -> tuple[Noted, ...]:
    by_then = audit_entry.c.recorded_at <= sought.at
    last = (latest_entries(reading, 1, *_of_user(sought, (kind,)), by_then) for kind in _SIGNING)
    return tuple(_read(each) for found in last for each in found)


def _staff(reading: Reading, sought: Sought) -> tuple[Noted, ...]:
    subject = escaped(sought.user_id)
    return tuple(each for each in _of_kinds(reading, *_STAFF) if each.fields["subject"] == subject)


def _imports_since(reading: Reading, at: datetime) -> tuple[Noted, ...]:
    kind = AuditAction.RELATIONSHIPS_IMPORTED
    return tuple(each for each in _of_kinds(reading, kind) if each.recorded_at > at)


def _now_suspended(reading: Reading, user_id: str) -> tuple[StaffSuspension, ...]:
    return tuple(each for each in suspensions(reading) if each.user_id == user_id)


def _relationships(reading: Reading, sought: Sought) -> tuple[Relationship, ...]:
    if sought.patient_key is None:
        return ()
    return relationships_of(reading, sought.patient_key, sought.at)


def _about(reading: Reading, sought: Sought) -> tuple[AuditEntry, ...]:
    user_id = escaped(sought.user_id)
    found = entries_about(reading, sought.patients, last_sequence(reading))
    return tuple(each for each in found if each.user_id == user_id)


def _of_user(
    sought: Sought, kinds: Iterable[AuditAction]
) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    user_id = escaped(sought.user_id)
    return audit_entry.c.user_id == user_id, audit_entry.c.kind.in_(tuple(kinds))


def _of_kinds(reading: Reading, *kinds: AuditAction) -> tuple[Noted, ...]:
    return _noted(reading, audit_entry.c.kind.in_(kinds))


def _noted(reading: Reading, *wanted: ColumnElement[bool]) -> tuple[Noted, ...]:
    found = latest_entries(reading, _AT_MOST, *wanted)
    return tuple(_read(each) for each in reversed(found))


_AT_MOST = 100_000
"""Ten times what one person does in two months; a guard of memory."""


def _read(entry: AuditEntry) -> Noted:
    return Noted(entry.sequence, entry.action, entry.recorded_at, orjson.loads(entry.body))
