"""AZ-08: a relationship holds until the second in which it ends, and not after, whoever's it is."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import httpx2
import pytest

from adapters.simulators.demo_users import DEMO_USERS
from gateway.access.registry import patient_key
from gateway.access.team_registry import OnTeam, TeamRegistry
from gateway.audit.acts import RelationshipsImported
from gateway.keys import KeyPurpose
from gateway.store.relationships import add_relationships
from gateway.store.words import RelationshipType
from gateway.wiring import new_id, now
from tests.safety.emergencies import NO_RELATIONSHIP, as_served
from tests.safety.siege import DOCTOR, rows
from tests.safety.staff import sign_in, staff
from tests.stack import Stack, relationship

TEAM = "Older adults"
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
ENDS = now()
ENDED_LATER = [-SECOND, timedelta(0), SECOND]
PATHS = ("/fhir/Patient/{}/$everything", "/fhir/Patient/{}", "/fhir/Condition?patient={}")
ON_TEAM = OnTeam("RRV", TEAM, DEMO_USERS[DOCTOR].user_id)


async def related(stack: Stack, ends_at: datetime | None, team: str | None) -> None:
    """Record that the hospital, or a team of it, has the person on its caseload."""
    key = patient_key(stack.keys.current(KeyPurpose.REGISTRY), stack.london.people[NO_RELATIONSHIP])
    row = replace(relationship(key, "RRV", ends_at, team=team), type=RelationshipType.CASELOAD)
    async with stack.services.log.recorded(RelationshipsImported(now(), "test", "test", 1)) as done:
        await done.do(add_relationships, [row])


def teams(stack: Stack) -> TeamRegistry:
    return TeamRegistry(stack.services.log, now, new_id)


async def joins(stack: Stack, ends_at: datetime | None, who: OnTeam = ON_TEAM) -> None:
    await teams(stack).add(who, ENDS - DAY, ends_at, "Sam Ade")


async def by_organisation(stack: Stack) -> None:
    await related(stack, ENDS, team=None)


async def by_team(stack: Stack) -> None:
    await related(stack, ENDS, TEAM)
    await joins(stack, None)


async def by_membership(stack: Stack) -> None:
    await related(stack, None, TEAM)
    await joins(stack, ENDS)


@asynccontextmanager
async def frozen(stack: Stack, at: datetime) -> AsyncIterator[Stack]:
    """Serve the same stack with the clocks of access standing still."""
    access = stack.services.records.access
    registry: Any = access.registry
    registry = replace(registry, clock=lambda: at)
    access = replace(access, clock=lambda: at, registry=registry, grants=registry)
    records = replace(stack.services.records, access=access)
    async with as_served(stack, replace(stack.services, records=records)) as still:
        yield still


async def answers(stack: Stack, user: str = DOCTOR) -> list[httpx2.Response]:
    patient = stack.patient(NO_RELATIONSHIP)
    return [await stack.get(user, path.format(patient)) for path in PATHS]


async def statuses(stack: Stack, user: str = DOCTOR) -> set[int]:
    return {each.status_code for each in await answers(stack, user)}


@pytest.mark.parametrize("after", ENDED_LATER)
@pytest.mark.parametrize(
    ("begins", "name"),
    [
        (by_organisation, "caseload"),
        (by_team, "caseload-by-team"),
        (by_membership, "caseload-by-team"),
    ],
)
async def test_az_08_a_relationship_holds_until_it_ends_and_not_a_second_longer(
    stack: Stack, begins: Callable[[Stack], Any], name: str, after: timedelta
):
    await begins(stack)

    async with frozen(stack, ENDS + after) as still:
        found = await statuses(still)

    last = (await rows(stack, "asked"))[-1]
    if after < timedelta(0):
        assert (found, last["decision"], last["relationship"]) == ({200}, "allowed", name)
    else:
        assert (found, last["decision"], last["reason"]) == ({403}, "refused", "no-relationship")
        assert await rows(stack, "disclosed") == []


async def test_az_08_who_is_taken_off_a_team_is_refused_at_the_next_request(stack: Stack):
    await related(stack, None, TEAM)
    await joins(stack, None)
    assert await statuses(stack) == {200}

    await teams(stack).end(ON_TEAM, now(), "Sam Ade")

    assert await statuses(stack) == {403}
    [ended] = await rows(stack, "team-member-ended")
    assert (ended["subject"], ended["team"]) == (ON_TEAM.subject, TEAM)


@pytest.mark.parametrize(
    "who",
    [
        replace(ON_TEAM, organisation="RJ1"),
        replace(ON_TEAM, team="Younger adults"),
        replace(ON_TEAM, subject=DEMO_USERS["nurse"].user_id),
    ],
)
async def test_a_teams_caseload_is_nobody_elses(stack: Stack, who: OnTeam):
    await related(stack, None, TEAM)
    await joins(stack, None, who)

    assert await statuses(stack) == {403}


async def test_a_member_who_works_elsewhere_too_has_it_there_alone(stack: Stack):
    """The same person, signed in at another hospital that has a team of the same name."""
    elsewhere = replace(staff("both", "R0260", "RJ1"), user_id=ON_TEAM.subject)
    await related(stack, None, TEAM)
    await joins(stack, None)
    await joins(stack, None, replace(ON_TEAM, organisation="RJ1"))

    assert await statuses(stack, sign_in(stack, elsewhere)) == {403}
    assert await statuses(stack) == {200}
