"""A backup is taken, the database is lost, the backup restored: what is lost is found, nothing is signed over it, and
the log goes on deliberately, with the loss on record (docs/backup.md, rehearsed)."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from gateway.audit.beginning_anew import event_of, lost_of
from gateway.audit.losses import Loss, losses_in
from gateway.audit.notes import NoteError, SigningKey
from gateway.audit.places import LATEST, Folder, key_of
from gateway.audit.proving import prove
from gateway.audit.verify import verify_entry, verify_export, verify_log
from gateway.errors import ConflictError, LogAlteredError
from gateway.store.engine import open_store
from tests.audit.backups import NEW, NEW_KEYS, PostgresBackup, Restored, SqliteBackup
from tests.audit.signed_log import (
    KEY,
    ORIGIN,
    Times,
    begin,
    check,
    export,
    keeper_of,
    sign,
    write_pairs,
)
from tests.store_factories import open_log

HOW = pytest.mark.parametrize("backup", ["online"], indirect=True)
"""For what does not depend on how the backup was made."""


@pytest.fixture(params=["online", "vacuum", "postgres"])
def backup(
    request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[SqliteBackup | PostgresBackup]:
    if request.param == "postgres":
        url = request.getfixturevalue("postgres_url")
        made = PostgresBackup(request.getfixturevalue("postgres_cluster"), url)
        yield made
        made.forget()
        return
    request.getfixturevalue("sqlite_url")
    yield SqliteBackup(tmp_path, "VACUUM INTO ?" if request.param == "vacuum" else None)


@pytest.fixture
async def restored(
    backup: SqliteBackup | PostgresBackup, tmp_path: Path
) -> AsyncIterator[Restored]:
    """Write, sign, write, back up, write, sign, lose the database, and restore it."""
    clock, former, place = Times(), tmp_path / "former", tmp_path / "place"
    former.mkdir()
    place.mkdir()
    live = open_store(backup.url)
    await begin(live)
    await write_pairs(live, 1, 3)
    await sign(keeper_of(live, clock, former), clock)
    await write_pairs(live, 4, 1)
    backup.take()
    await write_pairs(live, 5, 2)
    await sign(keeper_of(live, clock, former), clock)
    live.close()
    store = open_store(backup.restore())
    yield Restored(store, clock, former, place)
    store.close()


async def test_the_check_finds_exactly_what_a_restored_backup_lacks(restored: Restored):
    alone = check(restored.store)
    held = check(restored.store, [restored.held(restored.former)])

    assert (alone.fault, alone.entries, alone.proven) == (None, 9, 7)
    assert held.fault is not None
    assert (held.fault.first, held.fault.last) == (10, 13)


async def test_nothing_is_signed_over_a_loss_and_entries_go_on_being_recorded(restored: Restored):
    with pytest.raises(LogAlteredError, match="signed with 13 entries and has 9"):
        await sign(restored.keeper, restored.clock)

    await write_pairs(restored.store, 50, 3)
    with pytest.raises(LogAlteredError, match="first 13 entries are not those"):
        await sign(restored.keeper, restored.clock)
    assert check(restored.store).entries == 15


@HOW
async def test_a_new_name_alone_hides_no_loss(restored: Restored):
    with pytest.raises(LogAlteredError, match="not one of this log's"):
        await sign(restored.new_keeper, restored.clock)


async def test_the_log_goes_on_with_the_loss_on_record(restored: Restored):
    await restored.begin_anew()
    await sign(restored.new_keeper, restored.clock)
    await write_pairs(restored.store, 70, 2)
    await sign(restored.new_keeper, restored.clock)

    verdict = restored.check_anew()

    assert (verdict.fault, verdict.entries, verdict.proven) == (None, 14, 14)
    assert verdict.losses == (Loss(ORIGIN, 10, 13, NEW.origin),)
    for number in (7, 10, 14):
        proven = await restored.store.read(prove, number)
        assert proven is not None
        assert verify_entry({"entry": proven.entry, "proof": proven.proof}, NEW_KEYS) == number


async def test_an_outsider_checks_an_export_of_it_with_the_new_key(restored: Restored):
    await restored.begin_anew()
    await sign(restored.new_keeper, restored.clock)
    lines, held = export(restored.store), [restored.held(restored.former)]

    told = verify_export(lines, NEW_KEYS, held, losses_in(lines))
    untold = verify_export(lines, NEW_KEYS)

    assert (told.fault, told.proven, len(told.losses)) == (None, 10, 1)
    assert untold.fault is not None
    with pytest.raises(NoteError):
        verify_export(lines, NEW_KEYS, held)


async def test_what_was_recorded_before_anybody_looked_is_kept_and_the_loss_is_told(
    restored: Restored,
):
    await write_pairs(restored.store, 50, 4)

    await restored.begin_anew()
    await sign(restored.new_keeper, restored.clock)

    verdict = restored.check_anew()
    assert (verdict.fault, verdict.entries, verdict.proven) == (None, 18, 18)
    # Entries 8 and 9 were signed with those that are lost, and by nothing else.
    assert verdict.losses == (Loss(ORIGIN, 8, 13, NEW.origin),)


@HOW
async def test_what_is_lost_later_is_found_as_ever(restored: Restored):
    await restored.begin_anew()
    await sign(restored.new_keeper, restored.clock)
    with restored.store.writes.begin() as connection:
        connection.exec_driver_sql("DELETE FROM audit_entry WHERE sequence > 9")

    with restored.store.checking() as reading:
        verdict = verify_log(reading, NEW_KEYS, [restored.held(restored.place)])

    assert verdict.fault is not None


@HOW
@pytest.mark.parametrize(("recorded", "first_lost"), [(0, 10), (4, 8)])
async def test_the_entry_says_what_is_lost_and_how_much_is_proven_elsewhere(
    restored: Restored, recorded: int, first_lost: int
):
    await write_pairs(restored.store, 50, recorded)

    with restored.store.checking() as reading:
        lost = lost_of(reading, restored.beginning)
    event = event_of(restored.beginning, lost, "a rehearsal", restored.clock())

    assert (event.first_lost, event.former_size) == (first_lost, 13)
    assert (event.proven, event.kept) == (7, 9 + 2 * recorded)


@HOW
async def test_a_place_that_proves_nothing_of_what_is_left_is_told(restored: Restored):
    (restored.former / key_of(7)).unlink()

    with restored.store.checking() as reading:
        lost = lost_of(reading, restored.beginning)

    assert (lost.fault.first, lost.proven) == (10, 0)


@HOW
async def test_a_log_that_lost_nothing_does_not_begin_anew(restored: Restored):
    Folder(restored.former).put(LATEST, restored.held(restored.former, key_of(7)).encode())

    with (
        restored.store.checking() as reading,
        pytest.raises(ConflictError, match="Nothing is lost"),
    ):
        lost_of(reading, restored.beginning)


@HOW
async def test_a_log_begins_anew_once_after_a_loss(restored: Restored):
    await restored.begin_anew()

    with restored.store.checking() as reading, pytest.raises(ConflictError, match="done already"):
        lost_of(reading, restored.beginning)


@HOW
@pytest.mark.parametrize("names", [(NEW.origin, "x"), ("x", NEW.origin)])
async def test_a_log_takes_no_name_that_one_of_its_entries_tells_of(
    restored: Restored, names: tuple[str, str]
):
    with restored.store.checking() as reading:
        lost = lost_of(reading, restored.beginning)
    event = event_of(restored.beginning, lost, "planted", restored.clock())
    async with open_log(restored.store) as log:
        await log.append(replace(event, former_origin=names[0], origin=names[1]))

    with restored.store.checking() as reading, pytest.raises(ConflictError, match="of that name"):
        lost_of(reading, restored.beginning)


@HOW
async def test_a_log_begins_anew_under_a_new_name_in_an_empty_place(restored: Restored):
    same = replace(restored.beginning, keys=(KEY.verifier(),))
    used = replace(restored.beginning, place=Folder(restored.former))
    nowhere = replace(restored.beginning, former=Folder(restored.place), place=None)

    with restored.store.checking() as reading:
        with pytest.raises(ConflictError, match="has this name already"):
            lost_of(reading, same)
        with pytest.raises(ConflictError, match="is in use"):
            lost_of(reading, used)
        with pytest.raises(NoteError, match="holds no checkpoint"):
            lost_of(reading, nowhere)


@HOW
async def test_anothers_checkpoint_is_no_ground_to_begin_anew(restored: Restored):
    note = SigningKey("elsewhere", b"x" * 32).sign(13, b"r" * 32)
    Folder(restored.former).put(LATEST, note.encode())

    with restored.store.checking() as reading, pytest.raises(NoteError, match="not signed"):
        lost_of(reading, restored.beginning)


@HOW
async def test_what_is_wrong_after_all_that_was_signed_is_no_loss(restored: Restored):
    Folder(restored.former).put(LATEST, restored.held(restored.former, key_of(7)).encode())
    with restored.store.writes.begin() as connection:
        connection.exec_driver_sql("UPDATE audit_entry SET user_id = 'x' WHERE sequence = 9")

    with restored.store.checking() as reading, pytest.raises(ConflictError, match="comes after"):
        lost_of(reading, restored.beginning)
