"""What holds for every test."""

from collections.abc import Callable, Iterator

import pytest

from tests import required_parts
from tests.patience import be_patient, let_examples_take_their_time
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
    """Look for what the run needs, and settle its time and chance, before the first test is read."""
    required_parts.pytest_configure()
    let_examples_take_their_time()
    choose_seed()


@pytest.fixture(scope="session", autouse=True)
def patience() -> Iterator[None]:
    """Let no busy machine turn an answer into a refusal: a test of a deadline sets its own."""
    with pytest.MonkeyPatch.context() as patch:
        be_patient(patch)
        yield


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse within a second where another writer has the turn, in databases that are opened after this."""
    monkeypatch.setattr("gateway.store.dialects.LOCK_WAIT_SECONDS", 1)


@pytest.fixture
def record_property(
    record_property: Callable[[str, object], None],
) -> Callable[[str, object], None]:
    """Record a figure as the text that reports hold, for several processes of one run hand on plain values only."""
    return lambda name, value: record_property(name, str(value))
