"""What was written into the policy's tables by hand is not served (PA-10)."""

import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from gateway.store.policies import policy_body
from tests.cli.gateway_process import gateway_over
from tests.cli.running_demo import free_port
from tests.safety.administrators import (
    APPROVER,
    AUTHOR,
    DRAFTS,
    act,
    active_rules,
    proposed,
    without,
)
from tests.stack import Stack

DESK = {"role": "practice_admin", "act": "view"}
VIEW = "/fhir/Patient/{}"


def by_hand(database: Path, statement: str, *values: object) -> None:
    with sqlite3.connect(database) as connection:
        assert connection.execute(statement, values).rowcount == 1
    connection.close()


async def views(stack: Stack) -> int:
    return (await stack.get("gp", VIEW.format(stack.patient("everything")))).status_code


async def test_pa_10_an_altered_version_is_not_served(stack: Stack, tmp_path: Path):
    version, _rules = await active_rules(stack)
    body = await stack.services.store.read(policy_body, version)
    stack.services.policies._compiled.clear()

    altered = (body or b"").replace(b'"summary"', b'"all"', 1)
    by_hand(tmp_path / "scr.db", "UPDATE policy_version SET body = ?", altered)

    assert await views(stack) == 503


async def test_pa_10_a_version_that_nobody_activated_is_not_served(stack: Stack, tmp_path: Path):
    _version, rules = await active_rules(stack)
    assert await views(stack) == 200
    draft = await proposed(stack, without(rules, **DESK))
    drafted = (await stack.get(AUTHOR, f"{DRAFTS}/{draft}")).json()["version"]

    by_hand(tmp_path / "scr.db", "UPDATE active_policy SET version = ?", drafted)

    assert await views(stack) == 503
    assert (await act(stack, APPROVER, draft, "approve")).status_code == 503


@pytest.mark.parametrize(
    ("column", "value"), [("proposed_by", "x"), ("needs_guardian", 1), ("digest", "0" * 64)]
)
async def test_pa_10_a_draft_that_was_altered_is_not_approved(
    stack: Stack, tmp_path: Path, column: str, value: object
):
    _version, rules = await active_rules(stack)
    draft = await proposed(stack, without(rules, **DESK))

    by_hand(tmp_path / "scr.db", f"UPDATE policy_draft SET {column} = ?", value)

    assert (await act(stack, APPROVER, draft, "approve")).status_code == 503


def test_pa_10_a_gateway_over_an_altered_policy_does_not_start(london, template, tmp_path):
    altered = tmp_path / "altered.db"
    shutil.copy(template, altered)
    shutil.copy(template.with_suffix(".keys"), altered.with_suffix(".keys"))
    by_hand(altered, "UPDATE policy_version SET body = '[]'")

    with pytest.raises(AssertionError, match="ended"), gateway_over(london, altered, tmp_path):
        pass
    command = ("serve", "--config", str(tmp_path / "scr.toml"), "--port", str(free_port()))
    served = subprocess.run(
        [sys.executable, "-m", "gateway.cli", *command],
        capture_output=True,
        text=True,
        check=False,
    )
    assert served.returncode == 1
    assert "not what was activated" in served.stderr
