"""Staff are put on teams and taken off them, on record."""

from datetime import timedelta
from uuid import UUID

import orjson
import pytest

from gateway.access.team_registry import OnTeam, TeamRegistry
from gateway.audit.entries import entries_between
from gateway.errors import ConflictError
from gateway.store.team_members import TeamMember, team_members
from tests.store_factories import NOW, clock

WHO = OnTeam(organisation="RRV", team="ward 9", subject="u1")
DAY = timedelta(days=1)
KEPT = TeamMember(UUID(int=5), "RRV", "ward 9", "u1", NOW, NOW + DAY)


@pytest.fixture
def teams(log):
    return TeamRegistry(log, clock, lambda: UUID(int=5))


def written(value):
    return orjson.loads(orjson.dumps(value, option=orjson.OPT_UTC_Z))


async def recorded(store):
    rows = await store.read(entries_between, 1, 100)
    return [orjson.loads(row.body) for row in rows]


async def test_a_membership_is_kept_and_on_record(teams, store):
    await teams.add(WHO, NOW, NOW + DAY, "who-entered")

    assert await store.read(team_members) == (KEPT,)
    [row] = await recorded(store)
    said = {
        "action": "team-member-added",
        "at": NOW,
        "user_id": "who-entered",
        "subject": "u1",
        "organisation": "RRV",
        "team": "ward 9",
        "starts_at": NOW,
        "ends_at": NOW + DAY,
    }
    assert {name: row[name] for name in said} == written(said)


async def test_nobody_is_on_one_team_twice_at_once(teams, store):
    await teams.add(WHO, NOW, NOW + DAY, "who-entered")

    with pytest.raises(ConflictError, match=r"^They are on this team then: end that, and add"):
        await teams.add(WHO, NOW, None, "who-entered")
    assert await store.read(team_members) == (KEPT,)


async def test_a_membership_ends_on_record(teams, store):
    ends_at = NOW + timedelta(hours=1)
    await teams.add(WHO, NOW, NOW + DAY, "who-entered")
    await teams.end(WHO, ends_at, "who-ends")

    [member] = await store.read(team_members)
    assert member.ends_at == ends_at
    _added, row = await recorded(store)
    said = {
        "action": "team-member-ended",
        "at": NOW,
        "user_id": "who-ends",
        "subject": "u1",
        "organisation": "RRV",
        "team": "ward 9",
        "ends_at": ends_at,
    }
    assert {name: row[name] for name in said} == written(said)


@pytest.mark.parametrize(
    ("who", "ends_at"),
    [
        (WHO, NOW + DAY),
        (OnTeam("RRU", "ward 9", "u1"), NOW),
        (OnTeam("RRV", "ward 8", "u1"), NOW),
        (OnTeam("RRV", "ward 9", "u2"), NOW),
    ],
)
async def test_nobody_leaves_a_team_that_they_are_not_on_any_later(teams, store, who, ends_at):
    await teams.add(WHO, NOW, NOW + DAY, "who-entered")

    with pytest.raises(ConflictError, match=r"^They are not on this team any later than that\.$"):
        await teams.end(who, ends_at, "who-ends")
    assert await store.read(team_members) == (KEPT,)
