"""A rule that takes something away holds in every worker from the moment its author is told so (AZ-18).

P08 shows the same over processes, many times; here a denial is laid over a record that another worker keeps serving.
"""

import asyncio
from typing import Any

from gateway.wiring import open_services
from tests.safety.administrators import activated, active_rules
from tests.safety.emergencies import as_served
from tests.safety.siege import DOCTOR, rows
from tests.stack import Bundle, Stack

NAMED = "hospital-only"
BARRED = {
    "role": "ed_consultant",
    "organisation_kind": "trust",
    "category": "problems",
    "label": "normal",
    "purpose": "TREAT",
    "act": "view",
    "level": "none",
    "effect": "deny",
}


async def looks(worker: Stack, at_once: int = 4) -> list[Bundle]:
    path = f"/fhir/Condition?patient={worker.patient(NAMED)}"
    return [Bundle(each) for each in await asyncio.gather(*(worker.get(DOCTOR, path),) * at_once)]


async def keeps_looking(worker: Stack, until: asyncio.Event) -> list[Bundle]:
    seen: list[Bundle] = []
    while not until.is_set():
        seen += await looks(worker, 1)
    return seen


async def test_az_18_nothing_that_began_after_a_denial_was_acknowledged_is_allowed(
    stack: Stack, compiled: Any
):
    other = open_services(stack.services.settings)
    other.policies._compiled.update(compiled)
    try:
        async with as_served(stack, other) as worker:
            assert all(each.of("Condition") for each in await looks(worker))
            _version, rules = await active_rules(stack)
            acknowledged = asyncio.Event()
            looking = asyncio.ensure_future(keeps_looking(worker, acknowledged))

            version = await activated(stack, [*rules, BARRED])
            acknowledged.set()
            after = await looks(worker)

            assert [each.of("Condition") for each in after] == [[]] * 4
            assert {each.status for each in (*after, *await looking)} <= {200, 503}
    finally:
        await other.aclose()
    assert (await rows(stack, "asked"))[-1]["policy_version"] == version
