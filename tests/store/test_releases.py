"""A release is changed by whoever saw it last, and the database itself holds the rules that must not be broken."""

from dataclasses import replace
from uuid import UUID

import pytest

from gateway.audit.log import AuditLog
from gateway.errors import AuditUnavailableError
from gateway.store.engine import Store
from gateway.store.releases import (
    Release,
    ReleaseProgress,
    ReleaseRequest,
    ReleaseUse,
    add_release,
    change_release,
    keep_release_progress,
    note_release_use,
    release_of,
    release_progress,
    release_uses,
    releases,
)
from gateway.store.words import ReleaseState
from rbac.types import Purpose
from tests.store_factories import NOW, SIGNED_OUT

ID = UUID(int=1)
WORDS = ("violence", "CSP1", "small", Purpose.PUBHLTH, "a purpose", "a law", "LDSA-1")
RELEASE = Release(
    ReleaseRequest(ID, *WORDS, NOW.date(), "a room", NOW, "asker", "d" * 64),
)
WHOLE = replace(
    RELEASE,
    state=ReleaseState.DESTROYED,
    generation=2,
    approved_at=NOW,
    approved_by="approver",
    epoch=1,
    plan=b"{}",
    published_at=NOW,
    manifest_sha256="a" * 64,
    expires_at=NOW,
    ended_at=NOW,
    ended_by="officer",
    why=("it ended", "for good"),
    certificate=b"{}",
)


async def done(log: AuditLog, act, *given):
    async with log.recorded(SIGNED_OUT) as session:
        return await session.do(act, *given)


async def test_a_release_is_read_as_it_was_kept(store: Store, log: AuditLog):
    assert await store.read(release_of, ID) is None
    await done(log, add_release, RELEASE)
    assert await store.read(release_of, ID) == RELEASE

    assert await done(log, change_release, RELEASE, WHOLE)

    assert await store.read(release_of, ID) == WHOLE
    assert await store.read(releases) == (WHOLE,)
    assert await store.read(releases, frozenset({ReleaseState.REQUESTED})) == ()


async def test_who_changes_what_somebody_changed_meanwhile_is_told_so(store: Store, log: AuditLog):
    await done(log, add_release, RELEASE)
    await done(log, change_release, RELEASE, WHOLE)

    assert not await done(log, change_release, RELEASE, replace(RELEASE, generation=2))
    assert await store.read(release_of, ID) == WHOLE


@pytest.mark.parametrize(
    "changes",
    [
        {"approved_by": "asker"},
        {"approved_at": None},
        {"plan": None},
        {"epoch": None},
        {"manifest_sha256": None},
        {"expires_at": None},
        {"ended_by": None},
        {"certificate": None},
        {"generation": 0},
        {"state": "done"},
    ],
)
async def test_the_database_takes_no_release_that_breaks_a_rule(log: AuditLog, changes):
    await done(log, add_release, RELEASE)

    with pytest.raises(AuditUnavailableError):
        await done(log, change_release, RELEASE, replace(WHOLE, **changes))


async def test_who_fetched_what_is_listed_oldest_first(store: Store, log: AuditLog):
    await done(log, add_release, RELEASE)
    uses = [ReleaseUse(UUID(int=number), ID, f"{number}.csv", "reader", NOW) for number in (1, 2)]
    for use in reversed(uses):
        await done(log, note_release_use, use)

    assert await store.read(release_uses, ID) == tuple(uses)
    assert await store.read(release_uses, UUID(int=9)) == ()


async def test_how_far_a_job_is_stands_once(store: Store, log: AuditLog):
    await done(log, add_release, RELEASE)
    for number in (1, 2):
        await keep_release_progress(store, ReleaseProgress(ID, "rows", number, 2, NOW))

    assert await store.read(release_progress, ID) == ReleaseProgress(ID, "rows", 2, 2, NOW)
