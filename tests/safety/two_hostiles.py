"""Two sources that say exactly what a test makes them say: a hospital and an ambulance service."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tests.adapters.stub_source import stub_source
from tests.london import London
from tests.safety.hostile_source import Hostile
from tests.stack import Stack, running_stack


@dataclass
class TwoHostiles:
    """Both sources, and the gateway that asks them."""

    hospital: Hostile
    ambulance: Hostile
    stack: Stack


@asynccontextmanager
async def besieged_twice(
    london: London, template: Path, folder: Path, compiled: Mapping[str, Any], **settings: Any
) -> AsyncIterator[TwoHostiles]:
    hospital, ambulance = Hostile(), Hostile()
    async with (
        stub_source(hospital.behave) as hospital.stub,
        stub_source(ambulance.behave) as ambulance.stub,
    ):
        elsewhere = {
            "hospital": hospital.stub.url.removesuffix("/fhir"),
            "ambulance": ambulance.stub.url.removesuffix("/fhir"),
        }
        there = replace(london, addresses={**london.addresses, **elsewhere})
        async with running_stack(there, template, folder, compiled, **settings) as stack:
            yield TwoHostiles(hospital, ambulance, stack)
