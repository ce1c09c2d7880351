"""A log may have several keys of one name, and a witness may countersign (section 3)."""

import pytest

from tests.outsider.checks import UselessEvidence, verify_consistency, verify_entry, verify_export
from tests.outsider.written_logs import (
    LOG_SEED,
    NAME,
    NEXT_SEED,
    STRANGER_SEED,
    WITNESS_SEED,
    checkpoint,
    checkpoint_line,
    cosignature,
    entry,
    entry_line,
    growth,
    leaf,
    proof,
    signature,
    three_lines,
    verifier_key,
)

ENTRIES = [entry(sequence) for sequence in range(1, 5)]
LEAVES = [leaf(raw) for raw in ENTRIES]
FIRST, NEXT = verifier_key(LOG_SEED), verifier_key(NEXT_SEED)
BOTH = f"{NEXT}\n{FIRST}\n"
WATCHER = verifier_key(WITNESS_SEED, "watch.example", kind=4)


def rotated() -> list[bytes]:
    lines = [entry_line(raw) for raw in ENTRIES]
    lines.insert(2, checkpoint_line(checkpoint(LEAVES[:2], seed=LOG_SEED)))
    return [*lines, checkpoint_line(checkpoint(LEAVES, seed=NEXT_SEED))]


@pytest.mark.parametrize(("keys", "broken"), [(BOTH, None), (FIRST, 3), (NEXT, 1)])
def test_a_log_whose_key_was_changed_needs_both_keys(keys: str, broken: int | None):
    assert verify_export(rotated(), keys).first_broken == broken


def test_a_checkpoint_from_elsewhere_may_have_been_signed_by_any_of_the_keys():
    held = [checkpoint(LEAVES[:3], seed=seed) for seed in (LOG_SEED, NEXT_SEED)]

    assert verify_export(rotated(), BOTH, held).is_whole
    with pytest.raises(UselessEvidence):
        verify_export(rotated(), BOTH, [checkpoint(LEAVES[:3], seed=STRANGER_SEED)])


def test_proofs_take_any_of_the_keys():
    shown, grown = proof(ENTRIES[1], 1, LEAVES), growth(2, LEAVES)

    assert verify_entry(shown, BOTH).is_whole
    assert not verify_entry(shown, NEXT).is_whole
    assert verify_consistency(grown, BOTH, checkpoint(LEAVES[:2], seed=NEXT_SEED)).is_whole


@pytest.mark.parametrize(("length", "is_whole"), [(200, True), (201, False)])
def test_a_name_has_at_most_200_characters(length: int, is_whole: bool):
    name = "n" * length
    lines = [checkpoint_line(checkpoint([], name))]

    assert verify_export(lines, verifier_key(name=name)).is_whole is is_whole


@pytest.mark.parametrize(("length", "is_whole"), [(16_384, True), (16_385, False)])
def test_a_note_has_at_most_16384_characters(length: int, is_whole: bool):
    note, other = checkpoint(LEAVES), "\u2014 {} AAAAAAAA\n"
    note += other.format("x") * ((length - len(note)) // 13 - 1)
    note += other.format("x" * (length - len(note) - 12))
    lines = [*(entry_line(raw) for raw in ENTRIES), checkpoint_line(note)]

    assert (len(note), verify_export(lines, FIRST).is_whole) == (length, is_whole)


def test_one_right_signature_among_others_is_enough():
    text = three_lines(LEAVES)
    wrong = signature(LOG_SEED, NAME, text.replace("4", "5"))
    stranger = signature(STRANGER_SEED, "else.example", text)
    note = f"{text}\n{stranger}{wrong}{signature(NEXT_SEED, NAME, text)}"

    assert verify_export(rotated(), BOTH, [note]).is_whole


BAD_KEYS = [
    "",
    "\n",
    f"{FIRST}\n\n{NEXT}",
    f"{FIRST}\n{verifier_key(NEXT_SEED, 'other.example')}",
    FIRST.replace("+", "+0", 1),
    verifier_key(LOG_SEED, kind=4),
    FIRST[: len(NAME) + 1] + "00000000" + FIRST[len(NAME) + 9 :],
    FIRST[: len(NAME) + 1] + FIRST[len(NAME) + 1 :].upper(),
]


@pytest.mark.parametrize("keys", BAD_KEYS, ids=range(len(BAD_KEYS)))
def test_verifier_keys_of_another_form_or_of_several_names_are_refused(keys: str):
    assert not verify_export(rotated(), keys).is_whole


NOTE = checkpoint(LEAVES)
BAD_NOTES = [
    NOTE.replace("\n\n", "\n"),
    NOTE.replace("\n\n", "\nmore\n\n"),
    NOTE.replace("\n\n", "\n\n\n"),
    NOTE.replace("\n4\n", "\n04\n"),
    NOTE.replace("\u2014", "-"),
    NOTE.replace("\u2014 ", "\u2014  "),
    NOTE.removesuffix("\n"),
    NOTE + "\n",
    NOTE + "\u2014 else.example AAAA\n",
    NOTE + "\u2014 else.example AAAAAAB=\n",
    NOTE.replace("\n", "\r\n"),
    three_lines(LEAVES) + "\n",
    checkpoint(LEAVES, "other.example"),
]


@pytest.mark.parametrize("note", BAD_NOTES, ids=range(len(BAD_NOTES)))
def test_a_checkpoint_that_has_not_the_form_of_a_note_is_refused(note: str):
    lines = [*(entry_line(raw) for raw in ENTRIES), checkpoint_line(note)]

    assert verify_export(lines, FIRST).first_broken == 1
    with pytest.raises(UselessEvidence):
        verify_export(rotated(), BOTH, [note])


def test_who_relies_on_a_witness_asks_for_its_signature():
    cosigned = NOTE + cosignature(WITNESS_SEED, "watch.example", three_lines(LEAVES))
    postdated = NOTE + cosignature(WITNESS_SEED, "watch.example", three_lines(LEAVES[:3]))

    assert verify_export(rotated(), BOTH, [cosigned], [WATCHER]).is_whole
    for note in (NOTE, postdated):
        with pytest.raises(UselessEvidence):
            verify_export(rotated(), BOTH, [note], [WATCHER])


def test_a_line_of_a_known_witness_that_is_not_right_is_refused_beside_a_right_one():
    right = cosignature(WITNESS_SEED, "watch.example", three_lines(LEAVES))
    wrong = cosignature(WITNESS_SEED, "watch.example", three_lines(LEAVES[:3]))
    lines = [*(entry_line(raw) for raw in ENTRIES), checkpoint_line(NOTE + wrong)]

    assert verify_export(lines, BOTH).is_whole
    assert verify_export(lines, BOTH, (), [WATCHER]).first_broken == 1
    with pytest.raises(UselessEvidence):
        verify_export(rotated(), BOTH, [NOTE + right + wrong], [WATCHER])
