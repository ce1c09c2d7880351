from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from gateway.access.objections import objected_sources, objects_to_everything
from gateway.access.registry import StoredRegistry, patient_key
from gateway.store.break_glass import keep_grant
from gateway.store.objections import EVERY_SOURCE, Objection, record_objection
from gateway.store.relationships import Relationship, add_relationships
from gateway.store.team_members import TeamMember, add_team_member
from gateway.store.words import ObjectionExceptions, RelationshipType
from tests.access.parts import Against, grant
from tests.patient.factories import NOW, NUMBER, OTHER_NUMBER, principal
from tests.store_factories import SIGNED_OUT

KEY = b"k" * 64


class Clock:
    now = NOW

    def __call__(self):
        return self.now


@pytest.fixture
def registry(store):
    return StoredRegistry(store, KEY, Clock())


def recorded(number=NUMBER, key=KEY):
    return Relationship(
        UUID(int=1),
        patient_key(key, number),
        "RRV",
        RelationshipType.REFERRAL,
        "letter",
        NOW,
        NOW + timedelta(days=1),
        "test",
    )


async def keep(log, act, *things):
    async with log.recorded(SIGNED_OUT) as session:
        await session.do(act, *things)


async def test_relationships_in_force_are_found_by_the_keyed_number(registry, log):
    row = recorded()
    await keep(log, add_relationships, [row])

    assert await registry.relationships(NUMBER) == (row,)
    assert await registry.relationships(OTHER_NUMBER) == ()


async def test_a_relationship_that_ended_is_not_found(registry, log):
    await keep(log, add_relationships, [recorded()])
    registry.clock.now = NOW + timedelta(days=1)

    assert await registry.relationships(NUMBER) == ()


async def test_another_key_finds_nobody(store, log):
    await keep(log, add_relationships, [recorded(key=b"l" * 64)])

    assert await StoredRegistry(store, KEY, Clock()).relationships(NUMBER) == ()


async def test_objections_are_found_by_the_keyed_number(registry, log):
    objection = Objection(patient_key(KEY, NUMBER), EVERY_SOURCE, ObjectionExceptions.NONE, NOW)
    await keep(log, record_objection, objection)

    assert await registry.objections(NUMBER) == (objection,)
    assert await registry.objections(OTHER_NUMBER) == ()


async def test_teams_are_those_that_somebody_is_on_now(registry, log):
    member = TeamMember(UUID(int=2), "RRV", "renal", "u1", NOW, NOW + timedelta(days=1))
    await keep(log, add_team_member, member)

    assert await registry.teams("RRV", "u1") == (member,)
    assert await registry.teams("RJ1", "u1") == ()
    registry.clock.now = NOW + timedelta(days=1)
    assert await registry.teams("RRV", "u1") == ()


def test_a_key_holds_no_number_and_differs_by_person_and_by_secret():
    key = patient_key(KEY, NUMBER)

    assert (len(key), NUMBER.digits in key) == (64, False)
    assert len({key, patient_key(KEY, OTHER_NUMBER), patient_key(b"l" * 64, NUMBER)}) == 3


def test_a_registry_does_not_tell_its_key(registry):
    assert "kkk" not in repr(registry)


@pytest.mark.parametrize(
    ("sources", "everything", "named"),
    [
        ((), False, set()),
        (("gp",), False, {"gp"}),
        (("gp", "*"), True, {"gp"}),
        (("*",), True, set()),
    ],
)
def test_an_objection_is_to_a_source_or_to_the_shared_record(sources, everything, named):
    rows = [Against(source) for source in sources]

    assert (objects_to_everything(rows), objected_sources(rows)) == (everything, named)


async def test_broken_glass_is_found_by_its_user_and_session_while_it_is_open(registry, log):
    who = principal(session="5" * 64)
    kept = grant(who, patient_key(KEY, NUMBER))
    await keep(log, keep_grant, kept)

    assert await registry.of_session(who) == (kept,)
    assert await registry.of_session(replace(who, user_id="u2")) == ()
    assert await registry.of_session(replace(who, session="6" * 64)) == ()
    registry.clock.now = kept.ends_at
    assert await registry.of_session(who) == ()
