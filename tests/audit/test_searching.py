"""The audit is searched by person, user and time, the latest first, and a further page goes on where the last ended."""

from dataclasses import replace
from datetime import timedelta

import pytest

from gateway.audit.acts import EntriesPurged, SignInFailed
from gateway.audit.log import AuditLog
from gateway.audit.retention import purge_old
from gateway.audit.searching import AuditPage, AuditPlace, AuditSearch, numbered, page_of
from gateway.store.engine import Store
from tests.store_factories import NOW, activate, asked, disclosed

PERSON = "p" * 36
EVERYBODY = frozenset({PERSON, "q" * 36})


def numbers(page: AuditPage) -> list[int]:
    return [each.entry.sequence for each in page.told]


async def day(store: Store, log: AuditLog) -> None:
    """Leave entries 2 to 6: one decision about the person, one about another, and one about nobody."""
    await activate(log)
    for event in (
        asked(1),
        disclosed(1),
        replace(asked(2), patient="q" * 36),
        SignInFailed(NOW, "x", "u1"),
    ):
        await log.append(event)
    await log.append(disclosed(2, patient="q" * 36))


async def test_a_person_is_found_by_each_of_their_ids_and_nobody_else_is(
    store: Store, log: AuditLog
) -> None:
    await day(store, log)

    def page(*patients: str) -> list[int]:
        return numbers(found[patients])

    found = {
        patients: await store.read(page_of, AuditSearch(frozenset(patients)), None, 10)
        for patients in ((PERSON,), ("q" * 36,), (PERSON, "q" * 36), ("x",), ())
    }

    assert (page(PERSON), page("q" * 36)) == ([3, 2], [6, 4])
    assert page(PERSON, "q" * 36) == [6, 4, 3, 2]
    assert (page("x"), page()) == ([], [])


async def test_each_entry_stands_beside_its_row_a_even_where_that_is_on_another_page(
    store: Store, log: AuditLog
) -> None:
    await day(store, log)

    page = await store.read(page_of, AuditSearch(frozenset({PERSON})), None, 1)

    assert [each.asked["request_id"] for each in page.told] == ["request-1"]
    assert (numbers(page), page.total, page.following) == ([3], 2, AuditPlace(6, 3))


async def test_a_further_page_goes_on_and_the_last_says_that_it_is(
    store: Store, log: AuditLog
) -> None:
    await day(store, log)
    search = AuditSearch(EVERYBODY)
    first = await store.read(page_of, search, None, 2)
    await log.append(asked(3))

    second = await store.read(page_of, search, first.following, 2)

    assert (numbers(first), numbers(second)) == ([6, 4], [3, 2])
    assert (first.total, second.total, second.following) == (4, 4, None)


@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [
        *((0, None, 4), (1, None, 0), (None, 1, 4), (None, 0, 0)),
        *((0, 1, 4), (-1, 0, 0), (None, None, 4)),
    ],
)
async def test_the_first_instant_counts_and_the_last_does_not(
    store: Store, log: AuditLog, since: int | None, until: int | None, expected: int
) -> None:
    await day(store, log)
    limits = (None if each is None else NOW + timedelta(seconds=each) for each in (since, until))

    page = await store.read(page_of, AuditSearch(EVERYBODY, None, *limits), None, 10)

    assert (page.total, len(page.told)) == (expected, expected)


async def test_a_user_is_found_by_their_id_as_it_is_kept(store: Store, log: AuditLog) -> None:
    await day(store, log)
    await log.append(replace(disclosed(1), user_id="u\n2"))

    totals = [
        (await store.read(page_of, AuditSearch(EVERYBODY, user), None, 10)).total
        for user in ("u1", "u2", "u\n2", "")
    ]

    assert totals == [4, 0, 1, 0]


async def test_what_was_purged_is_in_no_page_and_counts_no_more(
    store: Store, log: AuditLog
) -> None:
    await day(store, log)
    await purge_old(store, log, EntriesPurged(NOW, "u1", 4, NOW, "8 years"))

    page = await store.read(page_of, AuditSearch(EVERYBODY), None, 10)

    assert (numbers(page), page.total) == ([6, 4], 2)
    assert await store.read(numbered, 3) is None


async def test_an_audit_with_nothing_in_it_has_one_empty_page(store: Store) -> None:
    assert await store.read(page_of, AuditSearch(EVERYBODY), None, 5) == AuditPage((), 0, None)


async def test_one_entry_is_found_by_its_number_or_not_at_all(store: Store, log: AuditLog) -> None:
    await day(store, log)

    found = await store.read(numbered, 3)

    assert found is not None
    assert (found.entry.sequence, found.asked["request_id"]) == (3, "request-1")
    assert await store.read(numbered, 7) is None
