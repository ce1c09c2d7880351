import asyncio

import pytest

from gateway.access import guarded
from gateway.access.guarded import CallSite, asked, told
from gateway.errors import NotFoundError, UnavailableError

SITES = pytest.mark.parametrize("site", sorted(CallSite))
WRONG = [None, 1, True, (True,), "", [], object(), asyncio.sleep]


async def gives(answer):
    return answer


@SITES
async def test_an_answer_of_the_right_kind_is_taken(site):
    assert await asked(site, lambda: gives("yes"), str) == "yes"
    assert await asked(site, lambda: gives(None), str, type(None)) is None
    assert told(site, lambda: "yes", int, str) == "yes"


@SITES
@pytest.mark.parametrize("answer", WRONG)
async def test_an_answer_of_another_kind_is_a_refusal(site, answer):
    kinds = {dict, set, str} - {type(answer)}

    with pytest.raises(UnavailableError, match=site.value):
        await asked(site, lambda: gives(answer), *kinds)
    with pytest.raises(UnavailableError, match=site.value):
        told(site, lambda: answer, *kinds)


async def test_a_kind_is_exact():
    with pytest.raises(UnavailableError):
        await asked(CallSite.LEVELS, lambda: gives(True), int)
    with pytest.raises(UnavailableError):
        told(CallSite.LEVELS, lambda: True, int)


async def test_no_kind_takes_no_answer():
    with pytest.raises(UnavailableError):
        await asked(CallSite.LEVELS, lambda: gives(None))


def breaks():
    raise ZeroDivisionError("secret detail")


@SITES
async def test_a_fault_is_a_refusal_that_tells_nothing_of_it(site):
    with pytest.raises(UnavailableError) as one:
        await asked(site, breaks, str)
    with pytest.raises(UnavailableError) as other:
        told(site, breaks, str)

    assert "secret" not in f"{one.value}{other.value}"
    assert isinstance(other.value.__cause__, ZeroDivisionError)


def not_found():
    raise NotFoundError("nothing")


async def test_a_failure_that_the_service_names_keeps_its_name():
    with pytest.raises(NotFoundError):
        await asked(CallSite.LEVELS, not_found, str)
    with pytest.raises(NotFoundError):
        told(CallSite.LEVELS, not_found, str)


async def test_a_part_that_is_stuck_is_a_refusal():
    with pytest.raises(UnavailableError):
        await asked(CallSite.POLICY, asyncio.Event().wait, bool, limit_seconds=0.02)


async def test_a_part_is_stuck_after_the_time_of_the_safety_rules(monkeypatch):
    monkeypatch.setattr(guarded, "STUCK_AFTER_SECONDS", 0.02)

    with pytest.raises(UnavailableError):
        await asked(CallSite.POLICY, asyncio.Event().wait, bool)


def test_an_answer_that_comes_too_late_is_none(monkeypatch):
    monkeypatch.setattr(guarded, "STUCK_AFTER_SECONDS", -1.0)

    with pytest.raises(UnavailableError, match="too long"):
        told(CallSite.LEVELS, lambda: "yes", str)


async def test_a_caller_who_goes_away_is_no_fault_of_the_part():
    task = asyncio.ensure_future(asked(CallSite.POLICY, asyncio.Event().wait, bool))
    await asyncio.sleep(0)
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task
