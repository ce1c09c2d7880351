"""Where a log breaks, and what is said of it there, follows from the entries and checkpoints up to that place alone."""

from collections.abc import Sequence

import orjson
import pytest

from gateway.audit.following import Fault, Following, Seen, Verdict
from gateway.audit.losses import Loss
from gateway.audit.merkle import leaf_hash
from gateway.audit.notes import NoteError, SigningKey
from gateway.audit.verify import verify_export
from tests.audit.signed_log import KEY, KEYS, OTHER_KEY
from tests.audit.written_logs import exported_log

ROOT = b"r" * 32
LOG = exported_log(9, every=3)
"""Lines 4, 8 and 12 are checkpoints, of 3, 6 and 9 entries."""

OUT_OF_PLACE = "a checkpoint is out of place"
NOT_SIGNED = "the entries are not those that were signed"
NO_LINE = "the line is not one of the form"


def note_of(line: bytes) -> str:
    return str(orjson.loads(line)["checkpoint"])


def fault_of(lines: Sequence[bytes], *held: str) -> Fault | None:
    return verify_export(lines, KEYS, held).fault


def test_a_whole_log_is_counted():
    assert verify_export(LOG, KEYS) == Verdict(9, 3, 9, 0, (), None)
    assert verify_export(LOG, KEYS, [note_of(LOG[3])]) == Verdict(9, 3, 9, 0, (), None)


@pytest.mark.parametrize(
    ("lines", "fault"),
    [
        ([], Fault(1, 1, "the file does not end in a checkpoint")),
        (LOG[:2], Fault(3, 3, "the file does not end in a checkpoint")),
        ([*LOG[:4], LOG[3]], Fault(4, 4, "a checkpoint stands there twice")),
        ([*LOG[:5], LOG[3]], Fault(5, 5, "a checkpoint stands there twice")),
        ([*LOG[:4], LOG[7]], Fault(4, 6, OUT_OF_PLACE)),
        ([*LOG[:4], LOG[4], LOG[7]], Fault(4, 6, OUT_OF_PLACE)),
        ([*LOG[:3], orjson.dumps({"checkpoint": KEY.sign(3, ROOT)}) + b"\n"], Fault(1, 3, NOT_SIGNED)),
        (
            [*LOG[:7], orjson.dumps({"checkpoint": KEY.sign(6, ROOT)}) + b"\n"],
            Fault(4, 6, NOT_SIGNED),
        ),
        (
            [*LOG[:7], orjson.dumps({"checkpoint": OTHER_KEY.sign(6, ROOT)}) + b"\n"],
            Fault(4, 6, "The checkpoint is not signed by the log's key."),
        ),
        ([*LOG[:4], LOG[5]], Fault(4, 4, "not of the form: expected entry 4, found 5")),
        ([*LOG[:4], b"x"], Fault(4, 4, NO_LINE)),
        ([*LOG[:4], b'"x"\n'], Fault(4, 4, NO_LINE)),
        ([*LOG[:4], b'{"checkpoint":5}\n'], Fault(4, 4, NO_LINE)),
        ([*LOG[:4], LOG[4].replace(b'","entry":', b'","Entry":')], Fault(4, 4, NO_LINE)),
        ([*LOG[:4], LOG[4][:-1]], Fault(4, 4, NO_LINE)),
        ([*LOG[:4], LOG[4].replace(b'"u1"', b'"u2"')], Fault(4, 4, "the entry is not as it was written")),
    ],
)  # fmt: skip
def test_a_log_breaks_at_one_place(lines: Sequence[bytes], fault: Fault):
    assert fault_of(lines) == fault


@pytest.mark.parametrize(
    ("held", "fault"),
    [
        ((note_of(LOG[3]), KEY.sign(6, ROOT)), Fault(4, 6, NOT_SIGNED)),
        ((KEY.sign(6, ROOT),), Fault(1, 6, NOT_SIGNED)),
        ((KEY.sign(9, ROOT), note_of(LOG[7])), Fault(7, 9, NOT_SIGNED)),
        ((KEY.sign(10, ROOT),), Fault(10, 10, "a checkpoint was signed with 10 entries")),
        (
            (KEY.sign(12, ROOT), KEY.sign(11, ROOT)),
            Fault(10, 12, "a checkpoint was signed with 12 entries"),
        ),
        ((note_of(LOG[3]), note_of(LOG[3]), note_of(LOG[11])), None),
    ],
)
def test_what_is_held_outside_counts_from_the_last_that_was_held(held, fault: Fault | None):
    assert fault_of(LOG, *held) == fault


def test_a_log_that_broke_is_told_up_to_there():
    broken = [*LOG[:4], LOG[5], *LOG[6:]]

    assert verify_export(broken, KEYS) == Verdict(3, 1, 3, 0, (), fault_of(broken))


def test_an_entry_is_found_under_its_number():
    following = Following(KEYS)
    following.entry(Seen(2, leaf_hash(b""), None))

    assert following.end().fault == Fault(1, 1, "expected entry 1, found 2")


def test_a_clock_that_went_back_is_told_of_ten_entries_at_most():
    lines = exported_log(30, minutes=lambda number: -number)

    assert verify_export(lines, KEYS).clock_went_back == tuple(range(2, 12))


@pytest.mark.parametrize(("seconds", "told"), [(5, ()), (5.1, (2,))])
def test_a_clock_may_be_five_seconds_behind(seconds: float, told: tuple[int, ...]):
    lines = exported_log(2, minutes=lambda number: -(number - 1) * seconds / 60)

    assert verify_export(lines, KEYS).clock_went_back == told


def test_a_clock_is_held_against_the_entry_before():
    minutes = {1: 0.0, 2: 60.0, 3: 1.0, 4: 2.0}

    assert verify_export(exported_log(4, minutes=minutes.__getitem__), KEYS).clock_went_back == (3,)


def followed(count: int) -> Following:
    following = Following(KEYS)
    for number in range(1, count + 1):
        line = b"%d" % number
        following._note_nodes(leaf_hash(line))
        following._tree = following._tree.with_leaf(leaf_hash(line))
    return following


def test_a_hash_above_256_entries_is_theirs_and_no_other_is_kept():
    following = followed(600)
    [first, second] = following._nodes.items()
    assert (first[0], second[0]) == ((1, 0), (1, 1))

    following.node(1, 0, first[1])
    following.node(1, 1, second[1])
    assert following.fault is None
    following.node(1, 2, second[1])
    assert following.fault == Fault(513, 768, "a hash of the tree is not that of its entries")


def test_a_hash_of_the_second_level_is_of_65536_entries():
    following = Following(KEYS)

    following.node(2, 1, ROOT)

    assert following.fault is not None
    assert (following.fault.first, following.fault.last) == (65_537, 131_072)


def test_a_fault_that_was_found_stays():
    following = Following(KEYS)
    following.unreadable(4, "first")

    following.entry(Seen(1, leaf_hash(b"x"), None))
    following.checkpoint(note_of(LOG[3]))
    following.hold(KEY.sign(3, ROOT))

    assert following.end() == Verdict(0, 0, 0, 0, (), Fault(4, 4, "first"))


def test_a_loss_that_led_to_the_logs_name_excuses_what_was_signed_of_it():
    new = SigningKey("record.test/audit/2", KEY.seed)
    loss, other = Loss(KEY.origin, 4, 9, new.origin), Loss(KEY.origin, 1, 99, "elsewhere")
    lines, keys = exported_log(5, key=new), (new.verifier(),)
    held = [note_of(LOG[7])]

    assert verify_export(lines, keys, held, (other, loss)) == Verdict(5, 1, 5, 0, (), None, (loss,))
    for told in ((), (other,)):
        with pytest.raises(NoteError):
            verify_export(lines, keys, held, told)
