"""Work out from the log who was suspended, on which team, and under which agreements at a past instant.

Pure. What an entry says took hold when it was recorded, with its effect in one transaction; what was entered later, even
for an earlier time, nobody knew then. Where the log no longer holds an entry, what the tables say now stands in for it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from gateway.audit.past import Noted
from gateway.audit.words import AuditAction
from gateway.store.agreements import Terms
from gateway.store.staff_suspensions import StaffSuspension
from gateway.store.team_members import TeamMember


@dataclass(frozen=True, slots=True, order=True)
class Team:
    """A team, which is its organisation's."""

    organisation: str
    team: str


@dataclass(frozen=True, slots=True)
class _Membership:
    team: Team
    starts_at: datetime
    ends_at: datetime | None

    def ended(self, at: datetime) -> "_Membership":
        if self.ends_at is not None and self.ends_at <= at:
            return self
        return replace(self, ends_at=max(at, self.starts_at))

    def covers(self, at: datetime) -> bool:
        return self.starts_at <= at and (self.ends_at is None or at < self.ends_at)


def known_by(entries: Iterable[Noted], at: datetime, *kinds: AuditAction) -> tuple[Noted, ...]:
    """Give the entries of these kinds that were on record by an instant, in order."""
    return tuple(each for each in entries if each.action in kinds and each.recorded_at <= at)


def suspended_profiles(
    entries: Iterable[Noted], now_suspended: Iterable[StaffSuspension], at: datetime
) -> frozenset[str]:
    """Name the role profiles in which somebody was suspended (`*`: every one)."""
    # One in force now that was so by then has been in force all the time: a new one would have a later start.
    barred = {each.role_profile_id for each in now_suspended if each.since <= at}
    kinds = (AuditAction.STAFF_SUSPENDED, AuditAction.STAFF_RESTORED)
    told: set[str] = set()
    for entry in known_by(entries, at, *kinds):
        profile = entry.fields["role_profile_id"]
        if entry.action is AuditAction.STAFF_SUSPENDED:
            told.add(profile)
        else:
            told.discard(profile)
    return frozenset(told | barred)


def teams_then(
    entries: Sequence[Noted], members: Iterable[TeamMember], at: datetime
) -> tuple[Team, ...]:
    """Name the teams that somebody was on."""
    found = [*_untold(entries, members)]
    kinds = (AuditAction.TEAM_MEMBER_ADDED, AuditAction.TEAM_MEMBER_ENDED)
    for entry in known_by(entries, at, *kinds):
        team = _team(entry)
        if entry.action is AuditAction.TEAM_MEMBER_ADDED:
            found.append(_Membership(team, _instant(entry, "starts_at"), _end(entry)))
        else:
            ends_at = _instant(entry, "ends_at")
            found = [each.ended(ends_at) if each.team == team else each for each in found]
    return tuple(sorted({each.team for each in found if each.covers(at)}))


def terms_then(terms: Iterable[Terms], entries: Sequence[Noted], at: datetime) -> tuple[Terms, ...]:
    """Give agreements with the ends that they had by then, without those that were entered later."""
    added = {
        each.fields["agreement"]: each
        for each in entries
        if each.action is AuditAction.AGREEMENT_ADDED
    }
    return tuple(
        _as_known(each, added.get(each.id), entries, at)
        for each in terms
        if each.id not in added or added[each.id].recorded_at <= at
    )


def _as_known(terms: Terms, added: Noted | None, entries: Sequence[Noted], at: datetime) -> Terms:
    if added is None:
        return terms
    ends = (
        _instant(each, "ends_at")
        for each in known_by(entries, at, AuditAction.AGREEMENT_ENDED)
        if each.fields["agreement"] == terms.id
    )
    return replace(terms, ends_at=min((_instant(added, "ends_at"), *ends)))


def _untold(entries: Sequence[Noted], members: Iterable[TeamMember]) -> Iterable[_Membership]:
    told = {
        (_team(each), _instant(each, "starts_at"))
        for each in entries
        if each.action is AuditAction.TEAM_MEMBER_ADDED
    }
    for member in members:
        team = Team(member.organisation, member.team)
        if (team, member.starts_at) not in told:
            yield _Membership(team, member.starts_at, member.ends_at)


def _team(entry: Noted) -> Team:
    return Team(entry.fields["organisation"], entry.fields["team"])


def _end(entry: Noted) -> datetime | None:
    return None if entry.fields["ends_at"] is None else _instant(entry, "ends_at")


def _instant(entry: Noted, name: str) -> datetime:
    return datetime.fromisoformat(entry.fields[name])
