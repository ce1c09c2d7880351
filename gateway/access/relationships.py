"""Decide whether a caller's organisation has a live relationship with a person.

Does not fetch anything: the registry's rows, PDS's practice and the contact probe are passed in.
Expiry times: docs/decisions/0008, section 4 (judgement, to be approved by a Caldicott Guardian).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from adapters.contract import AddressUse, Contact, ContactProbe, Demographics, Outcome
from gateway.identity import Principal
from rbac.types import OrganisationKind

CONTACT_LASTS = timedelta(hours=72)
"""An emergency or ambulance contact founds a relationship this long after its end. The probe carries no
class, so a hospital stay that ended counts as an attendance; longer spans come from the registry."""

SELF_CLAIMED = "self_claimed"
"""The relationship that rests on somebody's own word."""

BY_TEAM = "-by-team"
"""Ends the name of a relationship that is a team's, and this caller's as a member of it."""

REGISTERED_GP = "registered_gp"
"""The relationship that rests on a recorded registration with a practice."""

_OPEN_STATUSES = frozenset({"arrived", "triaged", "in-progress", "onleave"})
_ENDED_STATUS = "finished"


class RegistryRow(Protocol):
    """A recorded relationship; `ends_at` is None while it has no end. Times are UTC."""

    @property
    def organisation(self) -> str: ...
    @property
    def team(self) -> str | None: ...
    @property
    def user_id(self) -> str | None: ...
    @property
    def starts_at(self) -> datetime: ...
    @property
    def ends_at(self) -> datetime | None: ...
    @property
    def type(self) -> str: ...


class TeamRow(Protocol):
    """Somebody's membership of a team; `ends_at` is None while it has no end. Times are UTC."""

    @property
    def organisation(self) -> str: ...
    @property
    def team(self) -> str: ...
    @property
    def user_id(self) -> str: ...
    @property
    def starts_at(self) -> datetime: ...
    @property
    def ends_at(self) -> datetime | None: ...


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything that may found a relationship, as it was read for this decision; `teams` are the caller's."""

    registry: tuple[RegistryRow, ...]
    teams: tuple[TeamRow, ...]
    person: Demographics
    probe: ContactProbe


def relationship_of(principal: Principal, evidence: Evidence, now: datetime) -> str | None:
    """Name the relationship that holds now, or None; one by a team says so."""
    teams = _teams_of(principal, evidence.teams, now)
    return (
        _registered(principal, _counting(evidence), teams, now)
        or _registered_practice(principal, evidence.person)
        or _contact(evidence.probe, now)
    )


def _counting(evidence: Evidence) -> tuple[RegistryRow, ...]:
    is_open = evidence.person.address_use is AddressUse.UNRESTRICTED
    # Of who is not restricted PDS tells the practice itself, and a row may be of an earlier one. Nobody's own word
    # makes a restricted person exist for them, though it was given before PDS restricted them.
    never = REGISTERED_GP if is_open else SELF_CLAIMED
    return tuple(row for row in evidence.registry if row.type != never)


def _teams_of(principal: Principal, rows: Iterable[TeamRow], now: datetime) -> frozenset[str]:
    # A team is its organisation's: another's of the same name is another team.
    return frozenset(
        row.team
        for row in rows
        if (row.organisation, row.user_id) == (principal.organisation, principal.user_id)
        and _is_in_force(row, now)
    )


def _registered(
    principal: Principal, rows: Iterable[RegistryRow], teams: frozenset[str], now: datetime
) -> str | None:
    return next((_name_of(row) for row in rows if _is_live(row, principal, teams, now)), None)


def _name_of(row: RegistryRow) -> str:
    return row.type if row.team is None else f"{row.type}{BY_TEAM}"


def _is_live(row: RegistryRow, principal: Principal, teams: frozenset[str], now: datetime) -> bool:
    return (
        row.organisation == principal.organisation
        and (row.team is None or row.team in teams)
        and row.user_id in {None, principal.user_id}
        and _is_in_force(row, now)
    )


def _is_in_force(row: RegistryRow | TeamRow, now: datetime) -> bool:
    return row.starts_at <= now and (row.ends_at is None or now < row.ends_at)


def _registered_practice(principal: Principal, person: Demographics) -> str | None:
    is_own_practice = (
        principal.organisation_kind is OrganisationKind.GENERAL_PRACTICE
        and person.practice is not None
        and person.practice == principal.organisation
    )
    return "registered-gp" if is_own_practice else None


def _contact(probe: ContactProbe, now: datetime) -> str | None:
    if probe.outcome is not Outcome.DATA:
        return None
    return "contact" if any(_founds(contact, now) for contact in probe.contacts) else None


def _founds(contact: Contact, now: datetime) -> bool:
    if contact.starts_at is None or contact.starts_at > now:
        return False
    if contact.ends_at is None:
        return contact.status in _OPEN_STATUSES
    ended_lately = contact.ends_at <= now < contact.ends_at + CONTACT_LASTS
    is_still_running = now < contact.ends_at and contact.status in _OPEN_STATUSES
    return is_still_running or (ended_lately and contact.status in _OPEN_STATUSES | {_ENDED_STATUS})
