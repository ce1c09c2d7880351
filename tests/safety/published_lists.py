"""The published lists of hostile input: JSON that parsers disagree on, strings that break programs."""

import json
import os
import random
from pathlib import Path

import pytest

_BESIDE_THE_PROJECT = Path(__file__).parents[3] / "shared" / "data"
# Switches of the test run, not settings of the service.
FOLDER = Path(os.environ.get("SCR_SAMPLE_DATA", _BESIDE_THE_PROJECT))  # noqa: TID251
COUNT = int(os.environ.get("SCR_PROVE_COUNT", "0"))  # noqa: TID251
"""How many are tried where not all are by default; 0 for the usual slice."""
SEED = int(os.environ.get("SCR_PROVE_SEED", "0")) or random.randrange(1, 10**6)  # noqa: TID251

needs_lists = pytest.mark.skipif(
    not FOLDER.is_dir(), reason="the published sample data is not here (SCR_SAMPLE_DATA)"
)


def json_cases(*kinds: str) -> dict[str, bytes]:
    """Give JSONTestSuite's cases by name: `y` must be read, `n` must not, `i` may be either."""
    found = sorted((FOLDER / "JSONTestSuite" / "test_parsing").glob("*.json"))
    return {each.name: each.read_bytes() for each in found if each.name.split("_")[0] in kinds}


def odd_json() -> dict[str, bytes]:
    """Give JSONTestSuite's cases that parsers turn into different values."""
    found = sorted((FOLDER / "JSONTestSuite" / "test_transform").glob("*.json"))
    return {each.name: each.read_bytes() for each in found}


def naughty_strings() -> list[str]:
    """Give the Big List of Naughty Strings."""
    return list(json.loads((FOLDER / "blns" / "blns.json").read_text(encoding="utf-8")))
