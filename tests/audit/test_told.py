"""Entries are read back each beside the row A of its decision."""

from uuid import UUID

from gateway.audit.acts import AuditEvent, SignInFailed
from gateway.audit.entries import entries_between
from gateway.audit.log import AuditLog
from gateway.audit.told import Told, told_with_row_a
from gateway.store.engine import Store
from gateway.store.sessions import Reading
from tests.store_factories import NOW, activate, asked, disclosed


async def read_back(store: Store, log: AuditLog, *events: AuditEvent) -> list[Told]:
    await activate(log)
    for event in events:
        await log.append(event)
    return list(await store.read(_told))


def _told(reading: Reading) -> tuple[Told, ...]:
    return told_with_row_a(reading, entries_between(reading, 2, 99))


async def test_a_row_b_stands_beside_its_row_a_and_a_row_a_beside_itself(
    store: Store, log: AuditLog
) -> None:
    row_a, row_b = await read_back(store, log, asked(1), disclosed(1))

    assert row_a.asked == row_a.fields == row_b.asked
    assert row_a.asked["request_id"] == "request-1"
    assert (row_b.fields["outcome"], row_b.entry.sequence) == ("disclosed", 3)


async def test_each_row_b_has_the_row_a_of_its_own_decision(store: Store, log: AuditLog) -> None:
    events = (asked(1), asked(2), disclosed(2), disclosed(1))

    found = await read_back(store, log, *events)

    assert [each.asked["request_id"] for each in found] == [
        *("request-1", "request-2", "request-2", "request-1"),
    ]


async def test_a_row_b_without_a_row_a_and_an_entry_of_no_decision_stand_alone(
    store: Store, log: AuditLog
) -> None:
    found = await read_back(store, log, asked(1), disclosed(7), SignInFailed(NOW, " ", "u1"))

    assert [dict(each.asked) for each in found[1:]] == [{}, {}]
    assert found[1].entry.decision_id == UUID(int=7)
    assert (found[2].fields["reason"], found[2].fields["user_id"]) == (None, "u1")
