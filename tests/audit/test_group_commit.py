import asyncio
from collections.abc import Sequence
from threading import Event, Thread

import pytest

from gateway.audit.acts import Entry, entry_of
from gateway.audit.group_commit import GROUP_LIMIT, GroupCommit
from gateway.errors import AuditUnavailableError
from tests.store_factories import SIGNED_OUT

ENTRY = entry_of(SIGNED_OUT)


class Disk:
    """Writes a group each time it is let, and keeps the sizes."""

    def __init__(self) -> None:
        self.begun, self.let = Event(), Event()
        self.sizes: list[int] = []

    def write(self, entries: Sequence[Entry]) -> list[int]:
        self.begun.set()
        self.let.wait()
        self.sizes.append(len(entries))
        return list(range(len(entries)))


async def test_what_comes_during_a_commit_shares_the_next_ones() -> None:
    disk = Disk()
    group = GroupCommit(disk.write)
    answers = [group.join(ENTRY)]
    await asyncio.to_thread(disk.begun.wait)

    answers += [group.join(ENTRY) for _ in range(GROUP_LIMIT + 3)]
    disk.let.set()
    await asyncio.gather(*answers)

    assert disk.sizes == [1, GROUP_LIMIT, 3]
    group.close()


async def test_whatever_fails_refuses_the_group_and_the_next_one_is_served() -> None:
    failures: list[Exception] = [RuntimeError("a fault of the writer itself")]

    def write(entries: Sequence[Entry]) -> list[int]:
        if failures:
            raise failures.pop()
        return [1]

    group = GroupCommit(write)

    with pytest.raises(AuditUnavailableError) as refused:
        await group.join(ENTRY)
    assert isinstance(refused.value.__cause__, RuntimeError)
    assert await group.join(ENTRY) == 1
    group.close()


def test_a_caller_whose_loop_is_gone_does_not_stop_the_writer() -> None:
    disk = Disk()
    group = GroupCommit(disk.write)

    async def leave() -> None:
        group.join(ENTRY)
        await asyncio.to_thread(disk.begun.wait)

    async def stay() -> int:
        return await group.join(ENTRY)

    asyncio.run(leave())
    disk.let.set()

    assert asyncio.run(stay()) == 0
    group.close()


def test_callers_of_two_loops_each_get_their_answer() -> None:
    disk = Disk()
    group = GroupCommit(disk.write)
    answers: list[int] = []

    async def ask() -> None:
        answers.append(await group.join(ENTRY))

    callers = [Thread(target=asyncio.run, args=(ask(),)) for _ in range(2)]
    for caller in callers:
        caller.start()
    disk.let.set()
    for caller in callers:
        caller.join()

    assert len(answers) == sum(disk.sizes) == 2
    group.close()
