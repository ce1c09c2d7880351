"""Of the vault: another's, a guessed, an ended request reads as nothing; two at once, a full disk and a withdrawal are safe (DE-06, DE-07)."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from uuid import UUID, uuid4

import pytest
from sqlalchemy import event, text

from adapters.simulators.invention import nhs_numbers
from gateway.errors import ConflictError, NotFoundError, UnavailableError
from gateway.store.engine import Store
from gateway.store.vault_entries import entries_after
from gateway.vault import vault as vault_module
from gateway.vault.reidentifying import Answer
from tests.vault.test_vault import kept
from tests.vault.world import (
    COLLEAGUE,
    DOCTOR,
    GUARDIAN,
    NUMBERS,
    OURS,
    VAULT,
    asker,
    subject,
)


async def another_persons(world) -> UUID:
    return await world.agreed(await world.coded(OURS), COLLEAGUE)


async def a_guess(_world) -> UUID:
    return uuid4()


async def one_that_is_over(world) -> UUID:
    about = await world.agreed(await world.coded(OURS))
    world.pass_(hours=72)
    return about


async def one_that_is_used(world) -> UUID:
    about = await world.agreed(await world.coded(OURS))
    await world.reveal(about)
    return about


async def one_that_was_declined(world) -> UUID:
    about = await world.ask(await world.coded(OURS))
    await world.agree(about, answer=Answer.DECLINED)
    return about


NOT_THEIRS = (
    another_persons,
    a_guess,
    one_that_is_over,
    one_that_is_used,
    one_that_was_declined,
)


async def test_de_06_what_is_not_theirs_to_be_told_reads_as_what_there_is_not(world):
    told = []
    for each in NOT_THEIRS:
        about, before = await each(world), await vault_openings(world)
        with pytest.raises(NotFoundError) as refused:
            await world.reveal(about)
        told.append(str(refused.value))
        assert await vault_openings(world) == before

    assert len(set(told)) == 1


async def test_de_06_what_waits_is_told_without_whom_it_is_about(world):
    coded = await world.coded(OURS)
    await world.ask(coded)

    (found,) = await world.asking.waiting(asker(GUARDIAN))

    assert (found.user_id, found.person) == (DOCTOR.user_id, None)
    assert coded not in repr(found)


async def test_de_07_two_who_use_one_agreement_at_once_are_told_once(world):
    about = await world.agreed(await world.coded(OURS))

    answers = await asyncio.gather(*(world.reveal(about) for _ in range(4)), return_exceptions=True)

    assert answers.count(OURS) == 1
    others = [each for each in answers if each != OURS]
    assert {type(each) for each in others} <= {ConflictError, NotFoundError}
    assert await vault_openings(world) == 1


async def test_de_07_what_is_declined_while_it_is_agreed_to_is_one_of_both(world):
    about = await world.ask(await world.coded(OURS))
    answers = (Answer.APPROVED, Answer.DECLINED)

    done = await asyncio.gather(
        *(world.agree(about, answer=each) for each in answers), return_exceptions=True
    )

    was = {answer for answer, fault in zip(answers, done, strict=True) if fault is None}
    settled = [each["outcome"] for each in await world.entries() if "outcome" in each]
    assert {each.value for each in was} == set(settled)
    if Answer.DECLINED in was:
        with pytest.raises(NotFoundError):
            await world.reveal(about)
    else:
        assert await world.reveal(about) == OURS


async def test_de_07_two_pulls_that_fill_it_at_once_leave_each_person_once(world):
    await world.custody.rotate(VAULT)

    await asyncio.gather(world.fill(NUMBERS[:8]), world.fill(NUMBERS[4:]), return_exceptions=True)
    await world.fill(NUMBERS)

    entries = await kept(world)
    assert [each.subject for each in entries] == sorted(subject(each) for each in NUMBERS)
    assert {each.epoch for each in entries} == {2}


MANY = tuple(islice(nhs_numbers(33), 1_500))


async def test_de_07_a_full_disk_stops_a_filling_and_the_next_one_is_whole(world, monkeypatch):
    monkeypatch.setattr(vault_module, "_PAGE", 100)
    with room_for(world.vault_store, more_pages=12), pytest.raises(UnavailableError):
        await world.fill(MANY)
    entries = await kept_of(world, MANY)
    assert 0 < len(entries) < len(MANY)
    assert len(entries) % 100 == 0

    await world.fill(MANY)

    assert await kept_of(world, MANY) == {subject(each) for each in MANY}
    assert await world.told(await world.coded(OURS)) == OURS


@contextmanager
def room_for(store: Store, more_pages: int) -> Iterator[None]:
    """Let a database grow by so many pages and no more, as on a disk that is nearly full."""
    with store.writes.connect() as connection:
        pages = connection.execute(text("PRAGMA page_count")).scalar_one() + more_pages

    def limited(connection, *_: object) -> None:
        connection.execute(f"PRAGMA max_page_count = {pages}")

    store.writes.dispose()
    event.listen(store.writes, "connect", limited)
    yield
    event.remove(store.writes, "connect", limited)
    store.writes.dispose()


async def kept_of(world, numbers) -> set[bytes]:
    found = await world.vault_store.read(entries_after, b"", 10_000)
    return {each.subject for each in found} & {subject(each) for each in numbers}


async def vault_openings(world) -> int:
    return sum(each["action"] == "vault-opened" for each in await world.entries())
