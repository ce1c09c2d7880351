import asyncio

import pytest

from adapters.contract import Outcome
from adapters.simulators.faults import CONSULTED, FaultKind
from tests.adapters.stub_source import answer, stub_source
from tests.contract.adapters_under_contract import ADAPTERS, PERSON, STRANGER, running

FAILURES = frozenset(
    {Outcome.TIMED_OUT, Outcome.REFUSED, Outcome.MALFORMED, Outcome.FAILED, Outcome.WITHHELD}
)
FAULTS = [kind for kind in FaultKind if kind not in CONSULTED]
SLOW = {FaultKind.HANG, FaultKind.DRIP}
LARGE = {FaultKind.GZIP_BOMB, FaultKind.TOO_LARGE, FaultKind.ENDLESS}


@pytest.fixture(scope="module")
def anyio_backend():
    return "asyncio"


@pytest.fixture(scope="module", params=ADAPTERS)
async def started(request):
    async with running(ADAPTERS[request.param]) as source:
        yield source


@pytest.fixture
def source(started):
    started.faults.clear()
    return started


async def test_a_known_person_has_data_that_names_them(source):
    async with source.asking() as ask:
        said = await ask(PERSON)

    assert said.outcome is Outcome.DATA
    assert any(PERSON.digits.encode() in body for body in said.bodies)


async def test_equal_questions_get_equal_answers(source):
    async with source.asking() as ask:
        first, second = await ask(PERSON), await ask(PERSON)

    assert first.outcome is second.outcome
    assert len(first.bodies) == len(second.bodies)


async def test_a_stranger_has_no_data(source):
    async with source.asking() as ask:
        said = await ask(STRANGER)

    assert said.outcome in {Outcome.EMPTY, Outcome.REFUSED}
    assert said.bodies == ()


@pytest.mark.parametrize("fault", FAULTS)
async def test_so_08_to_11_a_broken_source_is_a_failure_and_never_empty(source, fault):
    source.faults.set(fault)
    async with source.asking(deadline=0.2 if fault in SLOW else 30.0) as ask:
        said = await ask(PERSON)

    assert said.outcome in FAILURES
    assert said.bodies == ()


@pytest.mark.parametrize("fault", sorted(set(FAULTS) - LARGE))
async def test_a_broken_source_never_denies_that_a_person_exists(source, fault):
    source.faults.set(fault)
    async with source.asking(deadline=0.1 if fault in SLOW else 30.0) as ask:
        said = await ask(STRANGER)

    assert said.outcome in FAILURES


@pytest.mark.parametrize("fault", sorted(SLOW))
async def test_so_10_a_slow_source_is_left_at_the_deadline(source, fault):
    source.faults.set(fault)
    async with source.asking(deadline=0.1) as ask:
        async with asyncio.timeout(10):
            said = await ask(PERSON)

    assert said.outcome in FAILURES


async def test_so_08_a_redirect_is_never_followed(source):
    async with stub_source(answer(b"{}")) as elsewhere:
        source.faults.set(FaultKind.REDIRECT, target=elsewhere.url)
        async with source.asking() as ask:
            await ask(PERSON)

    assert elsewhere.connections == 0


async def test_a_source_that_recovers_is_read_again(source):
    async with source.asking() as ask:
        source.faults.set(FaultKind.ERROR_500)
        await ask(PERSON)
        source.faults.clear()
        said = await ask(PERSON)

    assert said.outcome is Outcome.DATA


async def test_so_20_a_source_that_keeps_failing_is_left_alone(source):
    async with source.asking() as ask:
        source.faults.set(FaultKind.ERROR_500)
        for _ in range(5):
            await ask(PERSON)
        source.faults.clear()
        said = await ask(PERSON)

    assert said.outcome is Outcome.FAILED


async def test_av_12_a_caller_who_leaves_is_let_go_at_once(source):
    source.faults.set(FaultKind.HANG)
    async with source.asking() as ask:
        task = asyncio.create_task(ask(PERSON))
        await asyncio.sleep(0.02)
        task.cancel()
        async with asyncio.timeout(10):
            with pytest.raises(asyncio.CancelledError):
                await task


async def test_nothing_about_the_person_is_logged(source, caplog):
    caplog.set_level("DEBUG")
    async with source.asking() as ask:
        await ask(PERSON)
        source.faults.set(FaultKind.MALFORMED_JSON)
        await ask(PERSON)

    # The simulator's server logs what it is asked: it stands for the source, not for us.
    ours = [one.getMessage() for one in caplog.records if not one.name.startswith("uvicorn")]
    assert all(PERSON.digits not in line for line in ours)


@pytest.mark.parametrize("fault", [FaultKind.BAD_PAGING, FaultKind.BAD_PAGING_LOOP])
@pytest.mark.parametrize("name", ["hospital", "hospital by search", "ambulance"])
async def test_so_14_bad_paging_is_failed_with_what_came_before_kept(name, fault):
    async with running(ADAPTERS[name]) as paged:
        paged.faults.set(fault)
        async with paged.asking() as ask:
            said = await ask(PERSON)

    assert said.outcome is Outcome.FAILED
    assert said.bodies != ()


async def test_so_01_pds_telling_of_somebody_else_is_unavailable():
    async with running(ADAPTERS["pds"]) as mixed_up:
        mixed_up.faults.set(FaultKind.WRONG_PATIENT)
        async with mixed_up.asking() as ask:
            said = await ask(PERSON)

    assert said.outcome is Outcome.FAILED
