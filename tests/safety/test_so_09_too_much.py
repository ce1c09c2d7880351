"""A source sends more than anybody can hold, or lies about how much it sends (SO-09, P17)."""

import gzip
import tracemalloc

import pytest

from adapters.simulators.faults import FaultKind
from tests.adapters.stub_source import FHIR, Asked
from tests.adapters.stub_source import answer as says
from tests.safety.hostile_source import bundle_bytes, encounter, patient_like, refer
from tests.safety.siege import ASKED_ABOUT, DOCTOR, Siege, last_row_b, others_answered
from tests.stack import Stack

MOST_BYTES = 40 * 1024 * 1024
"""The cap of one answer (16 MiB decoded), once more while its parts are joined, and the other sources."""


@pytest.mark.parametrize(
    ("fault", "reason"),
    [(FaultKind.TOO_LARGE, "too-large"), (FaultKind.GZIP_BOMB, "too-large")],
)
@pytest.mark.parametrize("source", ["hospital", "gp"])
async def test_so_09_an_answer_that_is_too_large_is_cut_at_the_cap(
    stack: Stack, source: str, fault: FaultKind, reason: str
):
    stack.london.faults[source].set(fault)
    tracemalloc.start(1)

    try:
        answer = await stack.everything(DOCTOR, ASKED_ABOUT)
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert peak < MOST_BYTES
    assert (answer.outcomes[source], answer.is_complete) == ("failed", "false")
    assert answer.from_source(source) == []
    assert others_answered(answer, source)
    assert (await last_row_b(stack))["sources"][source] == ["failed", reason]


async def test_so_09_an_answer_without_end_is_cut_at_the_cap_or_the_deadline(hurrying):
    async with hurrying("hospital") as stack:
        stack.london.faults["hospital"].set(FaultKind.ENDLESS)
        answer = await stack.everything(DOCTOR, ASKED_ABOUT)
        outcome, reason = (await last_row_b(stack))["sources"]["hospital"]

    assert answer.outcomes["hospital"] == outcome
    assert (outcome, reason) in {("timed-out", "deadline"), ("failed", "too-large")}


@pytest.mark.parametrize("lie", [-20, 20], ids=["too-short", "too-long"])
async def test_so_09_a_lie_about_the_length_is_never_silently_short(siege: Siege, lie: int):
    own = patient_like(siege.person)
    whole = bundle_bytes(own, encounter("e1", refer("Patient/p1"), "their own"))

    async def lies(asked: Asked, writer) -> None:
        head = (
            f"HTTP/1.1 200 X\r\ncontent-type: {FHIR}\r\ncontent-length: {len(whole) + lie}\r\n\r\n"
        )
        writer.write(head.encode() + whole)
        await writer.drain()
        writer.close()

    siege.hostile.misbehaves = lies
    answer = await siege.asked()

    assert (answer.outcomes["hospital"], answer.is_complete) == ("failed", "false")
    assert answer.from_source("hospital") == []
    assert (await last_row_b(siege.stack))["sources"]["hospital"] == ["failed", "length-mismatch"]


async def test_so_09_two_lengths_are_not_one_of_them(siege: Siege):
    async def says_two(asked: Asked, writer) -> None:
        writer.write(
            f"HTTP/1.1 200 X\r\ncontent-type: {FHIR}\r\ncontent-length: 2\r\n"
            "content-length: 4\r\n\r\n{}{}".encode()
        )

    siege.hostile.misbehaves = says_two
    answer = await siege.asked()

    assert answer.outcomes["hospital"] == "failed"
    assert others_answered(answer, "hospital")


@pytest.mark.parametrize("coding", ["br", "gzip, gzip", "zstd", "gzip"])
async def test_so_09_a_coding_that_cannot_be_undone_is_a_failure(siege: Siege, coding: str):
    body = gzip.compress(bundle_bytes(patient_like(siege.person)))[:-9]
    siege.hostile.misbehaves = says(body, Content_Encoding=coding)

    answer = await siege.asked()

    assert answer.outcomes["hospital"] == "failed"
    assert answer.from_source("hospital") == []


async def test_so_09_what_one_answer_may_cost_is_shared_by_its_searches(siege: Siege):
    # Each search alone would stay below the cap; together they are beyond it.
    filler = encounter("e1", refer("Patient/p1"), "a" * (6 * 1024 * 1024))
    siege.hostile.misbehaves = says(bundle_bytes(patient_like(siege.person), filler))

    answer = await siege.asked()

    assert answer.outcomes["hospital"] == "failed"
    assert (await last_row_b(siege.stack))["sources"]["hospital"] == ["failed", "too-large"]
