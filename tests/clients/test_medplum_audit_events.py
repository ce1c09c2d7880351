"""Every kind of audit entry, told as FHIR, passes another maker's structural validation."""

from pathlib import Path
from typing import Any

from tests.audit.balp_events import EVERY_KIND
from tests.clients.node import HERE, run_node


async def complaints(events: dict[str, Any]) -> dict[str, str]:
    told: dict[str, str] = await run_node("medplum_audit_events.mjs", {"events": events})
    return told


async def test_every_kind_of_entry_is_an_audit_event_to_another_maker(node_packages: Path):
    assert node_packages == HERE

    assert await complaints(EVERY_KIND) == {}


async def test_that_validation_finds_what_is_no_audit_event(node_packages: Path):
    event = EVERY_KIND["disclosed-view"]
    broken = {
        "no-recorded": {k: v for k, v in event.items() if k != "recorded"},
        "no-agent": {**event, "agent": []},
        "unknown-element": {**event, "identifier": [{"value": "1"}]},
        "outcome-of-another-kind": {**event, "outcome": 0},
    }

    assert set(await complaints(broken)) == set(broken)
