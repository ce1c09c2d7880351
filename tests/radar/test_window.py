"""What the radar goes by is read out of the audit itself."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from gateway.audit.acts import Decision, entry_of
from gateway.audit.entries import AuditEntry, entries_between
from gateway.audit.log import AuditLog
from gateway.audit.radar import window
from gateway.audit.radar.accesses import OPENING, accesses_in
from gateway.audit.radar.window import accesses_since
from gateway.audit.words import AskedAct, Mark
from tests.store_factories import NOW, SIGNED_OUT, WHO, activate, asked, disclosed


def row(number, **changes):
    return replace(asked(number), **changes)


def entries_of(*events):
    """Give events as they are read back."""
    return [
        AuditEntry(place, entry.action, entry.decision_id, NOW, entry.patient, "u1", entry.body)
        for place, entry in enumerate(map(entry_of, events), start=1)
    ]


MINUTE = timedelta(minutes=1)
PATIENT = "p" * 36


@pytest.fixture
async def active(log: AuditLog) -> AuditLog:
    await activate(log)
    return log


async def test_an_access_is_read_as_it_was_recorded(active, store):
    refused = {"decision": Decision.REFUSED, "reason": "no-relationship"}
    await active.append(row(1, details={"marks": "colleague same-surname"}, **refused))

    [access] = await accesses_since(store, NOW - MINUTE)

    assert (access.decision_id, access.at, access.patient) == (UUID(int=1), NOW, PATIENT)
    assert (access.user_id, access.user_name) == (WHO.user_id, WHO.name)
    assert (access.role, access.organisation) == (WHO.role, WHO.organisation)
    assert (access.act, access.purpose) == (AskedAct.VIEW, "TREAT")
    assert (access.is_allowed, access.reason) == (False, "no-relationship")
    assert access.marks == {Mark.COLLEAGUE, Mark.SAME_SURNAME}


@pytest.mark.parametrize("act", AskedAct)
def test_openings_and_look_ups_are_read_and_nothing_else(act):
    found = accesses_in(entries_of(SIGNED_OUT, row(1, act=act)))

    assert [each.act for each in found] == ([act] if act in {*OPENING, AskedAct.FIND} else [])
    assert [each.is_find for each in found] == [each.act is AskedAct.FIND for each in found]
    assert all(each.is_allowed and each.marks == frozenset() for each in found)


@pytest.mark.parametrize(
    ("of_number", "shown", "patient"),
    [
        (PATIENT, [PATIENT], PATIENT),
        (None, ["q" * 36], "q" * 36),
        (None, ["q" * 36, "r" * 36], None),
        (None, [None], None),
        (None, [], None),
    ],
)
def test_a_look_up_is_of_whom_alone_it_found(of_number, shown, patient):
    rows_b = [replace(disclosed(1), patient=each) for each in shown]

    [access] = accesses_in(
        entries_of(row(1, act=AskedAct.FIND, patient=of_number), *rows_b, disclosed(2))
    )

    assert access.patient == patient


async def test_accesses_come_in_order_of_time(active, store):
    for number, minutes in ((1, 5), (2, 3), (3, 3)):
        await active.append(row(number, at=NOW + minutes * MINUTE))

    found = await accesses_since(store, NOW - MINUTE)
    backwards = accesses_in(reversed(await store.read(entries_between, 1, 99)))

    assert [each.decision_id.int for each in found] == [2, 3, 1]
    assert found == backwards


@pytest.mark.parametrize("at_once", [1, 2, 3, 4, 1_000])
async def test_the_last_days_are_read_whatever_the_size_of_a_part(
    active, store, monkeypatch, at_once
):
    monkeypatch.setattr(window, "AT_ONCE", at_once)
    for number in (1, 2, 3):
        await active.append(asked(number))
    await active.append(SIGNED_OUT)

    assert len(await accesses_since(store, NOW)) == 3
    assert await accesses_since(store, NOW + MINUTE) == ()


async def test_an_empty_audit_holds_no_access(store):
    assert await accesses_since(store, NOW) == ()
