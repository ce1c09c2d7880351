"""What must come of asking, told in the plainest way: a small model of who may see one person's record.

Knows nothing of how the service decides; it is held against the service after every step (P27).
"""

from collections.abc import Hashable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from tests.races.sights import EMERGENCY, ETREAT, TREAT, Sight

LEEWAY = timedelta(seconds=60)
CONTACT_LASTS = timedelta(hours=72)
GLASS_IS_OPEN_FOR = timedelta(minutes=60)
CLAIM_LASTS = timedelta(hours=24)
CLAIMS_A_DAY = 1
NEVER = datetime.max.replace(tzinfo=UTC)
HOSPITAL = "RRV"
"""The organisation that runs both sources, and whose contacts are known."""

NOT_AUTHENTICATED = "not-authenticated"
UNAVAILABLE = "unavailable"
NOT_FOUND = "not-found"
NO_RELATIONSHIP = "no-relationship"


@dataclass(frozen=True)
class Holder:
    """Who holds a token: one person in one role and session, for some purposes, until then."""

    user_id: str
    role: str
    organisation: str
    session: str
    purposes: frozenset[str]
    may_read_records: bool
    until: datetime


@dataclass(frozen=True)
class Tie:
    """A recorded relationship of an organisation, or of one person of it, perhaps by their own word."""

    organisation: str
    user_id: str | None
    starts_at: datetime
    ends_at: datetime | None
    is_claimed: bool = False


@dataclass(frozen=True)
class Contact:
    """What the hospital says of one stay: since when, and until when if it is over."""

    starts_at: datetime
    ends_at: datetime | None


@dataclass(frozen=True)
class Agreed:
    """What some organisations share with one another, for some purposes."""

    parties: frozenset[str]
    purposes: frozenset[str]
    has_health_records: bool
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Glass:
    """One step of an emergency that somebody has begun; `first` is the step that a second one goes on from."""

    user_id: str
    role: str
    session: str
    step: str
    ends_at: datetime
    first: Hashable = None


@dataclass
class Model:
    """The world as it is meant to be."""

    now: datetime
    sight: Sight
    practice: str | None = "F84004"
    is_known: bool = True
    is_restricted: bool = False
    does_pds_answer: bool = True
    does_hospital_answer: bool = True
    contacts: list[Contact] = field(default_factory=list)
    ties: dict[Hashable, Tie] = field(default_factory=dict)
    # By source, whether a broken glass opens what the person has objected to.
    objections: dict[str, bool] = field(default_factory=dict)
    suspended: set[tuple[str, str | None]] = field(default_factory=set)
    agreements: dict[str, Agreed] = field(default_factory=dict)
    glass: dict[Hashable, Glass] = field(default_factory=dict)
    claims: list[tuple[str, datetime]] = field(default_factory=list)

    # What comes of asking

    def outcome(self, holder: Holder, purpose: str) -> str:
        """Say what must come of asking for the record now."""
        against = self._against_the_role(holder, purpose)
        if against is not None:
            return against
        level = self._level(holder, purpose)
        if level == "none":
            return "no-patient-access"
        if not holder.may_read_records:
            return "out-of-scope"
        is_emergency = purpose in EMERGENCY
        if is_emergency and not self.open_glass(holder, purpose):
            return "break-glass-required"
        against = self._against_the_person(holder, is_emergency=is_emergency)
        if against is not None:
            return against
        # Both sources are the hospital's: where it shares nothing, there is no record rather than an empty one.
        if not self._does_hospital_share(holder, purpose):
            return UNAVAILABLE
        is_opened = is_emergency and self.objections.get("hospital")
        with_it = "hospital" not in self.objections or is_opened
        return f"{level} {'with' if with_it else 'without'} hospital"

    def outcome_of_breaking(self, holder: Holder, step: str) -> str:
        """Say what must come of breaking the glass now: a refusal, or until when it is open."""
        against = self._against_the_role(holder, step)
        if against is not None:
            return against
        if not holder.may_read_records:
            return "out-of-scope"
        first = self.open_glass(holder, ETREAT)
        if step != ETREAT and not first:
            return "break-glass-required"
        ends_at = self.now + GLASS_IS_OPEN_FOR
        if step != ETREAT:
            ends_at = max(each.ends_at for each in first.values())
        return self._against_the_person(holder, is_emergency=True) or f"until {ends_at}"

    def outcome_of_ending(self, holder: Holder, glass_id: Hashable) -> str:
        """Say what must come of ending an emergency before its time."""
        own = self.glass[glass_id]
        # Nobody is told of an emergency who may read nothing of the person.
        is_own = holder.may_read_records and (
            (own.user_id, own.session) == (holder.user_id, holder.session)
        )
        against = self._against_the_role(holder, ETREAT)
        return against or ("ended" if is_own and self.now < own.ends_at else NOT_FOUND)

    def outcome_of_claiming(self, holder: Holder) -> str:
        """Say what must come of claiming a relationship by one's own word."""
        against = self._against_the_role(holder, TREAT)
        if against is not None:
            return against
        if (holder.role, ETREAT) not in self.sight.breaks_glass or (
            self._level(holder, TREAT) == "none"
        ):
            return "not-for-role"
        if not holder.may_read_records:
            return "out-of-scope"
        against = self._against_the_person(holder, is_emergency=False)
        if against in {UNAVAILABLE, NOT_FOUND}:
            return against
        if against != NO_RELATIONSHIP:
            return "already-related"
        if "*" in self.objections:
            return "sharing-restricted"
        a_day_ago = self.now - CLAIM_LASTS
        made = [at for user, at in self.claims if user == holder.user_id and at > a_day_ago]
        return "too-many-claims" if len(made) >= CLAIMS_A_DAY else "claimed"

    # Why not

    def _against_the_role(self, holder: Holder, purpose: str) -> str | None:
        if self.now - LEEWAY >= holder.until:
            return NOT_AUTHENTICATED
        if not self._agreed(holder, purpose):
            return "no-agreement"
        if self.suspended & {(holder.user_id, None), (holder.user_id, holder.role)}:
            return "suspended"
        # Who may name an emergency may name its second step.
        if (ETREAT if purpose in EMERGENCY else purpose) not in holder.purposes:
            return "purpose-not-allowed"
        if (holder.role, purpose) not in self.sight.levels:
            return "purpose-not-allowed"
        if purpose in EMERGENCY and (holder.role, purpose) not in self.sight.breaks_glass:
            return "not-for-role"
        return None

    def _against_the_person(self, holder: Holder, *, is_emergency: bool) -> str | None:
        is_silent = holder.organisation == HOSPITAL and not self.does_hospital_answer
        if not self.does_pds_answer or (not self.is_known and is_silent):
            return UNAVAILABLE
        if not self.is_known:
            return NOT_FOUND
        may_be_a_stranger = is_emergency and not self.is_restricted
        if not self.is_involved(holder) and not may_be_a_stranger:
            if is_silent:
                return UNAVAILABLE
            return NOT_FOUND if self.is_restricted else NO_RELATIONSHIP
        is_opened = is_emergency and self.objections.get("*")
        return "sharing-restricted" if "*" in self.objections and not is_opened else None

    # What holds now

    def _agreed(self, holder: Holder, purpose: str) -> list[Agreed]:
        return [
            each
            for each in self.agreements.values()
            if holder.organisation in each.parties
            and purpose in each.purposes
            and each.starts_at <= self.now < each.ends_at
        ]

    def _level(self, holder: Holder, purpose: str) -> str:
        is_shared = any(each.has_health_records for each in self._agreed(holder, purpose))
        return self.sight.levels[holder.role, purpose] if is_shared else "none"

    def _does_hospital_share(self, holder: Holder, purpose: str) -> bool:
        agreed = self._agreed(holder, purpose)
        return any(each.has_health_records and HOSPITAL in each.parties for each in agreed)

    def open_glass(self, holder: Holder, step: str) -> dict[Hashable, Glass]:
        """Give the broken glass of one step that is open to somebody now."""
        whose = (holder.user_id, holder.role, holder.session, step)
        return {
            glass_id: each
            for glass_id, each in self.glass.items()
            if (each.user_id, each.role, each.session, each.step) == whose
            and self.now < each.ends_at
        }

    def is_involved(self, holder: Holder) -> bool:
        """Say whether somebody has to do with the person's care now."""
        return (
            (holder.role in {"gp", "practice_admin"} and self.practice == holder.organisation)
            or any(self._is_tied(holder, each) for each in self.ties.values())
            or (holder.organisation == HOSPITAL and self._is_in_hospital())
        )

    def _is_tied(self, holder: Holder, tie: Tie) -> bool:
        return (
            tie.organisation == holder.organisation
            and tie.user_id in {None, holder.user_id}
            and tie.starts_at <= self.now
            and (tie.ends_at is None or self.now < tie.ends_at)
            # Nobody's own word counts about a restricted person.
            and not (tie.is_claimed and self.is_restricted)
        )

    def _is_in_hospital(self) -> bool:
        return self.does_hospital_answer and any(
            each.starts_at <= self.now
            and (each.ends_at is None or self.now < each.ends_at + CONTACT_LASTS)
            for each in self.contacts
        )

    # What changes

    def ends_glass(self, glass_id: Hashable) -> None:
        """End one step of an emergency now; with the first goes the second."""
        for each_id, each in self.glass.items():
            if glass_id in {each_id, each.first} and self.now < each.ends_at:
                self.glass[each_id] = replace(each, ends_at=self.now)

    def moments(self) -> list[datetime]:
        """Give the instants at which something ends or begins by itself."""
        lasting = [*self.ties.values(), *self.agreements.values()]
        ends = [each.ends_at for each in (*lasting, *self.glass.values()) if each.ends_at]
        starts = [each.starts_at for each in lasting]
        left = [each.ends_at + CONTACT_LASTS for each in self.contacts if each.ends_at is not None]
        return sorted(each for each in (*ends, *starts, *left) if self.now < each < NEVER)
