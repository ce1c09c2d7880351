"""A source answers slowly, or never (SO-10): its own deadline ends it, and nobody else waits longer."""

import asyncio
import socket

import pytest

from adapters.simulators.faults import FaultKind
from tests.adapters.stub_source import FHIR, Asked, hangs, stub_source
from tests.safety.hostile_source import with_hospital_at
from tests.safety.siege import (
    ASKED_ABOUT,
    DOCTOR,
    failures_counted,
    last_row_b,
    others_answered,
)
from tests.stack import running_stack


@pytest.mark.parametrize("fault", [FaultKind.HANG, FaultKind.DRIP])
@pytest.mark.parametrize("source", ["gp", "hospital", "ambulance"])
async def test_so_10_a_source_that_hangs_or_drips_is_cut_at_its_deadline(
    hurrying, source: str, fault: FaultKind
):
    async with hurrying(source) as stack:
        stack.london.faults[source].set(fault)
        answer = await stack.everything(DOCTOR, ASKED_ABOUT)
        row, failures = await last_row_b(stack), failures_counted(stack, source)

    assert (answer.status, answer.is_complete) == (200, "false")
    assert answer.outcomes[source] == "timed-out"
    assert answer.from_source(source) == []
    assert others_answered(answer, source)
    assert row["sources"][source] == ["timed-out", "deadline"]
    assert failures > 0


async def _hangs_after_headers(asked: Asked, writer) -> None:
    writer.write(
        f"HTTP/1.1 200 X\r\ncontent-type: {FHIR}\r\ncontent-length: 400\r\n\r\n{{".encode()
    )
    await writer.drain()
    await hangs(asked, writer)


async def _hangs_in_the_status_line(asked: Asked, writer) -> None:
    writer.write(b"HTTP/1.1 2")
    await writer.drain()
    await hangs(asked, writer)


@pytest.mark.parametrize("behaves", [hangs, _hangs_after_headers, _hangs_in_the_status_line])
async def test_so_10_a_source_that_hangs_anywhere_is_hung_up_on(
    london, template, tmp_path, compiled, behaves
):
    short = {"hospital": 0.2}
    async with stub_source(behaves) as stub:
        elsewhere = with_hospital_at(london, stub.url)
        async with running_stack(elsewhere, template, tmp_path, compiled, deadlines=short) as stack:
            answer = await stack.everything(DOCTOR, ASKED_ABOUT)

        await asyncio.wait_for(stub.hung_up.wait(), 10)
    assert answer.outcomes["hospital"] == "timed-out"
    assert others_answered(answer, "hospital")


async def test_so_10_a_source_that_takes_connections_and_never_reads_is_cut_at_its_deadline(
    london, template, tmp_path, compiled
):
    with socket.create_server(("127.0.0.1", 0), backlog=128) as deaf:
        elsewhere = with_hospital_at(london, f"http://127.0.0.1:{deaf.getsockname()[1]}/fhir")
        short = {"hospital": 0.2}
        async with running_stack(elsewhere, template, tmp_path, compiled, deadlines=short) as stack:
            answer = await stack.everything(DOCTOR, ASKED_ABOUT)

    assert answer.outcomes["hospital"] == "timed-out"
    assert others_answered(answer, "hospital")
