"""Give the whole test run one random seed, so that a run can be repeated and its processes agree on it."""

import os
from secrets import randbelow

SWITCH = "SCR_PROVE_SEED"


def choose_seed() -> None:
    """Choose a seed, unless one is given, before any test or process that shares the work reads it."""
    os.environ.setdefault(SWITCH, str(1 + randbelow(10**6)))  # noqa: TID251 - a switch of the test run


def pytest_report_header() -> str:
    """Say how the run is repeated."""
    return f"seed: {SWITCH}={os.environ[SWITCH]}"  # noqa: TID251 - as above
