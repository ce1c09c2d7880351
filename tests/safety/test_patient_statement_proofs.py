"""Each entry of a statement comes with the line that is hashed and its proof, which anybody with the log's key can check."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import orjson
import pytest

from gateway.audit.verify import verify_entry
from gateway.patient import statements
from gateway.wiring import now
from tests.safety.emergencies import everything
from tests.safety.test_patient_statement import DOCTOR, stated
from tests.stack import Stack


async def signed(stack: Stack) -> None:
    """Sign the log as it stands, as a worker does after ten seconds."""
    keeper = replace(stack.services.audit.keeper, clock=lambda: now() + timedelta(seconds=10))
    await keeper.keep()


def entries(told: dict[str, Any]) -> list[dict[str, Any]]:
    return [each for line in told["accesses"] for each in line["entries"]]


@pytest.mark.parametrize("at_once", [1, 3, 200])
async def test_every_entry_that_is_signed_is_proven_and_its_own_not_yet(
    stack: Stack, monkeypatch: pytest.MonkeyPatch, at_once: int
):
    monkeypatch.setattr(statements, "PROVEN_AT_ONCE", at_once)
    for _time in range(2):
        await everything(stack, DOCTOR, "everything")
    await signed(stack)

    *own, third, fourth, first, second = entries(await stated(stack, "everything"))

    keys = stack.services.audit.keeper.known_keys()
    for each in (first, second, third, fourth):
        assert verify_entry(each, keys) == each["sequence"]
        line = orjson.loads(each["entry"])
        assert (line["sequence"], line["patient"]) == (
            each["sequence"],
            stack.patient("everything"),
        )
    assert [(each["entry"], each["proof"]) for each in own] == [(None, None)] * 2


async def test_before_anything_is_signed_there_is_no_proof(stack: Stack):
    told = await stated(stack, "everything")

    assert [each["proof"] for each in entries(told)] == [None, None]
