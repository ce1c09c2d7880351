"""A verifier by somebody who has seen only docs/audit-format.md finds what ours finds, and where (done on logs of ours).

SCR_PROVE_COUNT sets how many logs are tampered with, SCR_PROVE_SEED repeats a run. The verifier changes only with that page.
"""

import os
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from random import Random
from typing import NamedTuple

import orjson
import pytest

from gateway.audit.consistency import prove_consistency, verify_growth
from gateway.audit.losses import losses_in
from gateway.audit.notes import NoteError, SigningKey, read_verifier_key
from gateway.audit.verify import verify_export
from gateway.store.engine import Store
from tests.audit.signed_log import (
    KEY,
    OTHER_KEY,
    Times,
    begin,
    export,
    keeper_of,
    sign,
    write_pairs,
)
from tests.audit.tamperings import (
    ENTRIES,
    NEW,
    TAMPERINGS,
    Lines,
    begun_anew,
    cut,
    delete,
    flip,
    resigned,
)
from tests.audit.test_proving import document_of
from tests.audit.written_logs import exported_log
from tests.outsider import verifier
from tests.outsider.written_logs import encode, growth, verifier_key

COUNT = int(os.environ.get("SCR_PROVE_COUNT", "60"))  # noqa: TID251 - a switch of the test run
SEED = int(os.environ.get("SCR_PROVE_SEED", time.time_ns() % 10**6))  # noqa: TID251 - as above
VERIFIER_KEY = KEY.verifier().text()

START = time.time()
STRANGE_KEY = verifier_key()
NEXT = SigningKey(KEY.origin, OTHER_KEY.seed)


class Found(NamedTuple):
    """What a verdict tells: where it breaks first, how many entries are null, and what was lost."""

    first_broken: int | None
    gone: int
    losses: tuple[tuple[str, int, int], ...]


def both(
    lines: Lines, held: Sequence[str] = (), keys: Sequence[SigningKey] = (KEY,)
) -> tuple[Found | None, Found | None]:
    """Give what we and they find; None where there is no verdict, for what is held is no evidence."""
    return ours(lines, held, keys), theirs(lines, held, keys)


def ours(lines: Lines, held: Sequence[str], keys: Sequence[SigningKey]) -> Found | None:
    trusted, now = [each.verifier() for each in keys], datetime.fromtimestamp(START, UTC)
    try:
        verdict = verify_export(lines, trusted, held, losses_in(lines), now)
    except NoteError:
        return None
    losses = tuple((each.former_origin, each.first, each.through) for each in verdict.losses)
    return Found(verdict.fault and verdict.fault.first, verdict.purged, losses)


def theirs(lines: Lines, held: Sequence[str], keys: Sequence[SigningKey]) -> Found | None:
    trusted = "\n".join(each.verifier().text() for each in keys)
    try:
        verdict = verifier.verify_export(lines, trusted, held)
    except verifier.UselessEvidence:
        return None
    assert verdict.is_whole == (verdict.first_broken is None)
    losses = ((each.former_origin, each.first_lost, each.former_size) for each in verdict.losses)
    return Found(verdict.first_broken, verdict.gone, tuple(losses))


def grew_as_we_see_it(document: dict[str, object], held: str, key: str = STRANGE_KEY) -> bool:
    try:
        verify_growth(document, held, [read_verifier_key(key)])
    except NoteError:
        return False
    return True


def grew_as_they_see_it(document: dict[str, object], held: str, key: str = STRANGE_KEY) -> bool:
    return verifier.verify_consistency(document, key, held).is_whole


def agreed_is_broken(which: object, lines: Lines, held: Sequence[str], *keys: object) -> bool:
    our, their = both(lines, held, *keys)
    assert our == their, which
    return our is None or our.first_broken is not None


def test_outsider_both_find_the_same_in_logs_that_were_tampered_with(
    record_property: Callable[[str, object], None],
):
    record_property("seed", SEED)
    found = 0
    for number in range(COUNT):
        random = Random(f"{SEED}|{number}")
        whole = exported_log(ENTRIES, every=random.randint(7, 30))
        held = [orjson.loads(line)["checkpoint"] for line in whole if b'{"checkpoint' in line[:13]]
        tampering = TAMPERINGS[number % len(TAMPERINGS)]
        found += agreed_is_broken(
            (SEED, number, tampering.__name__),
            *(tampering(whole, random), held if random.random() < 0.7 else []),
        )
    record_property("found by both", found)
    assert found > COUNT / 2


@pytest.mark.parametrize("keys", [(NEXT, KEY), (KEY, NEXT), (KEY,), (NEXT,)])
def test_both_agree_on_a_log_whose_key_was_changed(keys: tuple[SigningKey, ...]):
    for number in range(COUNT // 4):
        random = Random(f"{SEED}|rotated|{number}")
        whole, changed = exported_log(ENTRIES, every=7), random.randint(0, ENTRIES)
        lines = resigned(whole, lambda size, at=changed: KEY if size <= at else NEXT)
        held = [orjson.loads(random.choice(lines[7::8]))["checkpoint"]] if number % 2 else []
        tampered = random.choice([lines, flip(lines, random), cut(lines, random)])

        agreed_is_broken((SEED, number), tampered, held, keys)


def test_both_agree_on_logs_that_were_begun_anew_whole_and_tampered_with():
    former = exported_log(ENTRIES, every=5)
    notes = [orjson.loads(line)["checkpoint"] for line in former[5::6]]
    whole = 0
    for number in range(COUNT):
        random = Random(f"{SEED}|anew|{number}")
        lines, held = begun_anew(random), random.sample(notes, random.randint(0, 3))
        tampered = random.choice([lines, lines, flip(lines, random), delete(lines, random)])
        whole += not agreed_is_broken((SEED, number), tampered, held, (NEW,))
    assert whole


GROWTH_OTHERWISE: tuple[Callable[[list[str], Random], list[str]], ...] = (
    lambda hashes, _random: hashes,
    lambda hashes, random: random.sample(hashes, len(hashes)),
    lambda hashes, _random: hashes[1:],
    lambda hashes, _random: hashes[:-1],
    lambda hashes, _random: hashes * 2,
    lambda hashes, random: [*hashes, encode(random.randbytes(random.choice([31, 32])))],
    lambda hashes, random: [*hashes[1:], encode(random.randbytes(32))],
)


def test_both_agree_on_proofs_that_a_log_grew_right_and_wrong():
    leaves = [bytes([number]) * 32 for number in range(40)]
    for number in range(COUNT * 4):
        random = Random(f"{SEED}|growth|{number}")
        old, new, held = (random.randint(0, 40) for _ in range(3))
        document = growth(min(old, new) or 1, leaves[: new or 1])
        document["hashes"] = random.choice(GROWTH_OTHERWISE)([*document["hashes"]], random)
        document["old"] = random.choice([document["old"], document["old"], old, True, "3"])
        shown = growth(1, leaves[: random.choice([min(old, new) or 1, held or 1])])["checkpoint"]

        assert grew_as_we_see_it(document, shown) == grew_as_they_see_it(document, shown), number


@pytest.mark.parametrize("entries", [1, 255, 256, 257, 10_000])
def test_both_find_a_whole_log_whole(entries: int):
    found = Found(None, 0, ())
    assert both(exported_log(entries, every=1_000)) == (found, found)
    assert verifier.verify_export(exported_log(entries), VERIFIER_KEY).entries == entries


async def test_both_agree_on_a_log_of_the_database_and_on_each_of_its_proofs(store: Store):
    clock = Times()
    await begin(store)
    for first in (1, 40):
        await write_pairs(store, first, 30)
        await sign(keeper_of(store, clock), clock)

    assert both(export(store)) == (Found(None, 0, ()),) * 2
    for sequence in range(1, 122, 7):
        document = await document_of(store, sequence)
        assert verifier.verify_entry(document, VERIFIER_KEY).is_whole
        altered = {**document, "entry": document["entry"].replace('"u1"', '"u2"')}
        assert not verifier.verify_entry(altered, VERIFIER_KEY).is_whole or '"u1"' not in str(
            document
        )


async def test_the_outsider_takes_each_proof_that_a_log_of_the_database_grew(store: Store):
    clock, notes = Times(), list[str]()
    await begin(store)
    for first in (1, 40):
        await write_pairs(store, first, 30)
        await sign(keeper_of(store, clock), clock)
        notes.append(orjson.loads(export(store)[-1])["checkpoint"])
    proof = await store.read(prove_consistency, 61, 121)
    assert proof is not None

    document = {**proof.document()}
    assert grew_as_they_see_it(document, notes[0], VERIFIER_KEY)
    assert not grew_as_they_see_it(document, notes[1], VERIFIER_KEY)
    document["hashes"] = proof.document()["hashes"][1:]
    assert not grew_as_they_see_it(document, notes[0], VERIFIER_KEY)
