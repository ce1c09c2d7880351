"""The log is signed only as it was written and signed before; what is wrong is told to the letter."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import delete, update

from gateway.audit import keeper
from gateway.audit.beginning_anew import BY, Beginning, Lost, event_of, lost_of
from gateway.audit.following import Fault
from gateway.audit.growth import new_nodes
from gateway.audit.log_acts import LogBegunAnew
from gateway.audit.merkle import leaf_hash, node_hash
from gateway.audit.notes import Checkpoint, NoteError, SigningKey, open_checkpoint
from gateway.audit.places import LATEST, Folder, key_of
from gateway.audit.tree import TILE_WIDTH
from gateway.errors import ConflictError, LogAlteredError
from gateway.store.audit_tree import StoredNode, checkpoints_between, kept_nodes
from gateway.store.sessions import Reading
from gateway.store.tables import audit_checkpoint, audit_entry, audit_node
from tests.audit.kept_logs import kept_log
from tests.audit.signed_log import KEY, KEYS, ORIGIN, OTHER_KEY
from tests.store_factories import NOW

ROOT = b"r" * 32
NEW = SigningKey("record.test/audit/2", KEY.seed)
GONE = "Entries that were signed are not there."


@pytest.fixture
def reading() -> Iterator[Reading]:
    """Nine entries, of which three and seven are signed."""
    with kept_log(9, (3, 7)) as kept:
        yield kept


def lose(reading: Reading, *sequences: int) -> None:
    reading.connection.execute(delete(audit_entry).where(audit_entry.c.sequence.in_(sequences)))


def signed(reading: Reading, size: int) -> Checkpoint:
    [found] = checkpoints_between(reading, size, size)
    return open_checkpoint(found.note, KEYS)


def test_a_log_grows_out_of_each_of_its_checkpoints(reading: Reading):
    for size in (3, 7):
        keeper._must_grow_out_of(reading, signed(reading, size))


def test_a_log_that_did_not_grow_out_of_what_was_signed_is_told_of(reading: Reading):
    seventh = signed(reading, 7)
    altered = replace(seventh, root=ROOT)

    with pytest.raises(
        LogAlteredError, match=r"^The first 7 entries are not those that were signed\.$"
    ):
        keeper._must_grow_out_of(reading, altered)
    with pytest.raises(LogAlteredError, match=r"^The log was signed with 10 entries and has 9\.$"):
        keeper._must_grow_out_of(reading, replace(seventh, size=10))
    lose(reading, 2)
    with pytest.raises(LogAlteredError, match=GONE):
        keeper._must_grow_out_of(reading, seventh)


def test_only_whole_entries_are_taken_in(reading: Reading):
    assert keeper._taken_in(reading, 1, 9) == ()

    reading.connection.execute(
        update(audit_entry).where(audit_entry.c.sequence == 5).values(user_id="x")
    )
    keeper._taken_in(reading, 1, 4)
    keeper._taken_in(reading, 6, 9)
    with pytest.raises(LogAlteredError, match=r"^Entry 5 is not as it was written\.$"):
        keeper._taken_in(reading, 5, 6)
    lose(reading, 8)
    with pytest.raises(LogAlteredError, match=r"^Entries are missing between 6 and 9\.$"):
        keeper._taken_in(reading, 6, 9)


def test_what_is_above_256_entries_is_taken_in_once():
    with kept_log(520, ()) as reading:
        reading.connection.execute(delete(audit_node).where(audit_node.c.position == 1))
        [taken] = keeper._taken_in(reading, 300, 520)
        assert (taken.tile_level, taken.position) == (1, 1)
        assert kept_nodes(reading) == {1: 1}


def test_what_a_witness_saw_is_proven_to_have_grown(reading: Reading):
    assert keeper._consistency(reading, 3, 3) == ()
    assert keeper._consistency(reading, 3, 7)
    assert keeper._consistency(reading, 7, 3) is None
    assert keeper._consistency(reading, 9, 7) is None
    with pytest.raises(LogAlteredError, match=r"^The witness saw 10 entries, and there are 9\.$"):
        keeper._consistency(reading, 10, 10)
    lose(reading, 2)
    with pytest.raises(LogAlteredError, match=GONE):
        keeper._consistency(reading, 3, 7)


def test_a_log_is_signed_as_it_is(reading: Reading):
    assert open_checkpoint(keeper._signed(reading, KEY, 7), KEYS) == signed(reading, 7)


def test_new_hashes_follow_those_that_are_kept():
    leaves = [leaf_hash(b"%d" % number) for number in range(2 * TILE_WIDTH + 1)]

    def tiles(level: int, position: int) -> list[bytes]:
        return leaves[position * TILE_WIDTH :][:TILE_WIDTH] if level == 0 else []

    every = new_nodes(tiles, {}, len(leaves))

    assert [(each.tile_level, each.position) for each in every] == [(1, 0), (1, 1)]
    assert new_nodes(tiles, {1: 1}, len(leaves)) == every[1:]
    assert new_nodes(tiles, {1: 2}, len(leaves)) == new_nodes(tiles, {}, 255) == ()


def test_the_second_level_is_made_of_kept_hashes_and_new_ones():
    first = [bytes([number]) * 32 for number in range(255)]
    last = [leaf_hash(b"%d" % number) for number in range(TILE_WIDTH)]

    def tiles(level: int, position: int) -> list[bytes]:
        return first if level else last if position == 255 else []

    made = new_nodes(tiles, {1: 255}, TILE_WIDTH**2)

    assert [(each.tile_level, each.position) for each in made] == [(1, 255), (2, 0)]
    assert made[1] == StoredNode(2, 0, whole([*first, made[0].hash]))


def whole(hashes: list[bytes]) -> bytes:
    if len(hashes) == 1:
        return hashes[0]
    middle = len(hashes) // 2
    return node_hash(whole(hashes[:middle]), whole(hashes[middle:]))


# A log that begins anew


@pytest.fixture
def beginning(reading: Reading, tmp_path: Path) -> Beginning:
    """A log of nine entries that was signed with nine, of which the last four are lost."""
    former, place = tmp_path / "former", tmp_path / "place"
    former.mkdir()
    place.mkdir()
    with kept_log(9, (9,)) as whole_log:
        note = checkpoints_between(whole_log, 9, 9)[0].note
    Folder(former).put(LATEST, note.encode())
    lose(reading, 6, 7, 8, 9)
    reading.connection.execute(delete(audit_checkpoint).where(audit_checkpoint.c.size == 7))
    return Beginning((NEW.verifier(),), Folder(former), Folder(place))


def refused(reading: Reading, beginning: Beginning) -> str:
    with pytest.raises((ConflictError, NoteError)) as told:
        lost_of(reading, beginning)
    return str(told.value)


def test_what_is_lost_is_what_the_check_finds(reading: Reading, beginning: Beginning):
    fault = Fault(6, 9, "a checkpoint was signed with 9 entries")

    lost = lost_of(reading, beginning)

    assert (lost.signed.size, lost.signed.origin) == (9, ORIGIN)
    assert (lost.fault, lost.proven, lost.kept) == (fault, 0, 5)


def test_a_checkpoint_held_elsewhere_proves_how_far_the_log_is_whole(
    reading: Reading, beginning: Beginning
):
    third = checkpoints_between(reading, 3, 3)[0].note
    beginning.former.put(key_of(3), third.encode())

    assert lost_of(reading, replace(beginning, place=None)).proven == 3


def test_one_entry_that_is_lost_of_all_that_was_signed_is_a_loss(beginning: Beginning):
    with kept_log(8, ()) as kept:
        lost = lost_of(kept, beginning)

    assert (lost.fault.first, lost.signed.size, lost.kept) == (9, 9, 8)


def test_a_former_place_that_holds_something_else_is_refused(
    reading: Reading, beginning: Beginning
):
    beginning.former.put(LATEST, b"\xff\n\n")

    assert refused(reading, beginning) == "This is no signed note."


def test_a_place_that_is_in_use_or_a_former_one_that_is_empty_is_refused(
    reading: Reading, beginning: Beginning, tmp_path: Path
):
    in_use = replace(beginning, place=beginning.former)
    empty = replace(beginning, former=Folder(tmp_path))

    said = "The second place of the settings is in use: name an empty one."
    assert refused(reading, in_use) == said
    assert refused(reading, empty) == "The former second place holds no checkpoint."


def test_a_name_that_is_not_new_is_refused(reading: Reading, beginning: Beginning):
    said = "The log has this name already: give it another, as audit_origin."

    assert refused(reading, replace(beginning, keys=KEYS)) == said


def test_a_former_place_of_other_keys_is_refused(reading: Reading, beginning: Beginning):
    other = SigningKey(NEW.origin, OTHER_KEY.seed).verifier()

    said = "The checkpoint is not signed by the log's key."
    assert refused(reading, replace(beginning, keys=(other,))) == said


def test_a_log_that_lost_nothing_is_refused(beginning: Beginning):
    with kept_log(9, (9,)) as kept:
        assert refused(kept, beginning) == "Nothing is lost: the log goes on under its name."


def test_what_is_wrong_after_all_that_was_signed_is_no_loss(beginning: Beginning):
    with kept_log(12, (9,)) as kept:
        kept.connection.execute(
            update(audit_entry).where(audit_entry.c.sequence == 10).values(user_id="x")
        )

        said = "What is wrong comes after all that was signed: see scr audit verify."
        assert refused(kept, beginning) == said


def test_what_would_stay_broken_is_restored_first(reading: Reading, beginning: Beginning):
    reading.connection.execute(
        update(audit_entry).where(audit_entry.c.sequence == 4).values(user_id="x")
    )

    assert refused(reading, beginning) == (
        "Entry 4 would stay broken (the entry is not as it was written): "
        "restore a backup that has it."
    )


@pytest.mark.parametrize(
    ("former", "origin", "said"),
    [
        (ORIGIN, "elsewhere", "This was done already: an entry of the log says so."),
        ("x", NEW.origin, "The log has an entry of that name: give it another, as audit_origin."),
        (NEW.origin, "x", "The log has an entry of that name: give it another, as audit_origin."),
    ],
)
def test_a_name_that_the_log_tells_of_already_is_refused(
    beginning: Beginning, former: str, origin: str, said: str
):
    told = {"former_origin": former, "origin": origin, "first_lost": 1, "former_size": 2}
    with kept_log(2, (), action="log-begun-anew", **told) as kept:
        assert refused(kept, beginning) == said


def test_the_entry_says_all_of_it(beginning: Beginning):
    lost = Lost(Checkpoint(ORIGIN, 9, ROOT), Fault(6, 9, "cut off"), 3, 5)

    assert event_of(beginning, lost, "a disk failed", NOW) == LogBegunAnew(
        at=NOW,
        user_id=BY,
        origin=NEW.origin,
        former_origin=ORIGIN,
        former_size=9,
        former_root="cnJycnJycnJycnJycnJycnJycnJycnJycnJycnJycnI=",
        first_lost=6,
        proven=3,
        kept=5,
        fault="cut off",
        why="a disk failed",
    )
