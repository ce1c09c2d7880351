from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import insert, text

from gateway.audit.log import AuditLog
from gateway.errors import UnavailableError
from gateway.store.engine import Store, open_store
from gateway.store.objections import EVERY_SOURCE, Objection, objections_of, record_objection
from gateway.store.sessions import Reading
from gateway.store.tables import policy_version
from gateway.store.words import ObjectionExceptions
from tests.faults.exempt_paths import EXEMPT
from tests.store_factories import KEY, NOW, SIGNED_OUT

OBJECTION = Objection(KEY, EVERY_SOURCE, ObjectionExceptions.NONE, NOW)
SOURCES = Path(__file__).parents[2] / "gateway"


async def test_all_that_one_reading_asks_comes_from_one_snapshot(
    store: Store, log: AuditLog
) -> None:
    asked_once, changed = Event(), Event()

    def twice(reading: Reading) -> tuple[object, object]:
        before = objections_of(reading, KEY)
        asked_once.set()
        changed.wait()
        return before, objections_of(reading, KEY)

    reading = store.threads.submit(lambda: store._read(twice))
    asked_once.wait()
    async with log.recorded(SIGNED_OUT) as session:
        await session.do(record_objection, OBJECTION)
    changed.set()

    assert reading.result() == ((), ())
    assert await store.read(objections_of, KEY) == (OBJECTION,)


async def test_a_reading_cannot_write(store: Store) -> None:
    def write(reading: Reading) -> None:
        row = {"version": "v", "body": b"", "created_at": NOW, "created_by": "u1"}
        reading.connection.execute(insert(policy_version), row)

    with pytest.raises(UnavailableError):
        await store.read(write)


async def test_a_question_that_fails_for_its_own_reasons_says_so(store: Store) -> None:
    def divide(reading: Reading, by: int) -> float:
        return 1 / by

    with pytest.raises(ZeroDivisionError):
        await store.read(divide, 0)


async def test_a_database_without_tables_is_unavailable(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'missing.db'}")

    with pytest.raises(UnavailableError):
        await store.read(objections_of, KEY)
    store.close()


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
async def test_sqlite_flushes_every_commit_and_keeps_references(store: Store) -> None:
    def setting(reading: Reading, name: str) -> object:
        return reading.connection.execute(text(f"PRAGMA {name}")).scalar_one()

    with store.recording() as connection:
        found = [setting(Reading(connection), each) for each in ("journal_mode", "synchronous")]
    assert found == ["wal", 2]
    assert await store.read(setting, "foreign_keys") == 1


@pytest.mark.parametrize("store_url", ["postgres"], indirect=True)
def test_postgres_flushes_every_commit_and_waits_a_second_for_a_lock(store: Store) -> None:
    with store.recording() as connection:
        found = [
            connection.execute(text(f"SHOW {each}")).scalar_one()
            for each in ("synchronous_commit", "lock_timeout", "transaction_isolation")
        ]

    assert found == ["on", "1s", "read committed"]


@pytest.mark.parametrize(
    ("made", "makers"),
    [
        ("Writing(connection", {"audit/log.py"}),
        (
            "write_exempt(",
            {each.function.partition(":")[0].removeprefix("gateway/") for each in EXEMPT.values()},
        ),
        (".recording(", {"audit/log.py", "audit/recorded.py"}),
    ],
)
def test_only_the_audit_opens_a_writing_session(made: str, makers: set[str]) -> None:
    users = {
        str(path.relative_to(SOURCES)) for path in SOURCES.rglob("*.py") if made in path.read_text()
    }

    assert users - {"store/engine.py"} == makers - {"store/engine.py"}
