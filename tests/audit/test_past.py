"""What the log and the tables hold of a member of staff at a past instant is found in either database."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from gateway.audit.acts import (
    AuditAction,
    RelationshipsImported,
    SignedIn,
    SignedOut,
    StaffSuspended,
    TeamMemberAdded,
    Who,
)
from gateway.audit.log import AuditLog
from gateway.audit.past import AROUND, Past, Sought, past_of
from gateway.store.engine import Store
from gateway.store.relationships import Relationship, add_relationships
from gateway.store.staff_suspensions import StaffSuspension, suspend
from gateway.store.team_members import TeamMember, add_team_member
from gateway.store.words import RelationshipType
from tests.audit.signed_log import Times, begin
from tests.store_factories import KEY, NOW, VERSION, WHO, asked, disclosed

USER, PATIENT = "u1", "p" * 36
OTHER = Who("u2", "gp", "F84012", "general-practice", "Dr Other", "555021540102")


@pytest.fixture
async def days(store: Store):
    """Give a log that is moved by hand, in which a policy decides."""
    await begin(store)
    times = Times()
    log = AuditLog(store, times)
    yield log, times
    await log.aclose()


async def past(store: Store, **changes: object) -> Past:
    sought = Sought(USER, NOW, **changes)  # type: ignore[arg-type]
    return await store.read(past_of, sought)


async def test_roles_are_read_around_the_instant_and_the_nearest_beyond(store: Store, days):
    log, times = days
    for distance in (-3 * AROUND, -2 * AROUND, -AROUND / 2, AROUND / 2, 2 * AROUND, 3 * AROUND):
        times.now = NOW + distance
        await log.append(SignedIn(times.now, WHO, "test"))
        await log.append(SignedIn(times.now, OTHER, "test"))

    found = await past(store)

    assert [each.recorded_at for each in found.acting] == [NOW - AROUND / 2, NOW + AROUND / 2]
    assert {each.fields["who"]["user_id"] for each in found.acting} == {USER}
    assert set(found.terms) == {WHO.organisation}


async def test_where_nothing_is_near_the_nearest_on_each_side_are_read(store: Store, days):
    log, times = days
    for distance in (-3 * AROUND, -2 * AROUND, 2 * AROUND, 3 * AROUND):
        times.now = NOW + distance
        await log.append(SignedIn(times.now, WHO, "test"))

    found = await past(store)

    assert [each.recorded_at for each in found.acting] == [NOW - 2 * AROUND, NOW + 2 * AROUND]


async def test_the_last_sign_in_and_sign_out_by_then_are_read(store: Store, days):
    log, times = days
    for hours in (-3, -2, 1):
        times.now = NOW + timedelta(hours=hours)
        await log.append(SignedIn(times.now, WHO, "test"))
        await log.append(SignedOut(times.now, USER, "user"))

    found = await past(store)

    assert [(each.action, each.recorded_at) for each in found.signing] == [
        (AuditAction.SIGNED_IN, NOW - timedelta(hours=2)),
        (AuditAction.SIGNED_OUT, NOW - timedelta(hours=2)),
    ]


async def test_staff_acts_are_found_by_whom_they_are_about(store: Store, days):
    log, _times = days
    for user in (USER, "u2"):
        event = StaffSuspended(NOW, "scr staff", user, "*", "left")
        async with log.recorded(event) as session:
            await session.do(suspend, StaffSuspension(user, "*", NOW, "scr staff", "left"))
        added = TeamMemberAdded(NOW, "scr team", user, "F84004", "ward", NOW, None)
        member = TeamMember(uuid4(), "F84004", "ward", user, NOW)
        async with log.recorded(added) as session:
            await session.do(add_team_member, member)

    found = await past(store)

    assert [each.fields["subject"] for each in found.staff] == [USER, USER]
    assert [each.user_id for each in (*found.suspended, *found.members)] == [USER, USER]


REFERRAL = Relationship(
    UUID(int=1), KEY, "F84004", RelationshipType.REFERRAL, "test", NOW, None, "registry"
)


async def test_of_a_person_relationships_and_own_accesses_are_read(store: Store, days):
    log, times = days
    async with log.recorded(RelationshipsImported(NOW, "test", "registry", 1)) as session:
        await session.do(add_relationships, [REFERRAL])
    await log.append(asked(1))
    await log.append(disclosed(1))
    times.pass_by(60)
    await log.append(RelationshipsImported(times.now, "test", "registry", 0))

    of_nobody = await past(store)
    found = await past(store, patients=(PATIENT,), patient_key=KEY)

    assert (of_nobody.relationships, of_nobody.about) == ((), ())
    assert [each.id for each in found.relationships] == [REFERRAL.id]
    assert [each.action for each in found.about] == [AuditAction.ASKED, AuditAction.DISCLOSED]
    assert [each.recorded_at for each in found.imports] == [times.now]


async def test_the_policy_of_then_is_found(store: Store, days):
    assert days
    found = await past(store)
    earlier = await store.read(past_of, Sought(USER, NOW - timedelta(days=1)))

    assert found.activation is not None
    assert (found.activation.version, found.activation.generation) == (VERSION, 1)
    assert earlier.activation is None
