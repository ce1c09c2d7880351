"""Find the published samples that the checks of real content read in place."""

import os
from pathlib import Path

import pytest

_BESIDE_THE_PROJECT = Path(__file__).resolve().parents[3] / "shared" / "data"


@pytest.fixture(scope="session")
def sample_data() -> Path:
    """Give the folder of samples, or skip; with SCR_REQUIRE=data its absence is a failure."""
    # Switches of the test run, not settings of the service.
    folder = Path(os.environ.get("SCR_SAMPLE_DATA", _BESIDE_THE_PROJECT))  # noqa: TID251
    if folder.is_dir():
        return folder
    reason = "the published samples are not here: set SCR_SAMPLE_DATA to their folder"
    if "data" in os.environ.get("SCR_REQUIRE", ""):  # noqa: TID251
        pytest.fail(reason)
    pytest.skip(reason)
