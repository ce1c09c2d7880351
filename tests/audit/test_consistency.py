"""That the log only grew between two of its checkpoints is proven to whoever holds the earlier one."""

from typing import Any

import pytest
from sqlalchemy import text

from gateway.audit.consistency import prove_consistency, verify_growth
from gateway.audit.notes import NoteError, SigningKey
from gateway.store.audit_tree import checkpoints_between
from gateway.store.engine import Store
from tests.audit.signed_log import KEY, KEYS, ORIGIN, OTHER_KEY, Times, begin, keeper_of, sign
from tests.audit.signed_log import write_pairs as write

SIZES = (1, 5, 7, 27)
ROOT = b"r" * 32
EMPTY: dict[str, Any] = {"old": 1, "hashes": [], "checkpoint": KEY.sign(1, ROOT)}


@pytest.fixture
async def notes(store: Store) -> dict[int, str]:
    """Sign a log at each of the sizes."""
    clock = Times()
    await begin(store)
    for number, size in enumerate(SIZES):
        await write(store, 1000 * number + 1, (size - SIZES[max(number - 1, 0)]) // 2)
        await sign(keeper_of(store, clock), clock)
    return {each.size: each.note for each in await store.read(checkpoints_between, 0, 1000)}


async def document_of(store: Store, old: int, new: int) -> dict[str, Any]:
    found = await store.read(prove_consistency, old, new)
    assert found is not None
    return dict(found.document())


async def test_each_checkpoint_is_proven_to_have_grown_into_each_later_one(
    store: Store, notes: dict[int, str]
):
    assert tuple(notes) == SIZES
    for old in SIZES:
        for new in (size for size in SIZES if size >= old):
            document = await document_of(store, old, new)

            assert verify_growth(document, notes[old], KEYS) == (old, new)


@pytest.mark.parametrize(("old", "new"), [(0, 5), (6, 5), (1, 4), (1, 28), (28, 400)])
async def test_what_was_not_signed_or_did_not_grow_is_not_proven(
    store: Store, notes: dict[int, str], old: int, new: int
):
    assert await store.read(prove_consistency, old, new) is None


async def test_nothing_is_proven_where_entries_are_missing(store: Store, notes: dict[int, str]):
    with store.writes.begin() as connection:
        connection.execute(text("DELETE FROM audit_entry WHERE sequence = 6"))

    assert await store.read(prove_consistency, 5, 7) is None


async def test_a_log_that_was_written_anew_is_shown_by_no_proof(
    store: Store, notes: dict[int, str]
):
    document = await document_of(store, 5, 7)

    with pytest.raises(NoteError, match="does not show"):
        verify_growth(document, KEY.sign(5, ROOT), KEYS)
    with pytest.raises(NoteError, match="does not show"):
        verify_growth({**document, "hashes": document["hashes"][:-1]}, notes[5], KEYS)


async def test_a_proof_is_of_the_checkpoint_that_is_held(store: Store, notes: dict[int, str]):
    document = await document_of(store, 5, 7)
    other = SigningKey(f"{ORIGIN}/other", b"k" * 32)

    for held in (notes[1], other.sign(5, ROOT)):
        with pytest.raises(NoteError, match="another checkpoint"):
            verify_growth(document, held, (*KEYS, other.verifier()))
    with pytest.raises(NoteError, match="not signed"):
        verify_growth(document, OTHER_KEY.sign(5, ROOT), KEYS)


@pytest.mark.parametrize(
    "altered",
    [
        *({"old": old} for old in (True, "1", None)),
        *({"hashes": hashes} for hashes in ("x", ["x"], [1], ["AA=="])),
        *({"checkpoint": None}, {"further": 1}),
    ],
)
def test_what_has_not_the_form_is_no_proof(altered: dict[str, Any]):
    with pytest.raises(NoteError):
        verify_growth({**EMPTY, **altered}, KEY.sign(1, ROOT), KEYS)
