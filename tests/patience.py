"""Give the gateway's own parts, and the examples of a property, all the time they need on a busy machine.

What is slow there must turn no answer into a refusal and no example into a failure.
"""

import pytest
from hypothesis import HealthCheck, settings

from gateway.audit.group_commit import WAITING_LIMIT
from gateway.audit.log import AuditLog

PATIENCE_SECONDS = 60


def be_patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lengthen the deadlines of database, locks, audit and of every part that a decision asks."""
    monkeypatch.setattr("gateway.access.guarded.STUCK_AFTER_SECONDS", float(PATIENCE_SECONDS))
    monkeypatch.setattr("gateway.access.evidence.PROBE_SECONDS", float(PATIENCE_SECONDS))
    monkeypatch.setattr("gateway.issuer_keys.FETCH_SECONDS", float(PATIENCE_SECONDS))
    monkeypatch.setattr("gateway.store.engine._DEADLINE_SECONDS", float(PATIENCE_SECONDS))
    monkeypatch.setattr("gateway.store.dialects.LOCK_WAIT_SECONDS", PATIENCE_SECONDS)
    # The default is bound when the function is made.
    defaults = (float(PATIENCE_SECONDS), WAITING_LIMIT)
    monkeypatch.setattr(AuditLog.__init__, "__defaults__", defaults)


def let_examples_take_their_time() -> None:
    """Judge no example of a property by its time; called before the first test is read, as that is when they ask."""
    settings.register_profile(
        "patient", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
    )
    settings.load_profile("patient")
