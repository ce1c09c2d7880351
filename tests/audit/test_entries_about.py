"""All that is about a person is read back: under every id of theirs, and searches that named nobody with them."""

from dataclasses import replace

import pytest
from sqlalchemy import update

from gateway.audit.entries import entries_about
from gateway.audit.log import AuditLog
from gateway.errors import LaterEntryError
from gateway.store.engine import Store
from gateway.store.tables import audit_entry
from tests.store_factories import activate, asked, disclosed


async def test_all_that_is_about_a_person_is_read_back_under_every_id_of_theirs(
    store: Store, log: AuditLog
) -> None:
    await activate(log)
    for each in (asked(1), disclosed(1), replace(asked(2), patient="q" * 36), disclosed(3, "r")):
        await log.append(each)

    found = await store.read(entries_about, ("p" * 36, "q" * 36), 5)

    assert [each.sequence for each in found] == [2, 3, 4]
    assert await store.read(entries_about, ("p" * 36,), 2) == found[:1]
    assert await store.read(entries_about, (), 5) == ()


async def test_a_search_that_names_nobody_is_about_each_person_that_it_showed(
    store: Store, log: AuditLog
) -> None:
    await activate(log)
    search = (replace(asked(1), patient=None), disclosed(1), disclosed(1, "q" * 36))
    for each in (*search, replace(asked(2), patient=None), disclosed(2, "r" * 36)):
        await log.append(each)

    first = await store.read(entries_about, ("p" * 36,), 9)
    other = await store.read(entries_about, ("q" * 36,), 9)

    assert [each.sequence for each in first] == [2, 3]
    assert [each.sequence for each in other] == [2, 4]


async def test_what_stands_without_a_decision_is_about_a_person_all_the_same(
    store: Store, log: AuditLog
) -> None:
    await activate(log)
    await log.append(asked(1))
    with store.writes.begin() as connection:
        connection.execute(update(audit_entry).values(decision_id=None))

    found = await store.read(entries_about, ("p" * 36,), 9)

    assert [each.sequence for each in found] == [2]


async def test_an_entry_of_a_later_version_is_not_passed_over_in_silence(
    store: Store, log: AuditLog
) -> None:
    await activate(log)
    await log.append(asked(1))
    with store.writes.begin() as connection:
        connection.execute(update(audit_entry).values(kind="of-a-later-version"))

    with pytest.raises(LaterEntryError):
        await store.read(entries_about, ("p" * 36,), 9)
