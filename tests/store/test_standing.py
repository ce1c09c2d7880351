"""Relationships, objections and holds: what is known of a person beside their record."""

from datetime import datetime, timedelta, timezone
from uuid import UUID

import pytest

from gateway.audit.log import AuditLog
from gateway.errors import AuditUnavailableError, ConflictError
from gateway.store.engine import Store
from gateway.store.identity_holds import IdentityHold, hold_identity, holds_of, release_identity
from gateway.store.objections import (
    EVERY_SOURCE,
    Objection,
    objections_of,
    record_objection,
    withdraw_objection,
)
from gateway.store.relationships import (
    Relationship,
    add_relationships,
    end_relationship,
    relationships_of,
    replace_relationships,
)
from gateway.store.words import ObjectionExceptions, RelationshipType
from tests.store_factories import KEY, NOW, OTHER_KEY, SIGNED_OUT

HOUR = timedelta(hours=1)


def relationship(
    number: int = 1,
    patient_key: str = KEY,
    starts_at: datetime = NOW,
    ends_at: datetime | None = None,
    source: str = "registry",
) -> Relationship:
    return Relationship(
        id=UUID(int=number),
        patient_key=patient_key,
        organisation="RRV",
        type=RelationshipType.INPATIENT,
        basis="admission",
        starts_at=starts_at,
        ends_at=ends_at,
        source=source,
        team="renal",
        user_id=None,
    )


async def _add(log: AuditLog, *relationships: Relationship) -> None:
    async with log.recorded(SIGNED_OUT) as session:
        await session.do(add_relationships, relationships)


@pytest.mark.parametrize(
    ("after", "is_in_force"),
    [(-HOUR, False), (timedelta(0), True), (HOUR, True), (2 * HOUR, False), (3 * HOUR, False)],
)
async def test_a_relationship_is_in_force_from_its_start_until_just_before_its_end(
    store: Store, log: AuditLog, after: timedelta, is_in_force: bool
) -> None:
    kept = relationship(ends_at=NOW + 2 * HOUR)
    await _add(log, kept)

    found = await store.read(relationships_of, KEY, NOW + after)

    assert found == ((kept,) if is_in_force else ())


async def test_relationships_are_the_persons_own_oldest_first(store: Store, log: AuditLog) -> None:
    older, newer = relationship(2, starts_at=NOW - HOUR), relationship(1)
    await _add(log, newer, older, relationship(3, patient_key=OTHER_KEY))

    assert await store.read(relationships_of, KEY, NOW) == (older, newer)


async def test_an_instant_comes_back_in_utc(store: Store, log: AuditLog) -> None:
    in_summer = datetime(2026, 3, 2, 10, 30, tzinfo=timezone(HOUR))
    await _add(log, relationship(starts_at=in_summer))

    [found] = await store.read(relationships_of, KEY, NOW)

    assert found.starts_at.isoformat() == "2026-03-02T09:30:00+00:00"


async def test_an_instant_without_a_zone_is_refused(log: AuditLog) -> None:
    with pytest.raises(AuditUnavailableError) as refused:
        await _add(log, relationship(starts_at=datetime(2026, 3, 2)))  # noqa: DTZ001 - refused

    assert "time zone" in str(refused.value.__cause__)


async def test_a_relationship_cannot_end_before_it_starts(log: AuditLog) -> None:
    with pytest.raises(AuditUnavailableError):
        await _add(log, relationship(ends_at=NOW - HOUR))


async def test_an_nhs_number_does_not_fit_where_a_keyed_hash_belongs(log: AuditLog) -> None:
    with pytest.raises(AuditUnavailableError):
        await _add(log, relationship(patient_key="9990000018"))


async def test_a_relationship_is_ended_once(store: Store, log: AuditLog) -> None:
    await _add(log, relationship())

    async with log.recorded(SIGNED_OUT) as session:
        assert await session.do(end_relationship, UUID(int=1), NOW + HOUR)
        assert not await session.do(end_relationship, UUID(int=1), NOW + 2 * HOUR)

    assert await store.read(relationships_of, KEY, NOW + HOUR) == ()


async def test_a_relationship_that_starts_later_is_not_ended_and_that_is_told(
    store: Store, log: AuditLog
) -> None:
    later = relationship(starts_at=NOW + HOUR)
    await _add(log, later)

    with pytest.raises(ConflictError, match="starts later"):
        async with log.recorded(SIGNED_OUT) as session:
            await session.do(end_relationship, later.id, NOW)

    assert await store.read(relationships_of, KEY, NOW + HOUR) == (later,)


async def test_a_relationship_may_end_as_it_starts(store: Store, log: AuditLog) -> None:
    await _add(log, relationship())

    async with log.recorded(SIGNED_OUT) as session:
        assert await session.do(end_relationship, UUID(int=1), NOW)

    assert await store.read(relationships_of, KEY, NOW) == ()


async def test_a_registry_replaces_what_it_said_and_nothing_else(
    store: Store, log: AuditLog
) -> None:
    by_hand, new = relationship(2, source="self"), relationship(3)
    await _add(log, relationship(1), by_hand)

    async with log.recorded(SIGNED_OUT) as session:
        await session.do(replace_relationships, "registry", [new])
    assert await store.read(relationships_of, KEY, NOW) == (by_hand, new)

    async with log.recorded(SIGNED_OUT) as session:
        await session.do(replace_relationships, "registry", [])
    assert await store.read(relationships_of, KEY, NOW) == (by_hand,)


async def test_an_objection_takes_the_place_of_the_earlier_one(store: Store, log: AuditLog) -> None:
    earlier = Objection(KEY, EVERY_SOURCE, ObjectionExceptions.BREAK_GLASS, NOW - HOUR)
    later = Objection(KEY, EVERY_SOURCE, ObjectionExceptions.NONE, NOW)
    to_one = Objection(KEY, "gp", ObjectionExceptions.BREAK_GLASS, NOW)

    async with log.recorded(SIGNED_OUT) as session:
        for each in (to_one, earlier, later):
            await session.do(record_objection, each)
    assert await store.read(objections_of, KEY) == (later, to_one)
    assert await store.read(objections_of, OTHER_KEY) == ()

    async with log.recorded(SIGNED_OUT) as session:
        assert await session.do(withdraw_objection, KEY, EVERY_SOURCE)
    assert await store.read(objections_of, KEY) == (to_one,)


async def test_an_identity_hold_stands_until_it_is_released(store: Store, log: AuditLog) -> None:
    hold = IdentityHold(KEY, "hospital", "demographics-differ", NOW)

    async with log.recorded(SIGNED_OUT) as session:
        await session.do(hold_identity, hold)
        await session.do(hold_identity, hold)
    assert await store.read(holds_of, KEY) == (hold,)

    async with log.recorded(SIGNED_OUT) as session:
        assert await session.do(release_identity, KEY, "hospital")
    assert await store.read(holds_of, KEY) == ()


def test_the_keyed_hash_is_not_in_the_text_of_a_row() -> None:
    assert KEY not in repr(relationship())
