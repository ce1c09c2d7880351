"""A source's clock is wrong, or its answer is old (SO-19): times are shown as given, and age is told.

A source states how old its answer is by the Bundle's `meta.lastUpdated` or by HTTP's Age (RFC 9111).
"""

from collections.abc import Callable
from datetime import timedelta, timezone
from typing import Any

import pytest

from gateway.wiring import now
from tests.adapters.stub_source import Asked, response
from tests.adapters.stub_source import answer as says
from tests.safety.hostile_source import Json, encounter, patient_like, refer, searchset
from tests.safety.siege import ASKED_ABOUT, DOCTOR, Siege, last_row_b
from tests.stack import Bundle
from tests.web.visitor import Visitor

OWN = refer("Patient/p1")
ODD_TIMES = (
    "1970-01-01T00:00:00Z",
    "0001-01-01T00:00:00Z",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-12:00",
    "2199-12-31T23:59:59.999999999+14:00",
    "9999-12-31T23:59:59Z",
    "2024-02-30T00:00:00Z",
    "2024-03-31T01:30:00+00:00",
    "2016-12-31T23:59:60Z",
    "2024-01-01T24:00:00Z",
    "2024-01-01T00:00:00",
    "2024-01-01",
    "2024-13",
    "2024",
    "yesterday",
    "",
)


def at_odd_times() -> list[Json]:
    return [
        encounter(
            f"e{number}",
            OWN,
            f"at odd time {number}",
            period={"start": time, "end": time},
            meta={"lastUpdated": time},
        )
        for number, time in enumerate(ODD_TIMES)
    ]


async def test_so_19_times_are_shown_as_given(siege: Siege):
    answer = await siege.asked(patient_like(siege.person), *at_odd_times())

    told = {each["type"][0]["text"]: each for each in answer.of("Encounter", "hospital")}
    assert len(told) == len(ODD_TIMES)
    for number, time in enumerate(ODD_TIMES):
        item = told[f"at odd time {number}"]
        assert item["period"] == {"start": time, "end": time}
        assert item["meta"]["lastUpdated"] == time


async def test_so_19_the_order_of_odd_times_is_the_same_every_time(siege: Siege):
    first = await siege.asked(patient_like(siege.person), *at_odd_times())
    again = await siege.asked()
    pages = [await encounters_of_page(siege) for _ in range(2)]

    assert [each["id"] for each in first.resources] == [each["id"] for each in again.resources]
    assert pages[0] == pages[1]
    assert len(pages[0]) == len(ODD_TIMES)


async def encounters_of_page(siege: Siege) -> list[str]:
    visitor = Visitor(siege.stack)
    await visitor.sign_in(DOCTOR)
    page = (await visitor.client.get(f"/patient/{siege.stack.patient(ASKED_ABOUT)}")).text
    return [word for word in page.replace("<", ">").split(">") if word.startswith("at odd time")]


def stating(siege: Siege, time: str, **headers: str) -> Callable[..., Any]:
    """Let every Bundle of the hospital say when it was made."""
    held = [patient_like(siege.person), encounter("e1", OWN, "seen")]

    async def states(asked: Asked, writer: Any) -> None:
        kind = asked.path.removeprefix("/fhir/")
        found = searchset(each for each in held if each["resourceType"] == kind)
        stated = {"meta": {"lastUpdated": time}} if time else {}
        await says({**found, **stated}, **headers)(asked, writer)

    return states


def stated_ages(answer: Bundle) -> str:
    return str([issue for issue in answer.issues if issue[0]["diagnostics"].startswith("hospital")])


HOURS = timedelta(hours=3)


@pytest.mark.parametrize("time", ["1970-01-01T00:00:00Z", "three hours ago", "three hours east"])
async def test_so_19_an_answer_that_says_it_is_old_is_shown_and_flagged(siege: Siege, time: str):
    then = (now() - HOURS).replace(microsecond=0)
    east = then.astimezone(timezone(timedelta(hours=8)))
    stated = {"three hours ago": then.isoformat(), "three hours east": east.isoformat()}
    siege.hostile.misbehaves = stating(siege, stated.get(time, time))

    answer = await siege.asked()

    assert (answer.outcomes["hospital"], answer.is_complete) == ("stale", "false")
    assert len(answer.of("Encounter", "hospital")) == 1
    assert (await last_row_b(siege.stack))["sources"]["hospital"][0] == "stale"
    shown = "1970-01-01" if time.startswith("1970") else then.isoformat()
    assert shown in stated_ages(answer)


@pytest.mark.parametrize("age", ["10800", " 900", "2147483648", "99999999999999999999"])
async def test_so_19_the_age_that_a_cache_states_counts_too(siege: Siege, age: str):
    siege.hostile.misbehaves = stating(siege, "", age=age)

    answer = await siege.asked()

    assert answer.outcomes["hospital"] == "stale"
    assert len(answer.of("Encounter", "hospital")) == 1


@pytest.mark.parametrize(
    ("time", "age"),
    [
        ("", ""),
        ("", "0"),
        ("", "59"),
        ("", "-10800"),
        ("", "soon"),
        ("9999-12-31T23:59:59Z", ""),
        ("yesterday", ""),
        ("2024", ""),
        ("2024-01-01T00:00:00", ""),
    ],
)
async def test_so_19_an_answer_that_states_no_age_for_certain_is_not_flagged(
    siege: Siege, time: str, age: str
):
    siege.hostile.misbehaves = stating(siege, time, **({"age": age} if age else {}))

    answer = await siege.asked()

    assert answer.outcomes["hospital"] == "data"


async def test_so_19_an_answer_that_was_just_made_is_not_flagged(siege: Siege):
    siege.hostile.misbehaves = stating(siege, (now() - timedelta(minutes=5)).isoformat())

    answer = await siege.asked()

    assert (answer.outcomes["hospital"], answer.is_complete) == ("data", "true")


async def test_so_19_nothing_found_some_time_ago_is_not_told_as_nothing_there(siege: Siege):
    old = {**searchset([]), "meta": {"lastUpdated": (now() - HOURS).isoformat()}}

    async def states(asked: Asked, writer: Any) -> None:
        await says(old)(asked, writer)

    siege.hostile.misbehaves = states
    answer = await siege.asked()

    assert (answer.outcomes["hospital"], answer.is_complete) == ("stale", "false")


def test_the_stub_sends_the_headers_it_is_told():
    assert b"\r\nage: 7\r\n" in response(b"", age="7")
