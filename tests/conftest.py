"""What holds for every test."""

from collections.abc import Callable

import pytest

from tests import required_parts
from tests.access_log import RECONCILED
from tests.required_parts import pytest_runtest_makereport
from tests.run_seed import choose_seed, pytest_report_header

__all__ = [
    "pytest_configure",
    "pytest_report_header",
    "pytest_runtest_makereport",
    "record_property",
]


def pytest_configure() -> None:
    """Look for what the run needs, and settle its chance, before the first test is read."""
    required_parts.pytest_configure()
    choose_seed()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how much of the audit was reconciled with an access log (P26)."""
    if RECONCILED:
        told = ", ".join(f"{count:,} {what}" for what, count in RECONCILED.items())
        terminalreporter.write_line(f"P26: {told} reconciled, difference 0 where no test failed")


@pytest.fixture
def record_property(
    record_property: Callable[[str, object], None],
) -> Callable[[str, object], None]:
    """Record a figure as the text that reports hold, for several processes of one run hand on plain values only."""
    return lambda name, value: record_property(name, str(value))
