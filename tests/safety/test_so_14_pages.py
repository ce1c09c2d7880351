"""A source leads from page to page (SO-14): never elsewhere, never in a circle, never without end."""

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.adapters.stub_source import Asked
from tests.adapters.stub_source import answer as says
from tests.safety.hostile_source import (
    Json,
    encounter,
    patient_like,
    refer,
    searchset,
    somebody_else,
)
from tests.safety.siege import Siege, failures_counted

OWN = refer("Patient/p1")
MOST_PAGES = 100


def pages_of(siege: Siege, last: int, *, extra: dict[int, list[Json]] | None = None) -> None:
    """Let the hospital give encounters in pages, one on each; `extra` is what else stands on a page."""
    siege.hostile.holds(patient_like(siege.person))

    async def paged(asked: Asked, writer: Any) -> None:
        if asked.path != "/fhir/Encounter":
            found = siege.hostile.resources if asked.path == "/fhir/Patient" else []
            await says(searchset(found))(asked, writer)
            return
        number = int(parse_qs(urlsplit(asked.target).query).get("page", ["1"])[0])
        await says(page(number, last, (extra or {}).get(number, [])))(asked, writer)

    siege.hostile.misbehaves = paged


def page(number: int, last: int, extra: list[Json]) -> Json:
    found = searchset([encounter(f"e{number}", OWN, f"page {number}"), *extra])
    found["total"] = None
    following = [{"relation": "next", "url": f"Encounter?page={number + 1}"}]
    return {**found, "link": following if number < last else []}


def asked_for(siege: Siege) -> int:
    """Count the pages asked for as record; the probe for an open encounter reads its own."""
    asked = siege.hostile.stub.asked
    return sum(
        each.path == "/fhir/Encounter" and "x-correlation-id" in each.headers for each in asked
    )


async def test_so_14_pages_are_read_to_the_last(siege: Siege):
    pages_of(siege, 12)

    answer = await siege.asked()

    assert (answer.outcomes["hospital"], answer.is_complete) == ("data", "true")
    assert len(answer.of("Encounter", "hospital")) == 12


async def test_so_14_of_ten_thousand_pages_a_hundred_are_read_and_the_gap_is_told(siege: Siege):
    pages_of(siege, 10_000)

    answer = await siege.asked()

    assert asked_for(siege) <= MOST_PAGES
    assert answer.outcomes["hospital"] == "failed"
    assert 0 < len(answer.of("Encounter", "hospital")) <= MOST_PAGES
    await siege.told_truly(answer, "failed", "paging-limit")


@pytest.mark.parametrize("back_to", ["Encounter?page=1&x=1", "Encounter?page=3", ""])
async def test_so_14_a_circle_of_pages_is_left(siege: Siege, back_to: str):
    own = patient_like(siege.person)

    async def circling(asked: Asked, writer: Any) -> None:
        number = int(parse_qs(urlsplit(asked.target).query).get("page", ["1"])[0])
        found = page(number, 3, [])
        if number == 3:
            found["link"] = [{"relation": "next", "url": back_to}]
        is_it = asked.path == "/fhir/Encounter"
        await says(found if is_it else searchset([own]))(asked, writer)

    siege.hostile.misbehaves = circling
    answer = await siege.asked()

    assert asked_for(siege) <= 4
    assert answer.outcomes["hospital"] == "failed"
    assert len(answer.of("Encounter", "hospital")) == 3


async def test_so_14_another_patient_on_page_seven_rejects_all_pages(siege: Siege):
    pages_of(siege, 9, extra={7: [somebody_else(), encounter("theirs", refer("Patient/p2"))]})

    answer = await siege.asked()

    await siege.refuses_whole(answer)
    assert failures_counted(siege.stack, "hospital") == 1


async def test_so_14_an_item_of_nobody_on_page_seven_is_dropped_and_the_rest_shown(siege: Siege):
    pages_of(siege, 9, extra={7: [encounter("theirs", refer("Patient/p2"))]})

    answer = await siege.asked()

    await siege.drops(answer, *(f"page {number}" for number in range(1, 10)))


async def test_so_14_a_page_that_cannot_be_read_keeps_the_pages_before_it(siege: Siege):
    pages_of(siege, 9)
    good = siege.hostile.misbehaves
    assert good is not None

    async def broken_at_five(asked: Asked, writer: Any) -> None:
        is_fifth = asked.target.endswith("page=5")
        await (says(json.dumps(page(5, 9, [])).encode()[:-9]) if is_fifth else good)(asked, writer)

    siege.hostile.misbehaves = broken_at_five
    answer = await siege.asked()

    assert len(answer.of("Encounter", "hospital")) == 4
    await siege.told_truly(answer, "malformed", "unreadable")
