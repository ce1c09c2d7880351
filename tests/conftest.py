"""What holds for every test."""

from tests import required_parts
from tests.required_parts import pytest_runtest_makereport
from tests.run_seed import choose_seed, pytest_report_header

__all__ = ["pytest_configure", "pytest_report_header", "pytest_runtest_makereport"]


def pytest_configure() -> None:
    """Look for what the run needs, and settle its chance, before the first test is read."""
    required_parts.pytest_configure()
    choose_seed()
