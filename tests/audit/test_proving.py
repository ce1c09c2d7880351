"""Any entry that a checkpoint covers can be proven to somebody who has the log's key and nothing else."""

import orjson
import pytest

from gateway.audit.notes import NoteError
from gateway.audit.proofs import Proof, read_proof, written
from gateway.audit.proving import prove
from gateway.audit.verify import verify_entry
from gateway.store.engine import Store
from tests.audit.signed_log import KEY, KEYS, Times, begin, keeper_of, sign, write_pairs
from tests.audit.written_logs import exported_log

ROOT = b"r" * 32
PROOF = Proof(3, (b"a" * 32, b"b" * 32), KEY.sign(7, ROOT))


@pytest.mark.parametrize("proof", [PROOF, Proof(0, (), KEY.sign(1, ROOT))])
def test_a_proof_is_read_as_it_was_written(proof: Proof):
    assert read_proof(written(proof)) == proof


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n\n",
        written(PROOF).replace("proof@v1", "proof@v2"),
        written(PROOF).replace("index 3", "index 03"),
        written(PROOF).replace("index 3", "index -3"),
        written(PROOF).replace("index 3\n", ""),
        written(PROOF).replace("index 3\n", "index 3\n?\n"),
        written(PROOF).replace("index 3\n", "index 3\nYQ==\n"),
        written(Proof(3, (b"a" * 32,) * 64, PROOF.checkpoint)),
        written(PROOF).partition("\n\n")[0],
    ],
)
def test_what_is_no_proof_is_refused(text: str):
    with pytest.raises(NoteError):
        read_proof(text)


async def signed(store: Store, pairs: int) -> None:
    clock = Times()
    await begin(store)
    await write_pairs(store, 1, pairs)
    await sign(keeper_of(store, clock), clock)


async def document_of(store: Store, sequence: int) -> dict[str, str]:
    proven = await store.read(prove, sequence)
    assert proven is not None
    return {"entry": proven.entry, "proof": proven.proof}


async def test_every_entry_is_proven(store: Store):
    await signed(store, 300)

    for sequence in (1, 2, 255, 256, 257, 300, 512, 513, 600, 601):
        assert verify_entry(await document_of(store, sequence), KEYS) == sequence


async def test_a_proof_tells_whose_record_it_is_about(store: Store):
    await signed(store, 1)

    about = [await store.read(prove, sequence) for sequence in (1, 2)]

    assert [each and each.patient for each in about] == [None, "p" * 36]


@pytest.mark.parametrize("sequence", [-1, 0, 4, 5, 10**17])
async def test_what_no_checkpoint_covers_is_not_proven(store: Store, sequence: int):
    await signed(store, 1)
    await write_pairs(store, 2, 1)

    assert await store.read(prove, sequence) is None


async def test_nothing_is_proven_before_anything_is_signed(store: Store):
    await begin(store)

    assert await store.read(prove, 1) is None


async def test_an_altered_entry_or_a_proof_of_another_is_refused(store: Store):
    await signed(store, 2)
    one, other = await document_of(store, 2), await document_of(store, 3)

    altered = {**one, "entry": one["entry"].replace('"u1"', '"u2"')}
    for document in (altered, {**one, "proof": other["proof"]}):
        with pytest.raises(NoteError, match="does not show"):
            verify_entry(document, KEYS)


def test_a_proof_of_an_entry_that_names_another_number_is_refused():
    line, note = exported_log(
        1, written={1: lambda line: line.replace(b'"sequence":1', b'"sequence":2')}
    )
    entry = line.partition(b'"entry":')[2][:-2].decode()
    proof = written(Proof(0, (), orjson.loads(note)["checkpoint"]))

    with pytest.raises(NoteError, match="of another entry"):
        verify_entry({"entry": entry, "proof": proof}, KEYS)
