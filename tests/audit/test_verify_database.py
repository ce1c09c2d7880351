"""Whatever is altered in the database is found, and where (AI-01, AI-02)."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import text, update

from gateway.audit.entries import kept_between
from gateway.audit.line import Kept, kept_line
from gateway.audit.merkle import leaf_hash
from gateway.audit.verify import verify_export
from gateway.store.audit_tree import latest_checkpoint
from gateway.store.engine import Store, open_store
from gateway.store.sessions import Reading
from gateway.store.tables import audit_entry
from tests.audit.signed_log import (
    KEYS,
    Times,
    begin,
    check,
    export,
    keeper_of,
    sign,
    write_pairs,
)

EVERY_ROW = "SELECT sequence FROM audit_entry ORDER BY sequence"
ALTERED = {
    "another user": ("UPDATE audit_entry SET user_id = 'u2' WHERE sequence = 4", (4, 4)),
    "nobody": ("UPDATE audit_entry SET user_id = NULL WHERE sequence = 4", (4, 4)),
    "another patient": ("UPDATE audit_entry SET patient = 'q' WHERE sequence = 4", (4, 4)),
    "another action": ("UPDATE audit_entry SET kind = 'told' WHERE sequence = 4", (4, 4)),
    "another time": (
        "UPDATE audit_entry SET recorded_at = '2020-01-01 00:00:00+00:00' WHERE sequence = 4",
        (4, 4),
    ),
    "another decision": (
        "UPDATE audit_entry SET decision_id = (SELECT decision_id FROM audit_entry WHERE sequence = 6)"
        " WHERE sequence = 4",
        (4, 4),
    ),
    "another body": (
        "UPDATE audit_entry SET body = (SELECT body FROM audit_entry WHERE sequence = 5) WHERE sequence = 4",
        (4, 4),
    ),
    "another leaf": (
        "UPDATE audit_entry SET leaf = (SELECT leaf FROM audit_entry WHERE sequence = 5) WHERE sequence = 4",
        (4, 4),
    ),
    "deleted": ("DELETE FROM audit_entry WHERE sequence = 4", (4, 4)),
    "deleted, the first": ("DELETE FROM audit_entry WHERE sequence = 1", (1, 1)),
    "cut off": ("DELETE FROM audit_entry WHERE sequence > 4", (5, 5)),
    "purged by nobody": ("UPDATE audit_entry SET body = NULL WHERE sequence = 4", (4, 4)),
    "a number far too high": (
        "UPDATE audit_entry SET sequence = 4611686018427387904 WHERE sequence = 301",
        (301, 301),
    ),
    "a hash above": (
        "UPDATE audit_node SET hash = (SELECT leaf FROM audit_entry WHERE sequence = 4)",
        (1, 256),
    ),
    "a hash too many": (
        "INSERT INTO audit_node SELECT 1, 1, leaf FROM audit_entry WHERE sequence = 4",
        (257, 512),
    ),
    "no checkpoint's text": ("UPDATE audit_checkpoint SET note = 'x' WHERE size = 1", (1, 1)),
    "a checkpoint of more": (
        "INSERT INTO audit_checkpoint SELECT 99999, note, signed_at FROM audit_checkpoint WHERE size = 1",
        (302, 302),
    ),
}


@pytest.mark.parametrize(("statement", "where"), ALTERED.values(), ids=ALTERED)
async def test_ai_01_ai_02_whatever_is_altered_in_the_database_is_found_where_it_is(
    store: Store, statement: str, where: tuple[int, int]
):
    clock = Times()
    await begin(store)
    await sign(keeper_of(store, clock), clock)
    await write_pairs(store, 1, 150)
    await sign(keeper_of(store, clock), clock)
    assert check(store).fault is None

    with store.writes.begin() as connection:
        connection.execute(text(statement))

    fault = check(store).fault
    assert fault is not None
    assert (fault.first, fault.last) == where or statement.startswith(
        "DELETE FROM audit_entry WHERE sequence > "
    )


async def test_an_entry_and_its_hash_altered_together_lie_between_two_checkpoints(store: Store):
    clock = Times()
    await begin(store)
    for number in (1, 2, 3):
        await write_pairs(store, number, 1)
        await sign(keeper_of(store, clock), clock)
    [kept] = await store.read(_row_4)
    later = kept.recorded_at + timedelta(hours=1)
    altered = kept._replace(recorded_at=later)
    line = kept_line(altered)
    assert line is not None

    with store.writes.begin() as connection:
        changed = update(audit_entry).where(audit_entry.c.sequence == 4)
        connection.execute(changed.values(recorded_at=later, leaf=leaf_hash(line)))

    fault = check(store).fault
    assert fault is not None
    assert (fault.first, fault.last) == (4, 5)


def _row_4(reading: Reading) -> Sequence[Kept]:
    return kept_between(reading, 4, 4)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET user_id = CAST(x'ff' AS TEXT) WHERE sequence = 3",
        "UPDATE audit_entry SET decision_id = 'x' WHERE sequence = 3",
        "UPDATE audit_entry SET recorded_at = 'x' WHERE sequence = 3",
        "UPDATE audit_entry SET body = 5 WHERE sequence = 3",
    ],
)
async def test_an_entry_that_cannot_even_be_read_is_found(sqlite_url: str, statement: str):
    store = open_store(sqlite_url)
    await begin(store)
    await write_pairs(store, 1, 3)
    with store.writes.begin() as connection:
        connection.execute(text(statement))

    fault = check(store).fault

    store.close()
    assert fault is not None
    assert fault.first == 3


async def test_an_exported_log_is_whole_and_says_the_same(store: Store):
    clock = Times()
    await begin(store)
    await write_pairs(store, 1, 10)
    await sign(keeper_of(store, clock), clock)
    await write_pairs(store, 11, 5)
    await sign(keeper_of(store, clock), clock)
    await write_pairs(store, 16, 1)
    latest = await store.read(latest_checkpoint)
    assert latest is not None

    verdict = verify_export(export(store), KEYS, [latest.note])

    assert (verdict.entries, verdict.checkpoints, verdict.fault) == (31, 2, None)
    assert check(store).entries == 33


async def test_entries_that_cannot_be_read_together_are_read_one_by_one(
    store: Store, monkeypatch: pytest.MonkeyPatch
):
    await begin(store)
    await write_pairs(store, 1, 3)
    tried: list[int] = []

    def read(reading: Reading, first: int, last: int) -> Sequence[Kept]:
        tried.append(last - first + 1)
        if first < last:
            raise ValueError("all at once cannot be read")
        return kept_between(reading, first, last)

    monkeypatch.setattr("gateway.audit.verify.kept_between", read)

    assert (check(store).fault, check(store).entries) == (None, 7)
    assert tried == [7, *[1] * 7] * 2
