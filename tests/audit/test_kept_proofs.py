"""What is proven from the database is what the entries and the checkpoints that are kept there say."""

from collections.abc import Iterator
from datetime import timedelta

import orjson
import pytest
from sqlalchemy import delete, update

from gateway.audit.consistency import prove_consistency, verify_growth
from gateway.audit.following import Fault, Verdict
from gateway.audit.losses import Loss, losses_kept
from gateway.audit.notes import NoteError, SigningKey
from gateway.audit.proving import exported_lines, prove, prove_each
from gateway.audit.verify import verify_entry, verify_export, verify_log, verify_log_after
from gateway.store.audit_tree import checkpoints_between, latest_checkpoint
from gateway.store.sessions import Reading
from gateway.store.tables import audit_checkpoint, audit_entry, audit_node
from tests.audit.kept_logs import kept_log
from tests.audit.signed_log import KEY, KEYS, OTHER_KEY
from tests.audit.written_logs import DAY, written_at
from tests.store_factories import NOW

NEW = SigningKey("record.test/audit/2", KEY.seed)
LOST = {
    "action": "log-begun-anew",
    "origin": NEW.origin,
    "former_origin": KEY.origin,
    "first_lost": 4,
    "former_size": 9,
}
LOSS = Loss(KEY.origin, 4, 9, NEW.origin)


@pytest.fixture
def reading() -> Iterator[Reading]:
    """Nine entries, of which seven are signed, and before them three."""
    with kept_log(9, (3, 7)) as kept:
        yield kept


@pytest.fixture(autouse=True)
def few_rows_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("proving", "verify"):
        monkeypatch.setattr(f"gateway.audit.{module}.ROWS_AT_ONCE", 2)


def note_of(reading: Reading, size: int) -> str:
    [found] = checkpoints_between(reading, size, size)
    return found.note


def change(reading: Reading, number: int, **values: object) -> None:
    changed = update(audit_entry).where(audit_entry.c.sequence == number)
    reading.connection.execute(changed.values(**values))


def lose(reading: Reading, *sequences: int) -> None:
    reading.connection.execute(delete(audit_entry).where(audit_entry.c.sequence.in_(sequences)))


def test_each_entry_that_is_signed_is_proven_and_no_other(reading: Reading):
    found = prove_each(reading, range(-1, 12))

    assert list(found) == [1, 2, 3, 4, 5, 6, 7]
    for number, proven in found.items():
        assert verify_entry({"entry": proven.entry, "proof": proven.proof}, KEYS) == number
        assert proven.patient == f"p{number}"
        assert proven == prove(reading, number)
    assert prove(reading, 8) is None


def test_nothing_is_proven_of_what_nobody_signed():
    with kept_log(3, ()) as reading:
        assert prove_each(reading, (1, 2)) == {}


def test_an_entry_that_was_purged_or_lost_is_not_proven_and_others_are(reading: Reading):
    change(reading, 2, body=None)
    assert list(prove_each(reading, (1, 2, 3))) == [1, 3]

    lose(reading, 2)
    assert list(prove_each(reading, (2, 1, 3))) == []


def test_the_log_is_exported_up_to_a_checkpoint_with_those_on_the_way(reading: Reading):
    latest = latest_checkpoint(reading)
    assert latest is not None

    lines = list(exported_lines(reading, latest))

    assert [orjson.loads(each).get("checkpoint") for each in lines] == [
        *(None, None, None, note_of(reading, 3)),
        *(None, None, None, None, latest.note),
    ]
    assert verify_export(lines, KEYS) == Verdict(7, 2, 7, 0, (), None)


@pytest.mark.parametrize("new", [3, 7])
@pytest.mark.parametrize("old", [1, 2, 3])
def test_growth_is_proven_from_any_size_to_one_that_was_signed(
    reading: Reading, old: int, new: int
):
    found = prove_consistency(reading, old, new)
    assert found is not None

    assert (found.old, found.checkpoint) == (old, note_of(reading, new))
    if old == 3:
        assert verify_growth(found.document(), note_of(reading, 3), KEYS) == (3, new)


@pytest.mark.parametrize(("old", "new"), [(0, 3), (-1, 3), (4, 3), (3, 6), (7, 8)])
def test_no_growth_is_proven_of_what_was_not_signed(reading: Reading, old: int, new: int):
    assert prove_consistency(reading, old, new) is None


def test_no_growth_is_proven_where_entries_are_missing(reading: Reading):
    lose(reading, 5)

    assert prove_consistency(reading, 3, 7) is None


def test_a_log_that_is_kept_is_whole(reading: Reading):
    assert verify_log(reading, KEYS) == Verdict(9, 2, 7, 0, (), None)
    assert verify_log(reading, KEYS, [note_of(reading, 7)], NOW).fault is None


def test_a_node_of_the_tree_that_was_altered_is_found():
    with kept_log(300, (300,)) as reading:
        assert verify_log(reading, KEYS).fault is None
        reading.connection.execute(update(audit_node).values(hash=b"x" * 32))

        said = "a hash of the tree is not that of its entries"
        assert verify_log(reading, KEYS).fault == Fault(1, 256, said)


@pytest.mark.parametrize(
    ("number", "values", "fault"),
    [
        (1, {"user_id": "x"}, Fault(1, 1, "the entry is not as it was written")),
        (6, {"user_id": "x"}, Fault(6, 6, "the entry is not as it was written")),
        (9, {"user_id": "x"}, Fault(9, 9, "the entry is not as it was written")),
        (5, {"sequence": 12}, Fault(5, 5, "expected entry 5, found 6")),
        (9, {"sequence": 12}, Fault(9, 9, "the entry is missing")),
        (2, {"body": None}, Fault(2, 2, "the entry is gone, by no purge of what was old enough")),
    ],
)
def test_a_row_that_was_altered_is_found_where_it_is(reading: Reading, number, values, fault):
    change(reading, number, **values)

    assert verify_log(reading, KEYS).fault == fault


def test_a_log_that_was_cut_off_is_found_by_its_checkpoint_and_by_one_held(reading: Reading):
    seventh = note_of(reading, 7)
    lose(reading, 6, 7, 8, 9)
    assert verify_log(reading, KEYS).fault == Fault(4, 7, "a checkpoint is out of place")

    reading.connection.execute(delete(audit_checkpoint).where(audit_checkpoint.c.size == 7))
    assert verify_log(reading, KEYS).fault is None
    said = "a checkpoint was signed with 7 entries"
    assert verify_log(reading, KEYS, [seventh]).fault == Fault(6, 7, said)


def test_a_log_that_lost_its_last_signed_entry_is_found_by_its_checkpoint(reading: Reading):
    lose(reading, 7, 8, 9)

    assert verify_log(reading, KEYS).fault == Fault(4, 7, "a checkpoint is out of place")


@pytest.mark.parametrize(("days", "gone"), [(None, None), (4_000, None), (100, 3)])
def test_a_purge_of_what_is_not_old_by_now_is_found(days: int | None, gone: int | None):
    def after(number: int) -> timedelta:
        return timedelta(days=0 if number <= 5 else 4_000)

    said = {"through": 4, "recorded_before": written_at(DAY)}
    now = None if days is None else NOW + timedelta(days=days)
    with kept_log(9, (9,), after=after, action="entries-purged", **said) as reading:
        for number in (1, 2, 3):
            change(reading, number, body=None)
        fault = verify_log(reading, KEYS, now=now).fault

    assert (fault and fault.first) == gone


def test_a_checkpoint_that_another_key_signed_is_not_held(reading: Reading):
    with pytest.raises(NoteError, match="not signed"):
        verify_log(reading, KEYS, [OTHER_KEY.sign(3, b"r" * 32)])


def test_one_row_that_cannot_be_read_is_found(reading: Reading):
    reading.connection.exec_driver_sql(
        "UPDATE audit_entry SET recorded_at = 'x' WHERE sequence = 6"
    )

    assert verify_log(reading, KEYS).fault == Fault(6, 6, "the entry cannot be read")


def test_a_loss_that_the_log_tells_excuses_what_was_lost_and_nothing_else():
    with kept_log(3, (3,), NEW, **LOST) as reading:
        keys = (NEW.verifier(),)
        assert losses_kept(reading) == (LOSS,) * 3
        held = [KEY.sign(9, b"r" * 32)]

        assert verify_log(reading, keys, held) == Verdict(3, 1, 3, 0, (), None, (LOSS,))
        assert verify_log(reading, keys, [KEY.sign(10, b"r" * 32)]).fault is not None


def test_a_loss_is_tried_before_it_is_told():
    with kept_log(3, (3,), NEW) as reading:
        keys, held = (NEW.verifier(),), [KEY.sign(9, b"r" * 32)]
        assert losses_kept(reading) == ()
        with pytest.raises(NoteError):
            verify_log(reading, keys, held)

        assert verify_log_after(reading, keys, held, LOSS) == Verdict(3, 1, 3, 0, (), None, (LOSS,))


@pytest.mark.parametrize("body", [None, b"x", b"[]", b"{}", b'{"origin":1,"former_origin":2}'])
def test_a_row_of_another_kind_or_of_no_form_tells_of_no_loss(body: bytes | None):
    with kept_log(3, (3,), NEW, **LOST) as reading:
        change(reading, 1, body=body)
        change(reading, 2, kind="asked")

        assert losses_kept(reading) == (LOSS,)
