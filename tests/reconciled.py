"""Say at the end of a run how much of the audit was reconciled with an access log, over all of its processes (P26)."""

from typing import Any

import pytest

from tests.access_log import RECONCILED

_TOLD = "reconciled"


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hand what this process reconciled to the one that started it, where there is one."""
    output: dict[str, Any] | None = getattr(session.config, "workeroutput", None)
    if output is not None:
        output[_TOLD] = dict(RECONCILED)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Add what another process reconciled."""
    RECONCILED.update(getattr(node, "workeroutput", {}).get(_TOLD, {}))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how much it was; a difference is a failed test."""
    if RECONCILED:
        told = ", ".join(f"{count:,} {what}" for what, count in RECONCILED.items())
        terminalreporter.write_line(f"P26: {told} reconciled")
