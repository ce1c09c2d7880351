"""Who is on which team: kept once, ended once, and never later than before."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from gateway.audit.log import AuditLog
from gateway.errors import AuditUnavailableError
from gateway.store.engine import Store
from gateway.store.team_members import (
    TeamMember,
    add_team_member,
    end_team_member,
    memberships_of,
    team_members,
)
from tests.store_factories import NOW, SIGNED_OUT

HOUR = timedelta(hours=1)
MEMBER = TeamMember(UUID(int=1), "RV3", "Older adults", "u1", NOW, NOW + 2 * HOUR)
WHO = (MEMBER.organisation, MEMBER.team, MEMBER.user_id)


async def add(log: AuditLog, *members: TeamMember) -> list[bool]:
    async with log.recorded(SIGNED_OUT) as session:
        return [await session.do(add_team_member, each) for each in members]


async def end(log: AuditLog, ends_at: datetime) -> bool:
    async with log.recorded(SIGNED_OUT) as session:
        return await session.do(end_team_member, *WHO, ends_at)


@pytest.mark.parametrize(
    ("after", "is_on_it"),
    [(-HOUR, False), (timedelta(0), True), (HOUR, True), (2 * HOUR, False), (3 * HOUR, False)],
)
async def test_a_membership_is_in_force_from_its_start_until_just_before_its_end(
    store: Store, log: AuditLog, after: timedelta, is_on_it: bool
) -> None:
    await add(log, MEMBER)

    found = await store.read(memberships_of, "RV3", "u1", NOW + after)

    assert found == ((MEMBER,) if is_on_it else ())


async def test_teams_are_one_users_in_one_organisation(store: Store, log: AuditLog) -> None:
    other_team = replace(MEMBER, id=UUID(int=2), team="Children", ends_at=None)
    elsewhere = replace(MEMBER, id=UUID(int=3), organisation="RRV")
    colleague = replace(MEMBER, id=UUID(int=4), user_id="u2")
    assert await add(log, MEMBER, other_team, elsewhere, colleague) == [True] * 4

    assert await store.read(memberships_of, "RV3", "u1", NOW) == (other_team, MEMBER)
    assert await store.read(team_members) == (elsewhere, other_team, MEMBER, colleague)


@pytest.mark.parametrize(
    ("starts_in", "lasts", "is_free"),
    [
        (timedelta(0), 2 * HOUR, False),
        (HOUR, None, False),
        (-HOUR, None, False),
        (-HOUR, 2 * HOUR, False),
        (-HOUR, HOUR, True),
        (2 * HOUR, None, True),
    ],
)
async def test_nobody_is_on_a_team_twice_at_once(
    log: AuditLog, starts_in: timedelta, lasts: timedelta | None, is_free: bool
) -> None:
    starts_at = NOW + starts_in
    ends_at = None if lasts is None else starts_at + lasts
    again = replace(MEMBER, id=UUID(int=2), starts_at=starts_at, ends_at=ends_at)

    assert await add(log, MEMBER, again) == [True, is_free]


@pytest.mark.parametrize("ends_at", [None, NOW + 2 * HOUR])
async def test_a_membership_is_ended_once_and_never_later(
    store: Store, log: AuditLog, ends_at: datetime | None
) -> None:
    await add(log, replace(MEMBER, ends_at=ends_at))

    assert await end(log, NOW + HOUR)
    assert not await end(log, NOW + HOUR)
    assert not await end(log, NOW + 3 * HOUR)

    assert await store.read(memberships_of, "RV3", "u1", NOW + HOUR) == ()


@pytest.mark.parametrize("ends_at", [None, NOW + 2 * HOUR])
async def test_a_membership_that_has_not_begun_never_begins(
    store: Store, log: AuditLog, ends_at: datetime | None
) -> None:
    await add(log, replace(MEMBER, starts_at=NOW + HOUR, ends_at=ends_at))

    assert await end(log, NOW)
    assert not await end(log, NOW)

    assert await store.read(memberships_of, "RV3", "u1", NOW + HOUR) == ()


async def test_a_membership_cannot_end_before_it_starts(log: AuditLog) -> None:
    with pytest.raises(AuditUnavailableError):
        await add(log, replace(MEMBER, ends_at=NOW - HOUR))
