"""A witness countersigns what grew out of what it saw; what did not is an alarm, and its silence is none."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from pydantic import ValidationError
from sqlalchemy import text

from gateway.audit.notes import Checkpoint, NoteError, is_witnessed, open_checkpoint
from gateway.errors import LogAlteredError
from gateway.store.audit_tree import latest_checkpoint
from gateway.store.engine import Store
from gateway.witness import Witness
from gateway.witness_settings import WitnessSettings
from tests.adapters.stub_source import Behaviour, stub_source
from tests.audit.signed_log import (
    KEY,
    KEYS,
    ORIGIN,
    Times,
    begin,
    check,
    keeper_of,
    sign,
    write_pairs,
)
from tests.audit.witness_server import WITNESS, SeeingWitness

ROOT = b"r" * 32


@asynccontextmanager
async def witness_at(behave: Behaviour) -> AsyncIterator[Witness]:
    async with stub_source(behave) as stub:
        witness = Witness(WitnessSettings(url=stub.url, key=WITNESS.text()))
        yield witness
        await witness.aclose()


async def signed(store: Store, clock: Times, witness: Witness) -> str:
    await sign(keeper_of(store, clock, countersign=witness), clock)
    latest = await store.read(latest_checkpoint)
    assert latest is not None
    return latest.note


async def test_a_witness_signs_each_checkpoint_as_the_log_grows(store: Store):
    clock, seeing = Times(), SeeingWitness()
    await begin(store)
    async with witness_at(seeing.behave) as witness:
        for first in (1, 301, 302):
            await write_pairs(store, first, 300 if first == 1 else 1)
            note = await signed(store, clock, witness)

            assert is_witnessed(note, WITNESS)
            assert open_checkpoint(note, KEYS).size == seeing.seen.size

    assert seeing.signed == 3
    assert check(store).fault is None


async def test_a_worker_that_starts_anew_asks_the_witness_what_it_saw(store: Store):
    clock, seeing = Times(), SeeingWitness()
    await begin(store)
    for number in (1, 2):
        await write_pairs(store, number, 1)
        async with witness_at(seeing.behave) as witness:
            assert is_witnessed(await signed(store, clock, witness), WITNESS)


@pytest.mark.parametrize("kept", [1, 2, 5])
async def test_a_log_that_did_not_grow_out_of_what_the_witness_saw_is_not_signed(
    store: Store, kept: int
):
    clock, seeing = Times(), SeeingWitness()
    await begin(store)
    await write_pairs(store, 1, 3)
    async with witness_at(seeing.behave) as witness:
        await signed(store, clock, witness)
        with store.writes.begin() as connection:
            connection.execute(text("DELETE FROM audit_checkpoint"))
            connection.execute(text("DELETE FROM audit_entry WHERE sequence > 1"))
        await write_pairs(store, 7, kept)

        with pytest.raises(LogAlteredError, match="witness"):
            await sign(keeper_of(store, clock, countersign=witness), clock)

    assert await store.read(latest_checkpoint) is None


async def test_another_log_of_the_size_that_the_witness_saw_is_not_signed(store: Store):
    clock, seeing = Times(), SeeingWitness(seen=Checkpoint(ORIGIN, 3, b"o" * 32))
    await begin(store)
    await write_pairs(store, 1, 1)
    async with witness_at(seeing.behave) as witness:
        with pytest.raises(LogAlteredError, match="saw 3 entries, and others than these"):
            await sign(keeper_of(store, clock, countersign=witness), clock)

    assert await store.read(latest_checkpoint) is None


async def test_a_slow_worker_that_was_overtaken_at_the_witness_is_no_alarm(store: Store):
    clock, seeing = Times(), SeeingWitness()
    await begin(store)
    await write_pairs(store, 1, 3)
    async with witness_at(seeing.behave) as fast, witness_at(seeing.behave) as slow:
        await signed(store, clock, fast)

        lines = await keeper_of(store, clock, countersign=slow)._countersigned(KEY.sign(5, ROOT), 5)

    assert (lines, seeing.signed) == ("", 1)


async def refuses(_asked, writer) -> None:
    writer.write(b"HTTP/1.1 404 X\r\nContent-Length: 0\r\n\r\n")


async def hangs_up(_asked, writer) -> None:
    writer.transport.abort()


async def says_nonsense(_asked, writer) -> None:
    writer.write(b"HTTP/1.1 200 X\r\nContent-Length: 4\r\n\r\n\xff\xfe\n\n")


async def knows_no_size(_asked, writer) -> None:
    writer.write(b"HTTP/1.1 409 X\r\nContent-Length: 2\r\n\r\nx\n")


@pytest.mark.parametrize("behave", [refuses, hangs_up, says_nonsense, knows_no_size])
async def test_without_its_witness_the_log_is_signed_all_the_same(store: Store, behave: Behaviour):
    await begin(store)
    async with witness_at(behave) as witness:
        note = await signed(store, Times(), witness)

    assert open_checkpoint(note, KEYS).size == 1
    assert note.count("— ") == 1


async def test_a_signature_that_is_not_the_witnesss_is_left_out(store: Store):
    await begin(store)
    async with witness_at(SeeingWitness(is_forging=True).behave) as witness:
        note = await signed(store, Times(), witness)

    assert note.count("— ") == 1


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://witness.example/?x", WITNESS.text()),
        ("https://witness.example", KEYS[0].text()),
        ("https://witness.example", "x"),
    ],
)
def test_a_witness_that_cannot_be_one_is_a_fault_of_the_settings(url: str, key: str):
    with pytest.raises(ValidationError):
        WitnessSettings(url=url, key=key)


def test_a_key_whose_id_is_not_its_own_is_refused():
    altered = WITNESS.text().replace(WITNESS.id().hex(), "00000000")

    with pytest.raises(NoteError, match="not its own"):
        Witness(WitnessSettings(url="https://witness.example", key=altered))
