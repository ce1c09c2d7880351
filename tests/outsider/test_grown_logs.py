"""A consistency proof shows that a log only grew (section 4)."""

import pytest

from tests.outsider.checks import UselessEvidence, verify_consistency
from tests.outsider.written_logs import (
    STRANGER_SEED,
    checkpoint,
    encode,
    entry,
    growth,
    leaf,
    note,
    three_lines,
    verifier_key,
)

LEAVES = [leaf(entry(sequence)) for sequence in range(1, 34)]
KEY = verifier_key()


def judge(document: dict[str, object], held: str) -> bool:
    return verify_consistency(document, KEY, held).is_whole


@pytest.mark.parametrize("new", [*range(1, 18), 31, 32, 33])
def test_a_log_that_only_grew_is_found_whole_from_every_size(new: int):
    for old in range(1, new + 1):
        assert judge(growth(old, LEAVES[:new]), checkpoint(LEAVES[:old]))


@pytest.mark.parametrize(("old", "new"), [(1, 2), (3, 7), (4, 8), (6, 8), (7, 7), (21, 33)])
def test_a_log_that_was_written_anew_is_found(old: int, new: int):
    rewritten = [leaf(b"other"), *LEAVES[1:]]

    assert not judge(growth(old, rewritten[:new]), checkpoint(LEAVES[:old]))
    assert not judge(growth(old, LEAVES[:new]), checkpoint(rewritten[:old]))


@pytest.mark.parametrize(("old", "new"), [(1, 2), (3, 7), (4, 8), (6, 8), (7, 7), (21, 33)])
def test_a_hash_too_many_or_too_few_or_another_is_found(old: int, new: int):
    document, held = growth(old, LEAVES[:new]), checkpoint(LEAVES[:old])
    hashes = document["hashes"]
    changed = [[*hashes, encode(LEAVES[0])], [encode(LEAVES[0]), *hashes]]
    changed += [hashes[:at] + hashes[at + 1 :] for at in range(len(hashes))]
    changed += [[*hashes[:at], encode(LEAVES[9]), *hashes[at + 1 :]] for at in range(len(hashes))]

    assert not any(judge(document | {"hashes": each}, held) for each in changed)


@pytest.mark.parametrize(("old", "new"), [(1, 2), (3, 7), (4, 8), (5, 6), (6, 8), (32, 33)])
def test_a_proof_of_no_hashes_shows_no_growth(old: int, new: int):
    document = growth(old, LEAVES[:new]) | {"hashes": []}

    assert not judge(document, checkpoint(LEAVES[:old]))


WRONG_MEMBERS = [
    *({"old": old} for old in (0, 2, 4, 7, "3", True, None, -3)),
    *({"hashes": hashes} for hashes in (None, "", {}, [None], [""], ["AAAA"])),
    *({"checkpoint": note} for note in (None, "", checkpoint(LEAVES[:6]), checkpoint([]))),
    {"checkpoint": checkpoint(LEAVES[:7], seed=STRANGER_SEED)},
    {"more": 1},
]


@pytest.mark.parametrize("members", WRONG_MEMBERS, ids=range(len(WRONG_MEMBERS)))
def test_a_consistency_proof_of_another_form_is_refused(members: dict[str, object]):
    assert not judge(growth(3, LEAVES[:7]) | members, checkpoint(LEAVES[:3]))


def test_a_log_that_shrank_is_found():
    document = growth(3, LEAVES[:3]) | {"old": 5}

    assert not judge(document, checkpoint(LEAVES[:5]))


def test_a_signed_root_does_not_pass_for_that_of_a_smaller_log():
    smaller = note(three_lines(LEAVES[:2]).replace("\n2\n", "\n1\n"))
    document = {"old": 2, "hashes": [], "checkpoint": smaller}

    assert not judge(document, checkpoint(LEAVES[:2]))


def test_no_proof_starts_from_a_log_of_no_entries():
    document = growth(1, LEAVES[:1]) | {"old": 0}

    assert not judge(document, checkpoint([]))


def test_a_checkpoint_of_another_origin_is_not_compared():
    other = growth(3, LEAVES[:7], "other.example")

    assert not judge(other, checkpoint(LEAVES[:3]))
    with pytest.raises(UselessEvidence):
        judge(growth(3, LEAVES[:7]), checkpoint(LEAVES[:3], "other.example"))
