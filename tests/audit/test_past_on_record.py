"""Of one past instant the log tells each kind of entry by itself, and what it told before and after it."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from gateway.audit.acts import (
    AgreementEnded,
    AuditAction,
    EntriesPurged,
    ProviderSignedOut,
    RelationshipsImported,
    RoleChosen,
    SignedIn,
    StaffRestored,
)
from gateway.audit.log import AuditLog
from gateway.audit.past import AROUND, Noted, Past, Sought, past_of
from gateway.store.engine import Store, open_store
from tests.audit.signed_log import Times, begin
from tests.store_factories import NOW, WHO, asked, disclosed

USER, MINUTE = "u7", timedelta(minutes=1)
ME = replace(WHO, user_id=USER)


@pytest.fixture
def store(sqlite_url: str) -> Iterator[Store]:
    opened = open_store(sqlite_url)
    yield opened
    opened.close()


@pytest.fixture
async def days(store: Store) -> AsyncIterator[tuple[AuditLog, Times]]:
    await begin(store)
    times = Times()
    log = AuditLog(store, times)
    yield log, times
    await log.aclose()


async def past(store: Store, **changes: object) -> Past:
    return await store.read(past_of, replace(Sought(USER, NOW), **changes))  # type: ignore[arg-type]


def kinds(noted: tuple[Noted, ...]) -> list[AuditAction]:
    return [each.action for each in noted]


async def test_each_kind_of_entry_is_told_by_itself(store: Store, days):
    log, _times = days
    for event in (
        AgreementEnded(NOW, "scr", "london", NOW),
        EntriesPurged(NOW, "scr", 1, NOW, "8 years"),
        StaffRestored(NOW, "scr", USER, "*"),
        StaffRestored(NOW, "scr", "u2", "*"),
        ProviderSignedOut(NOW, USER, "https://identity.example", 1),
    ):
        await log.append(event)

    found = await past(store)

    assert kinds(found.agreements) == [AuditAction.AGREEMENT_ENDED]
    assert kinds(found.purges) == [AuditAction.ENTRIES_PURGED]
    assert kinds(found.staff) == [AuditAction.STAFF_RESTORED]
    assert kinds(found.signing) == [AuditAction.PROVIDER_SIGNED_OUT]
    [purge] = found.purges
    assert (purge.sequence, purge.recorded_at, purge.fields["rule"]) == (3, NOW, "8 years")


async def test_a_month_about_the_instant_is_read_with_both_its_ends(store: Store, days):
    log, times = days
    for at in (NOW - AROUND, NOW - MINUTE, NOW, NOW + MINUTE, NOW + AROUND, NOW + AROUND + MINUTE):
        times.now = at
        await log.append(RoleChosen(at, ME))

    found = await past(store)

    ends = [NOW - AROUND, NOW - MINUTE, NOW, NOW + MINUTE, NOW + AROUND]
    assert [each.recorded_at for each in found.acting] == ends


async def test_what_is_recorded_at_the_instant_is_of_it(store: Store, days):
    log, times = days
    await log.append(SignedIn(NOW, ME, "test"))
    await log.append(RelationshipsImported(NOW, "scr", "registry", 1))
    times.pass_by(1)
    await log.append(RelationshipsImported(NOW, "scr", "registry", 2))

    found = await past(store)

    assert kinds(found.signing) == [AuditAction.SIGNED_IN]
    assert [each.fields["count"] for each in found.imports] == [2]


async def test_somebody_whose_id_is_escaped_is_found_by_it(store: Store, days):
    log, _times = days
    strange = "u\n1"
    await log.append(SignedIn(NOW, replace(WHO, user_id=strange), "test"))
    await log.append(StaffRestored(NOW, "scr", strange, "*"))
    await log.append(replace(asked(1), who=replace(WHO, user_id=strange)))

    found = await past(store, user_id=strange, patients=("p" * 36,))

    assert kinds(found.acting) == [AuditAction.SIGNED_IN, AuditAction.ASKED]
    assert len(found.staff) == len(found.about) == 1


async def test_only_what_this_user_did_about_the_person_is_read(store: Store, days):
    log, _times = days
    await log.append(replace(asked(1), who=ME))
    await log.append(asked(2))
    await log.append(replace(disclosed(1, "q"), user_id=USER))

    found = await past(store, patients=("p" * 36,))

    assert [each.sequence for each in found.about] == [2]
