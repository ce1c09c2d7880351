"""What is written has the next number, and what is refused is told so to the letter."""

import errno
from collections.abc import Iterator, Sequence
from dataclasses import replace
from threading import Event, current_thread

import pytest
from sqlalchemy import update

from gateway.audit.acts import Disclosed, Entry, SignInFailed, entry_of
from gateway.audit.entries import (
    entries_after,
    entries_between,
    latest_entries,
    number_entries,
)
from gateway.audit.group_commit import GroupCommit
from gateway.audit.log import AuditLog
from gateway.errors import (
    AgreementEndedError,
    AuditUnavailableError,
    LaterEntryError,
    PolicyChangedError,
)
from gateway.store.engine import Store, open_store
from gateway.store.policies import activate_policy
from gateway.store.sessions import Writing
from gateway.store.tables import audit_entry
from tests.audit.kept_logs import kept_log
from tests.store_factories import NOW, SIGNED_OUT, asked, disclosed, open_log

ENTRY = entry_of(SIGNED_OUT)
NOTHING_DONE = "the audit did not answer: nothing was done"


def entry(decided_under: str | None, *rests_on: str) -> Entry:
    return replace(ENTRY, decided_under=decided_under, rests_on=rests_on)


@pytest.fixture
def sqlite_store(sqlite_url: str) -> Iterator[Store]:
    opened = open_store(sqlite_url)
    yield opened
    opened.close()


# Numbers and refusals


def test_entries_are_numbered_after_the_last_and_a_refused_one_takes_no_number():
    entries = [entry(None), entry("old"), entry("new", "ended"), entry("new", "other"), entry(None)]

    first, policy, agreement, *last = number_entries(entries, 7, "new", frozenset({"ended"}))

    assert (first, last) == (8, [9, 10])
    assert isinstance(policy, PolicyChangedError)
    assert str(policy) == "another policy is active: decide again"
    assert isinstance(agreement, AgreementEndedError)
    assert str(agreement) == "an agreement has ended: decide again"


def test_without_an_active_policy_only_what_rests_on_none_is_numbered():
    [refused, numbered] = number_entries([entry("v"), entry(None)], 0, None, frozenset())

    assert (type(refused), numbered) == (PolicyChangedError, 1)


def test_entries_are_listed_from_either_end():
    with kept_log(9, ()) as reading:
        reading.connection.execute(
            update(audit_entry).where(audit_entry.c.sequence == 5).values(body=None)
        )

        assert numbers(entries_after(reading, 3, 2)) == [4, 6]
        assert numbers(latest_entries(reading, 3, audit_entry.c.sequence < 7)) == [6, 4, 3]
        assert numbers(entries_between(reading, 4, 6)) == [4, 6]


def numbers(entries: Sequence[object]) -> list[int]:
    return [each.sequence for each in entries]  # type: ignore[attr-defined]


def test_an_entry_of_a_later_version_is_told_of():
    with kept_log(1, (), action="foretold") as reading:
        with pytest.raises(LaterEntryError) as told_of:
            entries_between(reading, 1, 1)

        assert str(told_of.value) == "an entry of a kind that this version does not know"


@pytest.mark.parametrize("event", [SignInFailed(NOW, "no-code"), asked(1), disclosed(2)])
def test_an_event_is_found_by_what_it_names(event: object):
    found = entry_of(event)  # type: ignore[arg-type]

    is_asked, is_decided = event == asked(1), not isinstance(event, SignInFailed)
    assert found.decided_under == ("v" * 64 if is_asked else None)
    assert found.patient == ("p" * 36 if is_decided else None)
    assert found.decision_id == getattr(event, "decision_id", None)


def test_an_access_rests_on_the_agreements_that_it_names():
    assert entry_of(asked(1, agreements=("a", "b"))).rests_on == ("a", "b")
    assert entry_of(disclosed(1)).rests_on == ()


def test_who_an_entry_is_found_by_is_escaped():
    event = replace(disclosed(1, "p\n"), user_id="u\n")
    assert isinstance(event, Disclosed)

    found = entry_of(event)

    assert (found.patient, found.user_id) == ("p\\n", "u\\n")


# Waiting for the disk


async def test_whoever_cannot_be_written_is_told_that_nothing_was_done():
    def write(_entries: Sequence[Entry]) -> list[int]:
        raise OSError(errno.ENOSPC, "full")

    group = GroupCommit(write)
    with pytest.raises(AuditUnavailableError) as refused:
        await group.join(ENTRY)
    group.close()

    assert str(refused.value) == "the audit entry could not be made durable: nothing was done"
    assert isinstance(refused.value.__cause__, OSError)


async def test_whoever_comes_too_late_is_asked_to_try_again():
    group = GroupCommit(lambda _entries: [1])
    assert await group.join(ENTRY) == 1
    assert group._thread is not None
    assert (group._thread.name, group._thread.daemon) == ("audit", True)
    group.close()

    with pytest.raises(AuditUnavailableError) as refused:
        group.join(ENTRY)

    assert str(refused.value) == "the audit takes no more entries now: try again"
    assert not group._thread.is_alive()


async def test_as_many_wait_as_are_allowed_and_no_more():
    begun, let = Event(), Event()

    def write(entries: Sequence[Entry]) -> list[int]:
        begun.set()
        let.wait()
        return [1] * len(entries)

    group = GroupCommit(write, waiting_limit=2)
    answers = [group.join(ENTRY)]
    begun.wait()
    answers += [group.join(ENTRY), group.join(ENTRY)]
    with pytest.raises(AuditUnavailableError):
        group.join(ENTRY)
    let.set()

    assert [await each for each in answers] == [1, 1, 1]
    group.close()


async def test_an_audit_that_does_not_answer_says_so(sqlite_store: Store):
    async with (
        open_log(sqlite_store) as holder,
        open_log(sqlite_store, deadline_seconds=0.02) as log,
        holder.recorded(SIGNED_OUT),
    ):
        with pytest.raises(AuditUnavailableError) as appended:
            await log.append(SIGNED_OUT)
        with pytest.raises(AuditUnavailableError) as recorded:
            await in_turn(log)

    assert (str(appended.value), str(recorded.value)) == (NOTHING_DONE, NOTHING_DONE)


async def in_turn(log: AuditLog) -> None:
    async with log.recorded(SIGNED_OUT):
        raise AssertionError("its turn never came")


async def test_an_act_that_the_database_refuses_was_not_done(sqlite_store: Store):
    async with open_log(sqlite_store) as log:
        with pytest.raises(AuditUnavailableError) as refused:
            async with log.recorded(SIGNED_OUT) as session:
                await session.do(activate_policy, "never-saved", NOW, 0)
        assert str(refused.value) == "the act could not be recorded: nothing was done"
        assert await log.append(SIGNED_OUT) == 1


async def test_every_step_of_an_act_runs_in_the_one_thread_for_them(sqlite_store: Store):
    def thread(_writing: Writing, step: int, *, more: int) -> tuple[str, int]:
        return current_thread().name, step + more

    async with open_log(sqlite_store) as log, log.recorded(SIGNED_OUT) as session:
        done = [await session.do(thread, step, more=10) for step in range(3)]

    assert done == [("effects_0", 10), ("effects_0", 11), ("effects_0", 12)]
