"""What holds for every test."""

from collections.abc import Callable

import pytest

from tests import required_parts
from tests.reconciled import pytest_sessionfinish, pytest_terminal_summary, pytest_testnodedown
from tests.required_parts import pytest_runtest_makereport
from tests.run_seed import choose_seed, pytest_report_header

__all__ = [
    "pytest_configure",
    "pytest_report_header",
    "pytest_runtest_makereport",
    "pytest_sessionfinish",
    "pytest_terminal_summary",
    "pytest_testnodedown",
    "record_property",
]


def pytest_configure() -> None:
    """Look for what the run needs, and settle its chance, before the first test is read."""
    required_parts.pytest_configure()
    choose_seed()


@pytest.fixture
def record_property(
    record_property: Callable[[str, object], None],
) -> Callable[[str, object], None]:
    """Record a figure as the text that reports hold, for several processes of one run hand on plain values only."""
    return lambda name, value: record_property(name, str(value))
