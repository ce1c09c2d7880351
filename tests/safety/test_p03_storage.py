"""P03, AI-03, AZ-17: the database that decisions and their record rest on is broken, locked or altered."""

import asyncio
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from gateway.policy.active import activate
from gateway.wiring import now
from rbac.policy import load_default, policy_of
from tests.safety.siege import ASKED_ABOUT, DOCTOR
from tests.stack import Stack

BREAKAGES = {
    "no-audit-table": "DROP TABLE audit_entry",
    "no-policy-is-active": "DELETE FROM active_policy",
    "no-relationship-table": "DROP TABLE relationship",
    "no-objection-table": "DROP TABLE objection",
}


@pytest.mark.parametrize("breakage", BREAKAGES)
async def test_p03_a_broken_database_refuses_the_record(
    stack: Stack, tmp_path: Path, breakage: str
):
    _changed(tmp_path, BREAKAGES[breakage])

    answer = await _asks(stack)

    assert answer.status_code == 503
    assert answer.json()["resourceType"] == "OperationOutcome"


@pytest.mark.parametrize(
    "alteration",
    [
        "UPDATE policy_version SET body = replace(CAST(body AS TEXT), '\"none\"', '\"all\"')",
        "UPDATE policy_version SET body = replace(CAST(body AS TEXT), 'social_worker', 'gp')",
        "UPDATE policy_version SET body = '[]'",
        "UPDATE policy_version SET body = x'ff'",
    ],
)
async def test_pa_10_a_policy_that_was_altered_by_hand_is_not_served(
    stack: Stack, tmp_path: Path, alteration: str
):
    stack.services.policies._compiled.clear()
    _changed(tmp_path, alteration)

    answer = await _asks(stack)

    assert answer.status_code == 503


@pytest.mark.usefixtures("hurried")
async def test_decision_23_with_the_audit_store_locked_nothing_is_disclosed(
    stack: Stack, tmp_path: Path
):
    with _locked(tmp_path):
        answer = await _asks(stack)

    assert answer.status_code == 503
    assert b"Bundle" not in answer.content


@pytest.mark.usefixtures("hurried")
async def test_ai_03_the_service_recovers_from_a_locked_audit_without_restart(
    stack: Stack, tmp_path: Path
):
    with _locked(tmp_path):
        first = await _asks(stack)

    second = await _asks(stack)

    assert (first.status_code, second.status_code) == (503, 200)


async def test_az_17_a_policy_that_casbin_never_finishes_is_never_active(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
):
    before = await stack.services.policies.active()
    release = threading.Event()
    monkeypatch.setattr("rbac.decide.casbin_enforcer", lambda _rules: release.wait(5))
    smaller = policy_of(load_default().rules[:50])

    activating = asyncio.ensure_future(
        activate(smaller, "test", stack.services.log, stack.services.store, now)
    )
    answer = await _asks(stack)

    assert (answer.status_code, activating.done()) == (200, False)
    release.set()
    with pytest.raises(Exception, match="does not answer"):
        await activating
    assert (await stack.services.policies.active()).version == before.version


async def _asks(stack: Stack):
    return await stack.get(DOCTOR, f"/fhir/Patient/{stack.patient(ASKED_ABOUT)}/$everything")


def _changed(folder: Path, statement: str) -> None:
    with sqlite3.connect(folder / "scr.db") as database:
        database.execute("PRAGMA foreign_keys = OFF")
        database.execute(statement)
    database.close()


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    database = sqlite3.connect(folder / "scr.db", isolation_level=None)
    database.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        database.execute("ROLLBACK")
        database.close()
