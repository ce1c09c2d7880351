"""The parts that a decision rests on, small and in memory; each may be told to fail."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from adapters.contract import ContactProbe, Outcome, Trace
from gateway.access.decision import AccessControl, Question
from gateway.access.grants import GRANT_LASTS
from gateway.access.staff_register import NobodyKnown
from gateway.store.break_glass import Grant
from gateway.store.words import EmergencyReason
from rbac.canonical import length_prefixed
from rbac.decide import CompiledPolicy
from rbac.types import Levels, OrganisationKind, Purpose
from tests.agreed import Agreed
from tests.patient.factories import NOW, NUMBER, PATIENT_ID, clock, levels, principal
from tests.patient.records import Pds

VERSION = "v1"
SCOPE = ("gp", OrganisationKind.GENERAL_PRACTICE, Purpose.TREAT)


@dataclass(frozen=True)
class Row:
    """A recorded relationship of the caller's own organisation, in force now."""

    organisation: str = "RRV"
    user_id: str | None = None
    team: str | None = None
    starts_at: datetime = NOW
    ends_at: datetime | None = None
    type: str = "referral"


@dataclass(frozen=True)
class Member:
    """The caller's membership of a team of their own organisation, in force now."""

    organisation: str = "RRV"
    team: str = "ward 9"
    user_id: str = "u1"
    starts_at: datetime = NOW
    ends_at: datetime | None = None


@dataclass(frozen=True)
class Against:
    """An objection."""

    source: str
    exceptions: str = "break-glass"


@dataclass
class Policies:
    levels: object = field(default_factory=levels)
    scope: tuple = SCOPE

    async def active(self):
        return CompiledPolicy(VERSION, {}, 0, {length_prefixed(self.scope): self.levels})


@dataclass
class Registry:
    """Rows by number; `asked` remembers which numbers were looked up."""

    rows: dict = field(default_factory=dict)
    against: dict = field(default_factory=dict)
    held: dict = field(default_factory=dict)
    on_teams: tuple = ()
    asked: list = field(default_factory=list)

    async def relationships(self, patient):
        self.asked.append(("relationships", patient))
        return self.rows.get(patient, ())

    async def objections(self, patient):
        self.asked.append(("objections", patient))
        return self.against.get(patient, ())

    async def holds(self, patient):
        self.asked.append(("holds", patient))
        return self.held.get(patient, ())

    async def teams(self, organisation, user_id):
        return tuple(
            each
            for each in self.on_teams
            if (each.organisation, each.user_id) == (organisation, user_id)
        )


@dataclass
class Probed:
    """An organisation's own source, as the probe sees it."""

    probe: object = field(default_factory=lambda: ContactProbe(Outcome.EMPTY))
    asked: list = field(default_factory=list)

    async def contacts(self, nhs_number):
        self.asked.append(nhs_number)
        return self.probe


@dataclass(frozen=True)
class Broken:
    """The broken glass of a session."""

    grants: tuple = ()

    async def of_session(self, _principal):
        return self.grants

    def key_of(self, _patient):
        return "k" * 64


def grant(who, patient_key="k" * 64, ends_at=NOW + GRANT_LASTS):
    return Grant(
        id=UUID(int=3),
        decision_id=UUID(int=4),
        patient_key=patient_key,
        patient=PATIENT_ID,
        user_id=who.user_id,
        session=who.session,
        role=who.role,
        organisation=who.organisation,
        step=Purpose.ETREAT,
        reason_code=EmergencyReason.RISK_TO_LIFE,
        reason="unconscious",
        granted_at=NOW,
        ends_at=ends_at,
    )


@dataclass
class Suspended:
    """Who is suspended: user ids, or pairs of user id and role profile id."""

    whom: tuple = ()

    async def is_suspended(self, user_id, role_profile_id):
        return user_id in self.whom or (user_id, role_profile_id) in self.whom


@dataclass
class Parts:
    policies: object = field(default_factory=Policies)
    registry: object = field(default_factory=Registry)
    pds: object = field(default_factory=Pds)
    contacts: object = field(default_factory=Probed)
    staff: object = field(default_factory=Suspended)
    broken: object = field(default_factory=Broken)
    agreements: object = field(default_factory=Agreed)
    register: object = field(default_factory=NobodyKnown)

    @property
    def access(self):
        return AccessControl(
            self.agreements,
            self.policies,
            self.registry,
            self.pds,
            {"RRV": self.contacts},
            clock,
            lambda: UUID(int=7),
            self.staff,
            self.broken,
            staff_register=self.register,
        )

    async def decide(self, purpose=Purpose.TREAT, number=NUMBER, **of_principal):
        asks = principal(**of_principal)
        return await self.access.decide(Question(asks, purpose, number, PATIENT_ID))

    async def find(self, purpose=Purpose.TREAT, **of_principal):
        return await self.access.find_permit(principal(**of_principal), purpose)


def pds(outcome, *people):
    return Pds(Trace(outcome, people, tuple(1.0 for _ in people)))


def seen(view=None, acts=None):
    return Levels(levels().view if view is None else view, levels().acts if acts is None else acts)
