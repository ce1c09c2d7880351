"""What the radar finds is put before the privacy officers, each once, on record."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import orjson
import pytest

from gateway.audit.acts import AuditAction, Decision
from gateway.audit.entries import entries_between
from gateway.audit.words import AskedAct
from gateway.patient.radar import BY, LOOKS_BACK, Radar
from gateway.store.privacy_alerts import open_privacy_alerts, settle_privacy_alert
from gateway.store.radar_hits import RuleOutcomes, radar_hits_of, rule_outcomes
from gateway.store.words import AlertKind, AlertOutcome
from tests.store_factories import NOW, SIGNED_OUT, WHO, activate, asked

HOUR = timedelta(hours=1)
PATIENT = "p" * 36


@pytest.fixture
async def active(log):
    await activate(log)
    return log


def radar(log, store, now=NOW):
    return Radar(store, log, lambda: now, uuid4)


async def looks(log, number, *, marks="own-record", **changes):
    await log.append(replace(asked(number), details={"marks": marks}, **changes))


async def waiting(store):
    return await store.read(open_privacy_alerts, 100)


async def settle(log, alert, outcome=AlertOutcome.JUSTIFIED, at=NOW):
    async with log.recorded(SIGNED_OUT) as session:
        await session.do(settle_privacy_alert, alert.id, outcome, at, "officer")


async def test_an_access_that_looks_like_snooping_becomes_an_alert(active, store):
    await looks(active, 1)
    await looks(active, 2, marks="", at=NOW + HOUR, act=AskedAct.SEARCH)

    assert await radar(active, store, NOW + 2 * HOUR).sweep() == 1

    [alert] = await waiting(store)
    assert (alert.kind, alert.decision_id) == (AlertKind.RADAR, UUID(int=2))
    assert (alert.patient, alert.user_id, alert.user_name) == (PATIENT, WHO.user_id, WHO.name)
    assert (alert.role, alert.organisation, alert.tell) == (WHO.role, "F84004", ("F84004",))
    assert (alert.act, alert.purpose, alert.refusal) == ("search", "TREAT", None)
    assert (alert.reason_code, alert.basis) == (None, None)
    assert alert.raised_at == NOW + 2 * HOUR
    assert alert.due_at == NOW + timedelta(days=7, hours=2)


async def test_an_alert_says_why_and_is_on_record_about_nobodys_record(active, store):
    await looks(active, 1)
    await radar(active, store).sweep()

    [alert] = await waiting(store)
    hits = (await store.read(radar_hits_of, [alert.id]))[alert.id]
    assert [(hit.rule, hit.accesses) for hit in hits] == [("look-and-leave", 1), ("own-record", 1)]
    assert hits[1].why == "Monday 2 March, 09:30. It is their own record."
    [entry] = [
        each
        for each in await store.read(entries_between, 1, 99)
        if each.action is AuditAction.RADAR_ALERT_RAISED
    ]
    said = orjson.loads(entry.body)
    assert (entry.patient, entry.user_id, said["subject"]) == (None, BY, WHO.user_id)
    assert (said["alert"], said["rules"]) == (str(alert.id), ["own-record", "look-and-leave"])
    assert said["accesses"] == 1


async def test_a_refused_attempt_is_told_with_its_refusal(active, store):
    refused = {"decision": Decision.REFUSED, "reason": "no-relationship"}
    await looks(active, 1, marks="", **refused)
    await radar(active, store).sweep()

    [alert] = await waiting(store)
    assert alert.refusal == "no-relationship"


async def test_what_is_told_is_not_told_again_while_it_waits(active, store):
    await looks(active, 1)
    await radar(active, store).sweep()
    await looks(active, 2, at=NOW + HOUR)

    assert await radar(active, store, NOW + 2 * HOUR).sweep() == 0
    assert len(await waiting(store)) == 1


async def test_once_it_is_settled_only_what_came_after_is_told(active, store):
    await looks(active, 1)
    await radar(active, store).sweep()
    [alert] = await waiting(store)
    await settle(active, alert)

    assert await radar(active, store, NOW + HOUR).sweep() == 0
    await looks(active, 2, at=NOW + HOUR)
    assert await radar(active, store, NOW + 2 * HOUR).sweep() == 1


async def test_each_user_and_each_person_is_told_of_apart(active, store):
    await looks(active, 1)
    await looks(active, 2, patient="q" * 36)
    await looks(active, 3, who=replace(WHO, user_id="u2"))

    assert await radar(active, store).sweep() == 3
    assert await radar(active, store).sweep() == 0


async def test_a_serial_search_is_told_about_nobody_and_once(active, store):
    for number in range(1, 7):
        at = NOW + number * timedelta(minutes=1)
        await looks(active, number, marks="", at=at, act=AskedAct.FIND, patient=None)

    assert await radar(active, store, NOW + HOUR).sweep() == 1
    assert await radar(active, store, NOW + HOUR).sweep() == 0
    [alert] = await waiting(store)
    assert (alert.patient, alert.act) == (None, "find")


async def test_sweeps_at_the_same_time_tell_each_thing_once(active, store):
    for number in range(1, 5):
        await looks(active, number, patient=f"{number}" * 36)

    told = await asyncio.gather(*(radar(active, store).sweep() for _ in range(4)))

    assert sum(told) == len(await waiting(store)) == 4


async def test_what_is_too_long_ago_is_not_told(active, store):
    await looks(active, 1)

    assert await radar(active, store, NOW + LOOKS_BACK + HOUR).sweep() == 0


async def test_what_officers_found_is_counted_by_rule(active, store):
    marks = ("own-record", "own-record same-surname", "own-record colleague", "own-record")
    for number, each in enumerate(marks, start=1):
        await looks(active, number, marks=each, patient=f"{number}" * 36)
    await radar(active, store).sweep()
    alerts = {each.patient[0]: each for each in await waiting(store)}
    for name, outcome in zip("123", AlertOutcome, strict=True):
        await settle(active, alerts[name], outcome)

    assert await store.read(rule_outcomes) == (
        RuleOutcomes("colleague", 1, 0, 1),
        RuleOutcomes("look-and-leave", 4, 1, 2),
        RuleOutcomes("own-record", 4, 1, 2),
        RuleOutcomes("same-surname", 1, 0, 1),
    )
