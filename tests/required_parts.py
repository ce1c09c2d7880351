"""Turn skips into failures where SCR_REQUIRE names the parts that must be there, as continuous integration does."""

import os
from collections.abc import Generator
from typing import Any

import pytest


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, Any, pytest.TestReport]:
    """Fail a test that was skipped although everything was said to be there."""
    report: pytest.TestReport = yield
    # A switch of the test run, not a setting of the service.
    required = os.environ.get("SCR_REQUIRE", "")  # noqa: TID251
    if report.skipped and required and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"Skipped although SCR_REQUIRE is {required}: {report.longrepr}"
    return report
