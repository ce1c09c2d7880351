"""The lines of an export have one of two forms, and the first fault has its place (section 5)."""

import pytest

from tests.outsider.checks import verify_entry, verify_export
from tests.outsider.written_logs import (
    checkpoint,
    checkpoint_line,
    entry,
    entry_line,
    export,
    leaf,
    note,
    proof,
    three_lines,
    verifier_key,
)

ENTRIES = [entry(sequence) for sequence in range(1, 6)]
LEAVES = [leaf(raw) for raw in ENTRIES]
ONE, TWO, THREE, FOUR, FIVE = map(entry_line, ENTRIES)
AT = [checkpoint_line(checkpoint(LEAVES[:size])) for size in range(6)]
OTHER = [leaf(b"other"), *LEAVES[1:]]
WRONG = checkpoint_line(checkpoint(OTHER[:4]))


def judge(lines: list[bytes], *held: str) -> int | None:
    return verify_export(lines, verifier_key(), held).first_broken


@pytest.mark.parametrize("size", range(6))
def test_every_entry_of_a_log_of_every_size_is_proven(size: int):
    assert judge(export(ENTRIES[:size])) is None
    for index in range(size):
        assert verify_entry(proof(ENTRIES[index], index, LEAVES[:size]), verifier_key()).is_whole


def test_an_entry_of_a_number_above_the_size_is_not_proven():
    shown = proof(ENTRIES[1], 0, LEAVES[1:2])
    shown["proof"] = str(shown["proof"]).replace("index 0", "index 1")

    assert not verify_entry(shown, verifier_key()).is_whole


BROKEN = [
    ([], 1),
    ([ONE, TWO], 3),
    ([ONE, TWO, AT[2][:-1]], 3),
    ([ONE, TWO, AT[2].replace(b":", b": ", 1)], 3),
    ([ONE, TWO, AT[2].replace(rb"\n", rb"\u000a", 1)], 3),
    ([ONE, TWO, AT[2].replace("\u2014".encode(), rb"\u2014")], 3),
    ([ONE, TWO, AT[2], b"\n"], 3),
    ([ONE.replace(b'"leaf"', b'"Leaf"'), AT[1]], 1),
    ([ONE, THREE, AT[2]], 2),
    ([ONE, TWO.replace(b"asked", b"other"), AT[2]], 2),
    ([ONE, TWO, AT[1]], 1),
    ([ONE, AT[1], TWO, THREE, AT[2]], 2),
    ([ONE, TWO, AT[2], AT[2]], 3),
    ([AT[0], AT[0], ONE, AT[1]], 1),
    ([ONE, TWO, AT[0]], 1),
    ([ONE, AT[1], TWO, THREE, FOUR, WRONG, FIVE.replace(b"asked", b"other"), AT[5]], 2),
]


@pytest.mark.parametrize(("lines", "broken"), BROKEN, ids=range(len(BROKEN)))
def test_the_first_fault_of_a_file_has_its_place(lines: list[bytes], broken: int):
    assert judge(lines) == broken


def test_a_checkpoint_of_no_entries_may_stand_first():
    assert judge([AT[0], ONE, AT[1]]) is None
    assert judge([AT[0]], checkpoint([])) is None


def test_a_checkpoint_from_elsewhere_that_fits_narrows_the_place_of_one_of_the_file():
    lines = [ONE, TWO, THREE, FOUR, WRONG]

    assert judge(lines) == 1
    assert judge(lines, checkpoint(LEAVES[:3])) == 4


def test_checkpoints_of_the_file_do_not_narrow_the_place_of_one_from_elsewhere():
    lines = [ONE, AT[1], TWO, AT[2], THREE, AT[3], FOUR, AT[4]]

    assert judge(lines, checkpoint(OTHER[:4])) == 1
    assert judge(lines, checkpoint(OTHER[:4]), checkpoint(LEAVES[:2])) == 3


def test_a_checkpoint_of_no_entries_from_elsewhere_is_not_compared():
    strange = note(three_lines([]).replace("47D", "57D"))

    assert judge(export(ENTRIES), strange) is None


def test_checkpoints_from_elsewhere_of_one_size_break_the_log_at_one_place_in_any_order():
    right, wrong = checkpoint(LEAVES[:3]), checkpoint(OTHER[:3])

    assert judge(export(ENTRIES), right, wrong) == 1
    assert judge(export(ENTRIES), wrong, right) == 1


def test_a_log_that_was_cut_off_is_found_at_the_first_entry_that_is_missing():
    assert judge([ONE, TWO, AT[2]], checkpoint(LEAVES)) == 3
    assert judge([ONE, TWO, THREE], checkpoint(LEAVES)) == 4
