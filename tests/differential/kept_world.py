"""Put a made-up world into the service's own database, and read decisions out of its own parts.

PDS and the sources' probes answer in memory, as they do behind the transport; everything else is the service's.
"""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from adapters.contract import (
    AddressUse,
    Contact,
    ContactProbe,
    Demographics,
    Outcome,
    Trace,
    TraceOutcome,
)
from fhir_profiles.nhs_number import NhsNumber
from gateway.access.agreement_registry import StoredAgreements
from gateway.access.decision import AccessControl
from gateway.access.registry import StoredRegistry
from gateway.access.staff import StoredStaff
from gateway.audit.log import AuditLog
from gateway.identity import Principal
from gateway.store.engine import open_store
from rbac.decide import CompiledPolicy
from rbac.types import Purpose
from tests.differential.kept_rows import KEY, hashed, keep, profile_id
from tests.differential.random_worlds import (
    KINDS,
    NOW,
    OWNERS,
    Town,
)
from tests.patient.factories import person, principal
from tests.reference.world import (
    Encounter,
    Person,
    RoleProfile,
    World,
)


class Clock:
    """The instant that the test says it is."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now


@dataclass(frozen=True)
class Directory:
    """What PDS says of people."""

    people: dict[str, Person]

    async def read(self, number: NhsNumber) -> Trace:
        known = self.people[number.digits]
        match known.pds:
            case "found":
                return Trace(TraceOutcome.FOUND, (_demographics(known),), (1.0,))
            case "not-found":
                return Trace(TraceOutcome.NOT_FOUND)
            case _:
                return Trace(TraceOutcome.UNAVAILABLE)

    async def find(self, _request: object) -> Trace:
        return Trace(TraceOutcome.NOT_FOUND)


def _demographics(known: Person) -> Demographics:
    # PDS names no practice of a person whom it restricts.
    return person(
        nhs_number=NhsNumber(known.id),
        practice=None if known.restricted else known.registered_practice,
        address_use=AddressUse.RESTRICTED if known.restricted else AddressUse.UNRESTRICTED,
    )


@dataclass(frozen=True)
class Visits:
    """What one organisation's own source says of encounters with it."""

    encounters: tuple[Encounter, ...]
    clock: Clock

    async def contacts(self, number: NhsNumber) -> ContactProbe:
        told = [self._contact(each) for each in self.encounters if each.patient == number.digits]
        return ContactProbe(Outcome.DATA if told else Outcome.EMPTY, tuple(told))

    def _contact(self, encounter: Encounter) -> Contact:
        is_over = encounter.end is not None and encounter.end <= self.clock.now
        return Contact("finished" if is_over else "in-progress", encounter.start, encounter.end)


@dataclass(frozen=True)
class Policies:
    """The policy that decides."""

    compiled: CompiledPolicy

    async def active(self) -> CompiledPolicy:
        return self.compiled


@asynccontextmanager
async def access_to(
    town: Town, compiled: CompiledPolicy, database: Path, clock: Clock
) -> AsyncIterator[AccessControl]:
    """Keep a town in a fresh database; give what decides about it."""
    store = open_store(f"sqlite:///{database}")
    log = AuditLog(store, clock)
    try:
        await keep(town, log)
        registry = StoredRegistry(store, KEY, clock)
        yield AccessControl(
            StoredAgreements(store, frozenset(OWNERS.values())),
            Policies(compiled),
            registry,
            Directory({each.id: each for each in town.world.people}),
            {each: _visits(town.world, each, clock) for each in OWNERS.values()},
            clock,
            uuid4,
            StoredStaff(store),
            registry,
        )
    finally:
        await log.aclose()
        store.close()


def caller(
    user: str, profile: RoleProfile, session: str, token_purposes: Iterable[str]
) -> Principal:
    """Give the holder of a token as the service knows them."""
    return principal(
        user_id=user,
        role=profile.role,
        role_profile_id=profile_id(user, profile),
        organisation=profile.organisation,
        organisation_kind=KINDS[profile.organisation],
        purposes=frozenset(map(Purpose, token_purposes)),
        session=hashed(session),
        expires_at=NOW.replace(year=9999),
    )


def _visits(world: World, organisation: str, clock: Clock) -> Visits:
    there = (each for each in world.encounters if each.organisation == organisation)
    return Visits(tuple(there), clock)
