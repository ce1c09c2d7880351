"""Hold a test run to the parts that SCR_REQUIRE says are there, as continuous integration does.

Each named part is looked for before the first test, and a test that skips all the same fails.
"""

import os
import shutil
from collections.abc import Callable, Generator, Mapping
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

CHROMIUM = Path("/usr/bin/chromium")
SAMPLES_BESIDE_THE_PROJECT = Path(__file__).resolve().parents[2] / "shared" / "data"


def required() -> frozenset[str]:
    """Give the parts that must be there."""
    # A switch of the test run, not a setting of the service.
    named = os.environ.get("SCR_REQUIRE", "")  # noqa: TID251
    return frozenset(name.strip() for name in named.split(",") if name.strip())


def sample_data() -> Path:
    """Give the folder where the published samples should be."""
    return Path(os.environ.get("SCR_SAMPLE_DATA", SAMPLES_BESIDE_THE_PROJECT))  # noqa: TID251


def missing_for_spark() -> str | None:
    """Say what keeps Spark from running here; None if nothing does."""
    if find_spec("pyspark") is None:
        return "pyspark is not installed (pip install '.[spark]')"
    if shutil.which("java") is None:
        return "no Java runtime is installed (Debian package default-jre-headless)"
    return None


def _missing_browser() -> str | None:
    return None if CHROMIUM.exists() else "Chromium is not installed (Debian package chromium)"


def _missing_postgres() -> str | None:
    servers = any(Path("/usr/lib/postgresql").glob("*/bin/initdb")) or shutil.which("initdb")
    return None if servers else "no PostgreSQL server is installed (Debian package postgresql)"


def _missing_data() -> str | None:
    is_there = sample_data().is_dir()
    return None if is_there else "the published samples are not here (SCR_SAMPLE_DATA)"


PARTS: Mapping[str, Callable[[], str | None]] = MappingProxyType(
    {
        "browser": _missing_browser,
        "postgres": _missing_postgres,
        "spark": missing_for_spark,
        "data": _missing_data,
    }
)
"""What each part's absence is called."""


def pytest_configure() -> None:
    """End the run before it begins when a required part is missing, or is none that is known."""
    named = required()
    if unknown := sorted(named - PARTS.keys()):
        raise pytest.UsageError(
            f"SCR_REQUIRE names {', '.join(unknown)}; known are {', '.join(PARTS)}."
        )
    missing = [f"{name}: {reason}" for name in sorted(named) if (reason := PARTS[name]())]
    if missing:
        raise pytest.UsageError(f"SCR_REQUIRE names what is not here. {'; '.join(missing)}.")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, Any, pytest.TestReport]:
    """Fail a test that was skipped although everything was said to be there."""
    report: pytest.TestReport = yield
    if report.skipped and required() and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        told = ", ".join(sorted(required()))
        report.longrepr = f"Skipped although SCR_REQUIRE is {told}: {report.longrepr}"
    return report
