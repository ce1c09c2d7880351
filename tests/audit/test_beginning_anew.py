"""A log that lost entries begins anew only where it is whole but for these: what is altered must be restored first."""

from pathlib import Path

import pytest
from sqlalchemy import insert, text

from gateway.audit.beginning_anew import Beginning, lost_of
from gateway.audit.entries import kept_between
from gateway.audit.line import line_of
from gateway.audit.merkle import leaf_hash
from gateway.audit.places import Folder
from gateway.errors import ConflictError
from gateway.store.engine import Store
from gateway.store.tables import audit_entry
from tests.audit.backups import NEW_KEYS
from tests.audit.signed_log import Times, begin, keeper_of, sign, write_pairs


@pytest.fixture
async def beginning(store: Store, tmp_path: Path) -> Beginning:
    """Sign 13 entries in a second place."""
    clock = Times()
    await begin(store)
    await write_pairs(store, 1, 6)
    await sign(keeper_of(store, clock, tmp_path), clock)
    return Beginning(NEW_KEYS, Folder(tmp_path))


def refused(store: Store, beginning: Beginning) -> str:
    with store.checking() as reading, pytest.raises(ConflictError) as told:
        lost_of(reading, beginning)
    return str(told.value)


def run(store: Store, *statements: str) -> None:
    with store.writes.begin() as connection:
        for each in statements:
            connection.execute(text(each))


async def test_an_entry_that_was_altered_is_restored_and_not_called_lost(
    store: Store, beginning: Beginning
):
    run(store, "UPDATE audit_entry SET user_id = 'u2' WHERE sequence = 5")

    assert refused(store, beginning).startswith("Entry 5 would stay broken (the entry is not as")


async def test_an_entry_in_place_of_another_is_not_called_a_loss_of_what_was_signed(
    store: Store, beginning: Beginning
):
    with store.checking() as reading:
        [sixth] = kept_between(reading, 6, 6)
    assert sixth.body is not None
    members = (5, *sixth[1:6], sixth.body)
    run(store, "DELETE FROM audit_entry WHERE sequence = 5")
    columns = ("sequence", "kind", "decision_id", "recorded_at", "patient", "user_id", "body")
    row = {**dict(zip(columns, members, strict=True)), "leaf": leaf_hash(line_of(*members))}
    with store.writes.begin() as connection:
        connection.execute(insert(audit_entry).values(row))

    assert "would stay broken (the entries are not those that were signed)" in refused(
        store, beginning
    )


async def test_entries_that_the_database_itself_has_signed_are_restored_first(
    store: Store, beginning: Beginning
):
    run(store, "DELETE FROM audit_entry WHERE sequence > 9")

    assert refused(store, beginning).startswith("Entry 1 would stay broken (a checkpoint is out")
    run(store, "DELETE FROM audit_checkpoint")
    with store.checking() as reading:
        assert lost_of(reading, beginning).fault.first == 10
