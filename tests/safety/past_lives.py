"""Live through days in which rights change, while staff ask the real gateway, and keep what each of them got."""

import random
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx2

from adapters.simulators.demo_users import DEMO_USERS
from gateway.access.agreement_registry import AgreementRegistry, Signatures
from gateway.access.registry import patient_key
from gateway.access.team_registry import OnTeam, TeamRegistry
from gateway.app import create_app
from gateway.audit.acts import RelationshipsImported, StaffRestored, StaffSuspended
from gateway.demo.agreement import INVENTED_AGREEMENT, invented_agreement
from gateway.errors import ConflictError
from gateway.keys import KeyPurpose
from gateway.policy.active import activate
from gateway.store.relationships import replace_relationships
from gateway.store.staff_suspensions import EVERY_PROFILE, StaffSuspension, restore, suspend
from gateway.wiring import now, open_services
from rbac.policy import load_default, policy_of
from rbac.types import Policy, Purpose
from tests.safety.emergencies import plea
from tests.stack import Stack, relationship

STAFF = ("ed-consultant", "nurse", "gp", "discharge-officer")
PEOPLE = ("everything", "mental-health", "other-practice", "restricted", "objects-to-all")
DOCTOR = "ed_consultant"
TEAM, OF_TEAM = "A1 ward", "other-practice"
HOSPITAL = "RRV"


class Clock:
    """The instant that the test says it is; it begins with the data that the stack was prepared with."""

    def __init__(self) -> None:
        self.now = now() + timedelta(minutes=1)

    def __call__(self) -> datetime:
        return self.now


@dataclass(frozen=True)
class Sighting:
    """What somebody got who asked for a record; `asked` and `disclosed` are what the log says of it."""

    at: datetime
    user: str
    person: str
    status: int
    asked: Mapping[str, Any]
    disclosed: Mapping[str, Any] | None

    @property
    def is_shown(self) -> bool:
        return self.disclosed is not None and self.disclosed["outcome"] == "disclosed"


@dataclass
class Life:
    """Days in which rights change, by chance. Every step takes minutes or hours."""

    stack: Stack
    clock: Clock
    chance: random.Random
    agreement: str = ""
    sightings: list[Sighting] = field(default_factory=list)

    async def step(self) -> None:
        minutes = self.chance.choice((2, 20, 50, 90, 600))
        self.clock.now += timedelta(minutes=minutes, seconds=self.chance.randrange(60))
        changes = (
            *(self._suspends, self._restores, self._agrees, self._ends_agreement),
            *(self._changes_policy, self._changes_policy, self._joins, self._leaves),
            *(self._imports, self._breaks_glass, self._breaks_glass, self._claims),
        )
        await self.chance.choice(changes)()
        self.clock.now += timedelta(minutes=1)
        for _ in range(3):
            user, person = self.chance.choice(STAFF), self.chance.choice(PEOPLE)
            await self.look(user, person, self.chance.choice((Purpose.TREAT, Purpose.ETREAT)))

    async def look(self, user: str, person: str, purpose: Purpose) -> None:
        before = len(await self.stack.audit())
        path = f"/fhir/Patient/{self.stack.patient(person)}/$everything"
        answer = await self.stack.get(user, path, **{"Purpose-Of-Use": purpose})
        asked, *others = (await self.stack.audit())[before:]
        shown = [each for each in others if each["action"] == "disclosed"]
        row_b = shown[0] if shown else None
        self.sightings.append(
            Sighting(self.clock.now, user, person, answer.status_code, asked, row_b)
        )

    async def _suspends(self) -> None:
        user = DEMO_USERS[self.chance.choice(STAFF)]
        profile = self.chance.choice((EVERY_PROFILE, user.role_profile_id))
        event = StaffSuspended(self.clock(), "test", user.user_id, profile, "a trial")
        row = StaffSuspension(user.user_id, profile, self.clock(), "test", "a trial")
        async with self._log.recorded(event) as session:
            await session.do(suspend, row)

    async def _restores(self) -> None:
        for name in STAFF:
            user = DEMO_USERS[name]
            for profile in (EVERY_PROFILE, user.role_profile_id):
                event = StaffRestored(self.clock(), "test", user.user_id, profile)
                async with self._log.recorded(event) as session:
                    await session.do(restore, user.user_id, profile)

    async def _agrees(self) -> None:
        made = invented_agreement(self.stack.services.settings, self.clock())
        terms = replace(
            made.terms,
            id=f"trial-{self.chance.randrange(10**9)}",
            ends_at=self.clock() + timedelta(hours=self.chance.choice((3, 300))),
        )
        self.agreement = terms.id
        await self._agreements.add(replace(made, terms=terms), Signatures("test", "other"))

    async def _ends_agreement(self) -> None:
        for name in (INVENTED_AGREEMENT, self.agreement):
            try:
                await self._agreements.end(name, self.clock(), "test")
            except ConflictError:
                continue
        if self.chance.random() < 0.7:
            self.clock.now += timedelta(minutes=5)
            await self.look(self.chance.choice(STAFF), "everything", Purpose.TREAT)
            self.clock.now += timedelta(minutes=5)
            await self._agrees()

    async def _changes_policy(self) -> None:
        policy = self.chance.choice(POLICIES)
        await activate(policy, "test", self._log, self.stack.services.store, self.clock)
        await self.stack.services.policies.active()

    async def _joins(self) -> None:
        try:
            await self._teams.add(self._on_team(), self.clock(), None, "test")
        except ConflictError:
            return

    async def _leaves(self) -> None:
        try:
            await self._teams.end(self._on_team(), self.clock(), "test")
        except ConflictError:
            return

    def _on_team(self) -> OnTeam:
        user = DEMO_USERS[self.chance.choice(("ed-consultant", "nurse"))]
        return OnTeam(HOSPITAL, TEAM, user.user_id)

    async def _imports(self) -> None:
        """Let the registry say something else of who has to do with whom."""
        key = self.stack.keys.current(KeyPurpose.REGISTRY)
        people = self.chance.sample(PEOPLE, 3)
        rows = [
            relationship(
                patient_key(key, self.stack.london.people[each]),
                HOSPITAL,
                team=TEAM if each == OF_TEAM else None,
            )
            for each in people
        ]
        event = RelationshipsImported(self.clock(), "test", "cohort", len(rows))
        async with self._log.recorded(event) as session:
            await session.do(replace_relationships, "cohort", rows)

    async def _breaks_glass(self) -> None:
        user, person = self.chance.choice(STAFF[:3]), self.chance.choice(PEOPLE)
        answer = await self.stack.send(
            user, "/access/break-glass", plea(patient=self.stack.patient(person))
        )
        if answer.status_code != 201:
            return
        await self.look(user, person, Purpose.ETREAT)
        if self.chance.random() < 0.5:
            self.clock.now += timedelta(minutes=5)
            await self.stack.delete(user, f"/access/break-glass/{answer.json()['id']}")
            self.clock.now += timedelta(minutes=1)
            await self.look(user, person, Purpose.ETREAT)

    async def _claims(self) -> None:
        user = self.chance.choice(STAFF[:3])
        body = plea(patient=self.stack.patient(OF_TEAM), reason_code="referral-not-recorded")
        body.pop("step")
        await self.stack.send(user, "/access/claims", body)
        await self.look(user, OF_TEAM, Purpose.TREAT)

    @property
    def _log(self):
        return self.stack.services.log

    @property
    def _agreements(self) -> AgreementRegistry:
        return AgreementRegistry(self._log, self.clock)

    @property
    def _teams(self) -> TeamRegistry:
        return TeamRegistry(self._log, self.clock, uuid4)


def _policies() -> tuple[Policy, ...]:
    """Give the default, one under which consultants see less, and one of which they know nothing."""
    rules = load_default().rules
    lessened = [each for each in rules if not _is_of(each, "medications")]
    without = [each for each in rules if (each.role, each.purpose) != (DOCTOR, Purpose.TREAT)]
    return policy_of(rules), policy_of(lessened), policy_of(without)


def _is_of(rule, category: str) -> bool:
    return (rule.role, rule.category) == (DOCTOR, category)


POLICIES = _policies()


@asynccontextmanager
async def living(stack: Stack, seed: int) -> AsyncIterator[Life]:
    """Open the stack's own deployment under a clock that the test sets; tokens are checked by the real one."""
    clock = Clock()
    services = open_services(stack.services.settings, clock)
    services = replace(services, verifier=stack.services.verifier)
    services.policies._compiled.update(stack.services.policies._compiled)
    transport = httpx2.ASGITransport(app=stack.access.of(create_app(services)))
    async with httpx2.AsyncClient(
        transport=transport, base_url="http://gateway.test", trust_env=False
    ) as client:
        try:
            changed = replace(stack, services=services, client=client)
            yield Life(changed, clock, random.Random(seed))
        finally:
            await services.aclose()
