"""Write a made-up world into the service's own tables, in the words and spans in which it would stand there."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from uuid import UUID, uuid4

from fhir_profiles.nhs_number import NhsNumber
from gateway.access.claims import CLAIM_LASTS
from gateway.access.grants import GRANT_LASTS
from gateway.access.registry import BREAK_GLASS, patient_key
from gateway.access.relationships import SELF_CLAIMED
from gateway.audit.acts import RelationshipsImported
from gateway.audit.log import AuditLog
from gateway.audit.recorded import RecordedSession
from gateway.store.agreements import Agreement, add_agreement
from gateway.store.agreements import Terms as StoredTerms
from gateway.store.break_glass import Grant, keep_grant
from gateway.store.identity_holds import IdentityHold, hold_identity
from gateway.store.objections import EVERY_SOURCE, Objection, record_objection
from gateway.store.relationships import Relationship, add_relationships
from gateway.store.staff_suspensions import EVERY_PROFILE, StaffSuspension, suspend
from gateway.store.team_members import TeamMember, add_team_member
from gateway.store.words import DataItem, EmergencyReason, ObjectionExceptions, RelationshipType
from rbac.types import Purpose
from tests.differential.random_worlds import (
    LONG_AGO,
    NOW,
    Member,
    Terms,
    Town,
    team_of,
)
from tests.patient.factories import IDS
from tests.reference.relationships import expires_at
from tests.reference.world import (
    BreakGlassGrant,
    RoleProfile,
    SelfClaim,
    World,
)
from tests.reference.world import Objection as StatedObjection

KEY = bytes(32)


def profile_id(user: str, profile: RoleProfile) -> str:
    return f"{user}-{profile.organisation}"


def hashed(session: str) -> str:
    return sha256(session.encode()).hexdigest()


async def keep(town: Town, log: AuditLog) -> None:
    world = town.world
    async with log.recorded(RelationshipsImported(NOW, "test", "test", 1)) as session:
        for each in town.agreements:
            await session.do(add_agreement, _agreement(each))
        await session.do(add_relationships, [*_relationships(world), *_claims(world)])
        for objection in world.objections:
            await session.do(record_objection, _objection(objection))
        for grant in _grants(world):
            await session.do(keep_grant, grant)
        await session.do(add_relationships, _founded(world))
        for number, source in sorted(town.held):
            hold = IdentityHold(_key(number), source, "test", NOW)
            await session.do(hold_identity, hold)
        for member in town.members:
            await session.do(add_team_member, _member(member))
        await _suspend(world, session)


async def _suspend(world: World, session: RecordedSession) -> None:
    for member in world.staff:
        profiles = [profile_id(member.user, each) for each in member.profiles if each.end]
        for each in (*([EVERY_PROFILE] if member.suspended else ()), *profiles):
            await session.do(suspend, StaffSuspension(member.user, each, LONG_AGO, "test", "test"))


def _member(each: Member) -> TeamMember:
    team = team_of(each.organisation)
    return TeamMember(uuid4(), each.organisation, team, each.user, each.start, each.end)


def _key(number: str) -> str:
    return patient_key(KEY, NhsNumber(number))


def _agreement(each: Terms) -> Agreement:
    agreed = each.agreed
    terms = StoredTerms(
        each.id,
        frozenset(map(DataItem, each.items)),
        frozenset(map(Purpose, agreed.purposes)),
        agreed.start,
        agreed.end,
    )
    return Agreement(terms, tuple(sorted(agreed.parties)), agreed.end, "test", "test", LONG_AGO)


def _relationships(world: World) -> Iterator[Relationship]:
    for each in world.relationships:
        # The registry has the last moment at which a contact counts (docs/decisions/0008, section 4).
        yield Relationship(
            uuid4(),
            _key(each.patient),
            each.organisation or "",
            RelationshipType(each.type),
            "test",
            each.start,
            expires_at(each),
            "test",
            each.team,
            each.user,
        )


def _claims(world: World) -> Iterator[Relationship]:
    for each in world.self_claims:
        yield _own_word(each, each.organisation, each.start, "self-claim")


def _founded(world: World) -> list[Relationship]:
    # What a broken glass founds must count for nothing but the emergency.
    return [
        _own_word(each, each.session.split()[2], each.start, BREAK_GLASS) for each in world.grants
    ]


def _own_word(
    each: SelfClaim | BreakGlassGrant, organisation: str, start: datetime, source: str
) -> Relationship:
    return Relationship(
        uuid4(),
        _key(each.patient),
        organisation,
        RelationshipType(SELF_CLAIMED),
        "test",
        start,
        start + CLAIM_LASTS,
        source,
        user_id=each.user,
    )


def _objection(each: StatedObjection) -> Objection:
    lifted = "emergency" in each.exceptions
    exceptions = ObjectionExceptions.BREAK_GLASS if lifted else ObjectionExceptions.NONE
    return Objection(_key(each.patient), each.source or EVERY_SOURCE, exceptions, LONG_AGO)


def _grants(world: World) -> Iterator[Grant]:
    firsts: dict[tuple[str, str, str], Grant] = {}
    for each in world.grants:
        whose = (each.user, each.patient, each.session)
        if each.step == 1:
            firsts[whose] = _grant(each)
            yield firsts[whose]
        else:
            first = firsts[whose]
            yield replace(
                _grant(each), step=Purpose.BTG, first_step=first.id, ends_at=first.ends_at
            )


def _grant(each: BreakGlassGrant) -> Grant:
    _user, role, organisation, _tab = each.session.split()
    return Grant(
        id=uuid4(),
        decision_id=UUID(int=1),
        patient_key=_key(each.patient),
        patient=IDS.seal(NhsNumber(each.patient)),
        user_id=each.user,
        session=hashed(each.session),
        role=role,
        organisation=organisation,
        step=Purpose.ETREAT,
        reason_code=EmergencyReason.RISK_TO_LIFE,
        reason="found unconscious",
        granted_at=each.start,
        ends_at=each.start + GRANT_LASTS,
    )
