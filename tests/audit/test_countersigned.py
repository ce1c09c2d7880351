"""A witness is asked to sign the note that the log signed, and can have it proven that the log grew to that."""

from collections.abc import Iterator

import pytest

from gateway.audit.keeper import Grown
from gateway.audit.merkle import verify_consistency
from gateway.audit.notes import KeyType, VerifierKey, open_checkpoint, signature_line
from gateway.errors import LogAlteredError
from gateway.store.audit_tree import checkpoints_between
from gateway.store.engine import Store, open_store
from tests.audit.signed_log import KEYS, Times, begin, keeper_of, sign, write_pairs

LINE = signature_line(VerifierKey("witness.test", KeyType.WITNESS, b"w" * 32), b"x" * 72)


@pytest.fixture
def store(sqlite_url: str) -> Iterator[Store]:
    opened = open_store(sqlite_url)
    yield opened
    opened.close()


async def test_what_a_witness_signed_is_kept_with_what_it_was_asked_to_sign(store: Store):
    asked: list[tuple[str, int]] = []

    async def countersign(note: str, size: int, _grown: Grown) -> str:
        asked.append((note, size))
        return LINE

    await begin(store)
    clock = Times()
    await sign(keeper_of(store, clock, countersign=countersign), clock)

    [kept] = await store.read(checkpoints_between, 0, 9)
    [(note, size)] = asked
    assert (kept.note, kept.size) == (note + LINE, size)
    assert open_checkpoint(note, KEYS).size == size == 1


async def test_a_witness_has_it_proven_that_the_log_grew_from_what_it_saw(store: Store):
    proofs: list[object] = []

    async def countersign(_note: str, _size: int, grown: Grown) -> str:
        proofs.extend([await grown(1), await grown(3)])
        with pytest.raises(LogAlteredError):
            await grown(4)
        return ""

    await begin(store)
    clock = Times()
    await sign(keeper_of(store, clock), clock)
    await write_pairs(store, 1, 1)
    await sign(keeper_of(store, clock, countersign=countersign), clock)

    first, second = (
        open_checkpoint(each.note, KEYS) for each in await store.read(checkpoints_between, 0, 9)
    )
    proof, nothing = proofs
    assert nothing == ()
    assert verify_consistency(1, 3, proof, first.root, second.root)  # type: ignore[arg-type]
