"""Give the gateway's own parts all the time they need, where a busy machine must not turn an answer into a refusal."""

import pytest

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
