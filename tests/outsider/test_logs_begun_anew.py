"""A log that lost entries goes on under another name, and says so (section 6)."""

import pytest

from tests.outsider.checks import UselessEvidence, Verdict, verify_entry, verify_export
from tests.outsider.losses import Loss
from tests.outsider.written_logs import (
    NAME,
    NEXT_SEED,
    STRANGER_SEED,
    checkpoint,
    checkpoint_line,
    encode,
    entry,
    entry_line,
    leaf,
    proof,
    root,
    verifier_key,
)

FORMER, EARLIER = "log.example/before", "log.example/earliest"
KEY = verifier_key()
LOST = [leaf(entry(n, text="lost" if n > 3 else "kept")) for n in range(1, 7)]
LOSS = Loss(NAME, FORMER, former_size=6, first_lost=4)


def anew(sequence: int, **said: object) -> bytes:
    usual = {"origin": NAME, "former_origin": FORMER, "former_size": 6, "first_lost": 4}
    body = usual | {"former_root": encode(root(LOST))} | said
    return entry(sequence, action="log-begun-anew", **body)


def begun_anew(*told: bytes) -> list[bytes]:
    """Write three entries under the former name, what is told, and one under the new name."""
    entries = [*(entry(n, text="kept") for n in (1, 2, 3)), *told]
    entries.append(entry(len(entries) + 1))
    lines, leaves = [entry_line(raw) for raw in entries], [leaf(raw) for raw in entries]
    lines.insert(3, checkpoint_line(checkpoint(leaves[:3], FORMER)))
    return [*lines, checkpoint_line(checkpoint(leaves))]


WHOLE = begun_anew(anew(4))


def held(size: int, name: str = FORMER) -> str:
    return checkpoint(LOST[:size], name)


def test_a_log_begun_anew_is_whole_and_its_verdict_names_the_loss():
    verdict = verify_export(WHOLE, KEY, [held(size) for size in range(7)])

    assert verdict == Verdict(True, 5, None, "whole", (LOSS,))


def test_a_former_checkpoint_above_the_size_that_was_told_is_not_excused():
    longer = [*LOST, leaf(b"7")]

    assert verify_export(WHOLE, KEY, [checkpoint(longer, FORMER)]).first_broken == 6


def test_a_former_checkpoint_below_the_first_that_was_lost_is_not_excused():
    rewritten = checkpoint([leaf(b"other"), *LOST[1:3]], FORMER)

    verdict = verify_export(WHOLE, KEY, [rewritten])

    assert (verdict.first_broken, verdict.losses) == (1, (LOSS,))


def test_no_entry_excuses_a_checkpoint_under_the_name_that_is_trusted():
    own = anew(4, former_origin=NAME)

    assert verify_export(WHOLE, KEY, [held(5, NAME)]).first_broken == 1
    assert verify_export(begun_anew(anew(4), own.replace(b":4,", b":5,", 1)), KEY).is_whole
    assert verify_export(begun_anew(own), KEY).losses == ()


def test_a_former_checkpoint_of_a_stranger_is_no_evidence():
    with pytest.raises(UselessEvidence):
        verify_export(WHOLE, KEY, [checkpoint(LOST, FORMER, STRANGER_SEED)])


def test_a_former_checkpoint_is_no_evidence_where_no_loss_was_told():
    lines = begun_anew(entry(4))[:3] + begun_anew(entry(4))[4:]

    assert verify_export(lines, KEY).is_whole
    with pytest.raises(UselessEvidence):
        verify_export(lines, KEY, [held(6)])


TAMPERED = [
    (WHOLE[4].replace(b'"first_lost":4', b'"first_lost":2'), 4),
    (WHOLE[4].replace(b'"former_size":6', b'"former_size":9'), 4),
    (WHOLE[4].replace(b'"former_size":6', b'"former_size":"6"'), 1),
    (WHOLE[4].replace(b'"former_size":6', b'"former_size":6.0'), 1),
    (WHOLE[4].replace(FORMER.encode(), b"other.example"), 1),
    (WHOLE[4].replace(b"log-begun-anew", b"asked"), 1),
    (WHOLE[4].replace(b'"recorded_at"', b'"recorded_by"'), 4),
    (WHOLE[4].replace(b'"leaf"', b'"Leaf"'), 4),
    (WHOLE[4].replace(b"}", b"", 1), 1),
]


@pytest.mark.parametrize(("line", "broken"), TAMPERED, ids=range(len(TAMPERED)))
def test_a_changed_entry_of_a_loss_is_found(line: bytes, broken: int):
    lines = [*WHOLE[:4], line, *WHOLE[5:]]

    assert verify_export(lines, KEY).first_broken == broken


FORMLESS = [
    {"origin": 5},
    {"former_origin": None},
    *({"former_size": size} for size in (-1, "6", None, True)),
    *({"first_lost": first} for first in (-1, "4", None, [])),
]


@pytest.mark.parametrize("said", FORMLESS, ids=range(len(FORMLESS)))
def test_an_entry_without_the_form_tells_of_no_loss_and_is_no_fault(said: dict[str, object]):
    assert verify_export(begun_anew(anew(4, **said)), KEY).first_broken == 1
    assert verify_export(begun_anew(anew(4, **said), anew(5)), KEY).losses == (LOSS,)


def test_an_entry_without_the_former_root_tells_of_its_loss():
    told = anew(4).replace(b'"former_root"', b'"other"')

    assert verify_export(begun_anew(told), KEY).losses == (LOSS,)


def test_a_checkpoint_under_the_former_name_may_stand_after_the_entry_of_the_loss():
    lines = begun_anew(anew(4))
    leaves = [leaf(raw) for raw in (*(entry(n, text="kept") for n in (1, 2, 3)), anew(4))]
    lines.insert(5, checkpoint_line(checkpoint(leaves, FORMER)))

    assert verify_export(lines, KEY).is_whole


def test_the_first_loss_of_a_name_counts_and_no_other():
    wider = anew(5, first_lost=1, former_size=99)

    assert verify_export(begun_anew(anew(4), wider), KEY).losses == (LOSS,)
    assert verify_export(begun_anew(anew(4), wider), KEY, [held(6)]).is_whole


def test_a_log_that_was_begun_anew_twice_has_three_names_in_any_order():
    earlier = anew(5, origin=FORMER, former_origin=EARLIER, former_size=2, first_lost=1)
    lines = begun_anew(anew(4), earlier)

    verdict = verify_export(lines, KEY, [held(2, EARLIER), held(3, FORMER)])

    assert verdict.is_whole
    assert verdict.losses == (LOSS, Loss(FORMER, EARLIER, former_size=2, first_lost=1))


@pytest.mark.parametrize("former", [NAME, FORMER])
def test_an_entry_that_leads_back_to_a_name_found_before_does_not_count(former: str):
    lines = begun_anew(anew(4), anew(5, origin=FORMER, former_origin=former))

    assert verify_export(lines, KEY).losses == (LOSS,)
    assert verify_export(lines, KEY, [held(5, NAME)]).first_broken == 1


def test_a_loss_under_an_unrelated_name_does_not_count():
    lines = begun_anew(anew(4), anew(5, origin=EARLIER, former_origin="other.example"))

    assert verify_export(lines, KEY).losses == (LOSS,)


def test_every_trusted_key_is_the_logs_under_its_former_name_as_well():
    note = checkpoint(LOST[:2], FORMER, NEXT_SEED)

    assert verify_export(WHOLE, f"{verifier_key(NEXT_SEED)}\n{KEY}", [note]).is_whole


def test_a_proof_from_before_needs_the_key_of_the_former_name():
    raw = entry(1, text="kept")
    before = proof(raw, 0, LOST, FORMER)

    assert not verify_entry(before, KEY).is_whole
    assert verify_entry(before, verifier_key(name=FORMER)).is_whole
