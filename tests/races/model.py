"""What must come of asking, told in the plainest way: a small model of who may see one person's record.

Knows nothing of how the service decides; it is held against the service after every step (P27).
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

TREAT = "TREAT"
LEEWAY = timedelta(seconds=60)
CONTACT_LASTS = timedelta(hours=72)
RANK = {"none": 0, "mask": 1, "summary": 2, "all": 3}

NOT_AUTHENTICATED = "not-authenticated"
UNAVAILABLE = "unavailable"
NOT_FOUND = "not-found"


@dataclass(frozen=True)
class Holder:
    """Who holds a token: one person in one role, for some purposes, until then."""

    user_id: str
    role: str
    organisation: str
    purposes: frozenset[str]
    may_read_records: bool
    until: datetime


@dataclass(frozen=True)
class Tie:
    """A recorded relationship of an organisation, or of one person of it."""

    organisation: str
    user_id: str | None
    starts_at: datetime
    ends_at: datetime | None


@dataclass(frozen=True)
class Contact:
    """What the hospital says of one stay: since when, and until when if it is over."""

    starts_at: datetime
    ends_at: datetime | None


@dataclass(frozen=True)
class Sight:
    """What a version of the policy lets each role see of problems; a role that is not here is unknown to it."""

    of_role: dict[str, str]

    def shows_more_than(self, other: "Sight") -> bool:
        return any(
            RANK[level] > RANK[other.of_role.get(role, "none")]
            for role, level in self.of_role.items()
        )


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
    ties: dict[int, Tie] = field(default_factory=dict)
    objections: set[str] = field(default_factory=set)

    def outcome(self, holder: Holder, purpose: str, sight: Sight | None = None) -> str:
        """Say what must come of asking for the record now."""
        if self.now - LEEWAY >= holder.until:
            return NOT_AUTHENTICATED
        if purpose not in holder.purposes:
            return "purpose-not-allowed"
        # What the role may ask for comes before the broken glass: no policy here opens an emergency to anybody.
        level = (sight or self.sight).of_role.get(holder.role)
        if level is None or purpose != TREAT:
            return "purpose-not-allowed"
        if level == "none":
            return "no-patient-access"
        if not holder.may_read_records:
            return "out-of-scope"
        return self._on_the_person(holder, level)

    def _on_the_person(self, holder: Holder, level: str) -> str:
        is_silent = holder.organisation == "RRV" and not self.does_hospital_answer
        if not self.does_pds_answer or (not self.is_known and is_silent):
            return UNAVAILABLE
        if not self.is_known:
            return NOT_FOUND
        if not self.is_involved(holder):
            if is_silent:
                return UNAVAILABLE
            return NOT_FOUND if self.is_restricted else "no-relationship"
        if "*" in self.objections:
            return "sharing-restricted"
        hospital = "without" if "hospital" in self.objections else "with"
        return f"{level} {hospital} hospital"

    def is_involved(self, holder: Holder) -> bool:
        """Say whether somebody has to do with the person's care now."""
        return (
            (holder.role in {"gp", "practice_admin"} and self.practice == holder.organisation)
            or any(self._is_tied(holder, each) for each in self.ties.values())
            or (holder.organisation == "RRV" and self._is_in_hospital())
        )

    def _is_tied(self, holder: Holder, tie: Tie) -> bool:
        return (
            tie.organisation == holder.organisation
            and tie.user_id in {None, holder.user_id}
            and tie.starts_at <= self.now
            and (tie.ends_at is None or self.now < tie.ends_at)
        )

    def _is_in_hospital(self) -> bool:
        return self.does_hospital_answer and any(
            each.starts_at <= self.now
            and (each.ends_at is None or self.now < each.ends_at + CONTACT_LASTS)
            for each in self.contacts
        )

    def moments(self) -> list[datetime]:
        """Give the instants at which something ends or begins by itself."""
        ends = [each.ends_at for each in self.ties.values() if each.ends_at is not None]
        starts = [each.starts_at for each in self.ties.values()]
        left = [each.ends_at + CONTACT_LASTS for each in self.contacts if each.ends_at is not None]
        return sorted(each for each in (*ends, *starts, *left) if each > self.now)
