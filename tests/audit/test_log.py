import asyncio
from datetime import datetime, timedelta
from threading import Event
from uuid import UUID

import pytest
from sqlalchemy import event

from gateway.audit.entries import entries_about, entries_between, entries_of_decision
from gateway.audit.log import AuditLog, _give_up
from gateway.errors import AgreementEndedError, AuditUnavailableError, PolicyChangedError
from gateway.store.agreements import Agreement, Terms, add_agreement
from gateway.store.engine import Store
from gateway.store.objections import EVERY_SOURCE, Objection, objections_of, record_objection
from gateway.store.policies import activate_policy, active_policy
from gateway.store.words import ObjectionExceptions
from tests.store_factories import KEY, NOW, SIGNED_OUT, activate, asked, disclosed, open_log


def agreement(name: str, ends_at: datetime) -> Agreement:
    terms = Terms(name, frozenset(), frozenset(), NOW - timedelta(days=1), ends_at)
    return Agreement(terms, ("F84004", "RRV"), NOW, "contact", "document", NOW)


OBJECTION = Objection(KEY, EVERY_SOURCE, ObjectionExceptions.NONE, NOW)


async def test_entries_are_numbered_in_one_line_and_read_back(store: Store, log: AuditLog) -> None:
    await activate(log)

    assert await log.append(asked(1)) == 2
    assert await log.append(disclosed(1)) == 3

    first, second = await store.read(entries_of_decision, UUID(int=1))
    assert (first.sequence, first.action, second.action) == (2, "asked", "disclosed")
    assert (first.recorded_at, first.user_id, first.patient) == (NOW, "u1", "p" * 36)
    assert await store.read(entries_about, ("p" * 36,), 3) == (first, second)


async def test_callers_that_wait_share_commits_and_leave_no_gap(
    store: Store, log: AuditLog
) -> None:
    await activate(log)

    numbers = await asyncio.gather(*(log.append(asked(number)) for number in range(300)))

    assert sorted(numbers) == list(range(2, 302))
    kept = await store.read(entries_between, 1, 1000)
    assert [entry.sequence for entry in kept] == list(range(1, 302))


async def test_a_decision_under_an_older_policy_is_refused_and_its_group_stands(
    store: Store, log: AuditLog
) -> None:
    await activate(log)
    await activate(log, "w" * 64, expected_generation=1)

    old, new = await asyncio.gather(
        log.append(asked(1)), log.append(asked(2, version="w" * 64)), return_exceptions=True
    )

    assert isinstance(old, PolicyChangedError)
    assert new == 3
    assert await store.read(entries_of_decision, UUID(int=1)) == ()


async def test_a_decision_under_an_agreement_that_has_ended_is_refused_and_its_group_stands(
    store: Store, log: AuditLog
) -> None:
    await activate(log)
    async with log.recorded(SIGNED_OUT) as session:
        for name, ends_at in (("ended", NOW), ("standing", NOW + timedelta(seconds=1))):
            await session.do(add_agreement, agreement(name, ends_at))

    verdicts = await asyncio.gather(
        *(
            log.append(asked(number, agreements=names))
            for number, names in enumerate([("standing", "ended"), ("standing",), ()], 1)
        ),
        return_exceptions=True,
    )

    assert isinstance(verdicts[0], AgreementEndedError)
    assert verdicts[1:] == [3, 4]
    assert await store.read(entries_of_decision, UUID(int=1)) == ()


async def test_nothing_can_be_decided_before_a_policy_is_active(
    store: Store, log: AuditLog
) -> None:
    with pytest.raises(PolicyChangedError):
        await log.append(asked(1))

    assert await store.read(entries_between, 1, 10) == ()


async def test_numbers_rise_though_the_clock_goes_back(store: Store) -> None:
    instants = iter([NOW, NOW - timedelta(hours=1)])
    log = AuditLog(store, lambda: next(instants))

    assert [await log.append(SIGNED_OUT), await log.append(SIGNED_OUT)] == [1, 2]
    await log.aclose()


async def test_a_cancelled_caller_leaves_its_event_recorded_and_the_group_whole(
    store: Store, log: AuditLog
) -> None:
    cancelled = asyncio.create_task(log.append(disclosed(1)))
    waiting = asyncio.create_task(log.append(disclosed(2)))
    await asyncio.sleep(0)
    cancelled.cancel()

    assert await waiting in (1, 2)
    assert cancelled.cancelled()
    assert len(await store.read(entries_of_decision, UUID(int=1))) == 1


async def test_more_waiting_entries_than_fit_are_refused(store: Store) -> None:
    begun = Event()
    async with open_log(store, waiting_limit=1) as log, log.recorded(SIGNED_OUT):
        # The writer takes the first entry, and cannot get its turn while an act is being recorded.
        event.listen(store.writes, "checkout", lambda *_: begun.set())
        writing = asyncio.create_task(log.append(SIGNED_OUT))
        await asyncio.to_thread(begun.wait)
        waiting = asyncio.create_task(log.append(SIGNED_OUT))
        await asyncio.sleep(0)
        with pytest.raises(AuditUnavailableError, match="no more entries"):
            await log.append(SIGNED_OUT)
        assert not writing.done()
    assert sorted([await writing, await waiting]) == [2, 3]


async def test_an_audit_that_does_not_answer_in_time_refuses(store: Store) -> None:
    # The writers' turn is held, so no deadline is long enough; only the one who waits has a short one.
    async with (
        open_log(store) as holder,
        open_log(store, deadline_seconds=0.05) as log,
        holder.recorded(SIGNED_OUT),
    ):
        with pytest.raises(AuditUnavailableError, match="did not answer"):
            await log.append(SIGNED_OUT)


async def test_an_answer_that_came_with_the_deadline_stands() -> None:
    answer = asyncio.get_running_loop().create_future()
    answer.set_result(1)

    _give_up(answer)

    assert await answer == 1


async def test_a_closed_audit_writes_what_waits_and_refuses_the_rest(store: Store) -> None:
    async with open_log(store) as log:
        waiting = asyncio.create_task(log.append(SIGNED_OUT))
        await asyncio.sleep(0)
    assert await waiting == 1
    with pytest.raises(AuditUnavailableError):
        await log.append(SIGNED_OUT)


async def test_an_audit_that_was_never_used_closes(store: Store) -> None:
    async with open_log(store):
        pass


async def test_an_act_and_its_entry_are_committed_as_one(store: Store, log: AuditLog) -> None:
    async with log.recorded(SIGNED_OUT) as session:
        await session.do(record_objection, OBJECTION)
        assert await store.read(objections_of, KEY) == ()

    assert session.sequence == 1
    assert await store.read(objections_of, KEY) == (OBJECTION,)
    assert len(await store.read(entries_between, 1, 10)) == 1


async def test_an_act_that_fails_is_undone_with_its_entry(store: Store, log: AuditLog) -> None:
    async def act() -> None:
        async with log.recorded(SIGNED_OUT) as session:
            await session.do(record_objection, OBJECTION)
            raise LookupError

    with pytest.raises(LookupError):
        await act()

    assert await store.read(objections_of, KEY) == ()
    assert await store.read(entries_between, 1, 10) == ()
    assert await log.append(SIGNED_OUT) == 1


async def test_a_cancelled_act_is_undone_with_its_entry(store: Store, log: AuditLog) -> None:
    begun, never = asyncio.Event(), asyncio.Event()

    async def act() -> None:
        async with log.recorded(SIGNED_OUT) as session:
            await session.do(record_objection, OBJECTION)
            begun.set()
            await never.wait()

    task = asyncio.create_task(act())
    await begun.wait()
    task.cancel()
    await asyncio.wait([task])

    assert task.cancelled()
    assert await log.append(SIGNED_OUT) == 1
    assert await store.read(objections_of, KEY) == ()


async def test_an_act_cancelled_before_its_turn_gives_the_turn_back(
    store: Store, log: AuditLog
) -> None:
    async def act(other: AuditLog) -> None:
        async with other.recorded(SIGNED_OUT):
            raise AssertionError("its turn never came")

    async with open_log(store) as other:
        async with log.recorded(SIGNED_OUT):
            task = asyncio.create_task(act(other))
            await asyncio.sleep(0.02)
            task.cancel()
            await asyncio.wait([task])
        assert task.cancelled()
        assert await other.append(SIGNED_OUT) == 2


async def test_an_act_whose_turn_does_not_come_in_time_is_refused(store: Store) -> None:
    async with open_log(store) as log, open_log(store, deadline_seconds=0.05) as other:
        async with log.recorded(SIGNED_OUT):
            with pytest.raises(AuditUnavailableError, match="did not answer"):
                async with other.recorded(SIGNED_OUT):
                    raise AssertionError("its turn never came")
        assert await other.append(SIGNED_OUT) == 2


async def test_an_act_decided_under_an_older_policy_is_refused(store: Store, log: AuditLog) -> None:
    await activate(log)

    with pytest.raises(PolicyChangedError):
        async with log.recorded(asked(1, version="older")):
            raise AssertionError("the act must not begin")

    assert len(await store.read(entries_between, 1, 10)) == 1


async def test_a_database_error_inside_an_act_refuses_it_all(store: Store, log: AuditLog) -> None:
    with pytest.raises(AuditUnavailableError):
        async with log.recorded(SIGNED_OUT) as session:
            await session.do(activate_policy, "never-saved", NOW, 0)

    assert await store.read(active_policy) is None
    assert await store.read(entries_between, 1, 10) == ()


async def test_acts_get_their_turn_while_many_callers_append(log: AuditLog) -> None:
    stop = Event()

    async def caller() -> None:
        while not stop.is_set():
            await log.append(SIGNED_OUT)

    callers = [asyncio.create_task(caller()) for _ in range(16)]
    for _ in range(5):
        async with log.recorded(SIGNED_OUT) as session:
            assert session.sequence > 0
    stop.set()
    await asyncio.gather(*callers)
