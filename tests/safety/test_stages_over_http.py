"""Stages of release through the running service: a source shows each reader what its stage lets them see, on every way in."""

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.london import London
from tests.safety.siege import ASKED_ABOUT, DOCTOR, last_row_b
from tests.stack import DEADLINES, Bundle, Stack, running_stack, sources_of
from tests.web.visitor import Visitor

NOTHING: frozenset[str] = frozenset()
SAFETY = frozenset({"allergies", "alerts", "medications"})
NOT_FOR_YOU = "Was not asked. Some information is not available in your role."
PAGE = "Hospital record, RRV"
"""How the page names the hospital, in the strip of sources and beside each item of it."""

Staged = Callable[..., AbstractAsyncContextManager[Stack]]

HIDING: list[dict[str, Any]] = [
    {"stage": "shadow"},
    {"stage": "pilot"},
    {"stage": "pilot", "pilot_roles": ["gp", "paramedic"]},
    {"stage": "pilot", "pilot_organisations": ["F84004"]},
    {"stage": "pilot", "pilot_roles": ["ed_consultant"], "pilot_organisations": ["RJ1"]},
    {"stage": "pilot", "pilot_roles": ["gp"], "pilot_organisations": ["RRV"]},
]
SHOWING: list[dict[str, Any]] = [
    {"stage": "open"},
    {"stage": "pilot", "pilot_roles": ["gp", "ed_consultant"]},
    {"stage": "pilot", "pilot_organisations": ["RRV"]},
    {"stage": "pilot", "pilot_roles": ["ed_consultant"], "pilot_organisations": ["RRV"]},
]


@pytest.fixture
def staged(london: London, template: Path, tmp_path: Path, compiled: Mapping[str, Any]) -> Staged:
    """Give a maker of stacks whose hospital, or every source, is at a stage of release."""

    def make(at: Mapping[str, Any], *named: str) -> AbstractAsyncContextManager[Stack]:
        chosen = named or ("hospital",)
        sources = [
            {**row, **(at if row["id"] in chosen else {})} for row in sources_of(london, DEADLINES)
        ]
        return running_stack(london, template, tmp_path, compiled, source=sources)

    return make


@dataclass(frozen=True)
class Held:
    """What the hospital shows when it is open: a resource of each kind, and where its documents are."""

    everything: Bundle

    def one(self, resource_type: str) -> dict[str, Any]:
        return self.everything.of(resource_type, "hospital")[0]

    @property
    def document(self) -> str:
        addresses = [
            content["attachment"]["url"]
            for each in self.everything.of("DocumentReference", "hospital")
            for content in each["content"]
        ]
        return f"/fhir/{addresses[0]}"

    def ways_to(self, resource_type: str) -> list[str]:
        at = f"/fhir/{resource_type}/{self.one(resource_type)['id']}"
        return [at, f"{at}/$original"]


@pytest.fixture
async def held(stack: Stack) -> Held:
    """Give what there is to hide; ids are the same on every stack of these keys."""
    return Held(await stack.everything(DOCTOR, ASKED_ABOUT))


def categories(bundle: Bundle) -> set[str]:
    return {
        tag["code"]
        for each in bundle.from_source("hospital")
        for tag in each["meta"].get("tag", ())
        if tag["system"].endswith("/category")
    }


async def searched(stack: Stack, resource_type: str) -> int:
    """Count what a search gives of the hospital."""
    path = f"/fhir/{resource_type}?patient={stack.patient(ASKED_ABOUT)}"
    return len(Bundle(await stack.get(DOCTOR, path)).from_source("hospital"))


async def statuses(stack: Stack, *paths: str) -> list[int]:
    return [(await stack.get(DOCTOR, path, Accept="*/*")).status_code for path in paths]


async def page(stack: Stack) -> httpx2.Response:
    visitor = Visitor(stack)
    await visitor.sign_in(DOCTOR)
    return await visitor.client.get(f"/patient/{stack.patient(ASKED_ABOUT)}")


@pytest.mark.parametrize("at", HIDING)
async def test_whoever_a_source_is_not_released_to_gets_nothing_of_it_and_is_told_so(
    staged: Staged, at: Mapping[str, Any]
):
    async with staged(at) as stack:
        seen = await stack.everything(DOCTOR, ASKED_ABOUT)
        row_b = await last_row_b(stack)

    assert (seen.status, seen.from_source("hospital")) == (200, [])
    assert (seen.outcomes["hospital"], seen.is_complete) == ("not-asked", "true")
    assert seen.from_source("gp")
    assert row_b["sources"]["hospital"] == ["not-asked", "stage"]


@pytest.mark.parametrize("at", HIDING)
async def test_what_is_not_released_is_found_by_no_other_way(
    staged: Staged, held: Held, at: Mapping[str, Any]
):
    ways = [*held.ways_to("Condition"), *held.ways_to("AllergyIntolerance"), held.document]
    async with staged(at) as stack:
        found = await statuses(stack, *ways)
        counts = [await searched(stack, each) for each in ("Condition", "AllergyIntolerance")]

    assert (set(found), counts) == ({404}, [0, 0])


@pytest.mark.parametrize("at", HIDING)
async def test_the_page_shows_nothing_that_is_not_released(staged: Staged, at: Mapping[str, Any]):
    async with staged(at) as stack:
        told = (await page(stack)).text

    assert NOT_FOR_YOU in told
    assert told.count(PAGE) == 1


@pytest.mark.parametrize("at", SHOWING)
async def test_whoever_a_source_is_released_to_has_all_of_it(
    staged: Staged, held: Held, at: Mapping[str, Any]
):
    ways = [held.ways_to("Condition")[0], *held.ways_to("AllergyIntolerance"), held.document]
    async with staged(at) as stack:
        seen = await stack.everything(DOCTOR, ASKED_ABOUT)
        found = await statuses(stack, *ways)
        told = (await page(stack)).text

    assert seen.from_source("hospital") == held.everything.from_source("hospital")
    assert (seen.outcomes["hospital"], set(found)) == ("data", {200})
    assert NOT_FOR_YOU not in told
    assert told.count(PAGE) > 1


async def test_a_source_at_the_stage_safety_shows_what_safety_needs_and_no_more(
    staged: Staged, held: Held
):
    assert categories(held.everything) > SAFETY
    async with staged({"stage": "safety"}) as stack:
        seen = await stack.everything(DOCTOR, ASKED_ABOUT)
        counts = [await searched(stack, each) for each in ("Condition", "AllergyIntolerance")]

    assert categories(seen) == SAFETY
    assert (seen.outcomes["hospital"], counts[0], counts[1] > 0) == ("data", 0, True)


async def test_at_the_stage_safety_nothing_else_is_found_by_another_way(staged: Staged, held: Held):
    hidden = [*held.ways_to("Condition"), *held.ways_to("Encounter"), held.document]
    async with staged({"stage": "safety"}) as stack:
        found = await statuses(stack, *hidden)
        [allergy, *_] = await statuses(stack, *held.ways_to("AllergyIntolerance"))

    assert (set(found), allergy) == ({404}, 200)


async def test_the_page_at_the_stage_safety_shows_a_part(staged: Staged, stack: Stack):
    async with staged({"stage": "safety"}) as cautious:
        told = (await page(cautious)).text

    assert NOT_FOR_YOU not in told
    assert 1 < told.count(PAGE) < (await page(stack)).text.count(PAGE)


async def test_one_pilot_is_seen_by_its_readers_alone(staged: Staged):
    at = {"stage": "pilot", "pilot_roles": ["gp"], "pilot_organisations": ["F84004"]}
    async with staged(at) as stack:
        seen = {user: await stack.everything(user, ASKED_ABOUT) for user in (DOCTOR, "gp")}

    assert {user: bool(each.from_source("hospital")) for user, each in seen.items()} == {
        DOCTOR: False,
        "gp": True,
    }


@pytest.mark.parametrize("at", HIDING[:2])
async def test_where_nothing_is_released_there_is_no_record(staged: Staged, at: Mapping[str, Any]):
    async with staged(at, "gp", "hospital", "ambulance") as stack:
        seen = await stack.everything(DOCTOR, ASKED_ABOUT)
        row_b = await last_row_b(stack)

    assert (seen.status, row_b["outcome"]) == (503, "nothing")
