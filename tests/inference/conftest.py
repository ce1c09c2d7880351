"""The whole service over two sources that say what a test makes them say, and are given all the time they need."""

from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.london import London
from tests.safety.two_hostiles import TwoHostiles, besieged_twice
from tests.stack_fixtures import compiled, london, template

__all__ = ["compiled", "london", "template"]

# Answers are held against each other: no source may look slow because the machine is.
PATIENCE = dict.fromkeys(("pds", "gp", "hospital", "ambulance"), 25.0)


@pytest.fixture
async def two(
    london: London,
    template: Path,
    tmp_path: Path,
    compiled: Mapping[str, Any],
) -> AsyncIterator[TwoHostiles]:
    patient = {"deadlines": PATIENCE, "overall_seconds": 50.0}
    async with besieged_twice(london, template, tmp_path, compiled, **patient) as both:
        for source in (both.hospital, both.ambulance):
            source.has_everything = True
        yield both
