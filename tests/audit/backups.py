"""Back a database up and restore it, and lend a log that lost entries by it."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from gateway.audit.beginning_anew import Beginning, event_of, lost_of
from gateway.audit.following import Verdict
from gateway.audit.keeper import Keeper
from gateway.audit.notes import SigningKey
from gateway.audit.places import LATEST, Folder, key_of
from gateway.audit.verify import verify_log
from gateway.store.engine import Store
from tests.audit.signed_log import KEY, ORIGIN, Times, keeper_of
from tests.postgres_fixture import Cluster
from tests.store_factories import open_log

NEW = SigningKey(f"{ORIGIN}/2", KEY.seed)
NEW_KEYS = (NEW.verifier(),)


@dataclass
class SqliteBackup:
    """A file beside the live one; `statement` is how it is made, by the online backup of the driver without one."""

    folder: Path
    statement: str | None = None

    @property
    def url(self) -> str:
        return f"sqlite:///{self.folder / 'store.db'}"

    def take(self) -> None:
        with closing(sqlite3.connect(self.folder / "store.db")) as live:
            if self.statement is not None:
                live.execute(self.statement, (str(self.folder / "backup.db"),))
                return
            with closing(sqlite3.connect(self.folder / "backup.db")) as copy:
                live.backup(copy)

    def restore(self) -> str:
        for each in self.folder.glob("store.db*"):
            each.unlink()
        (self.folder / "backup.db").rename(self.folder / "store.db")
        return self.url


@dataclass
class PostgresBackup:
    """A dump in PostgreSQL's own format, restored into a database of its own."""

    cluster: Cluster
    url: str
    reached: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        self.reached = ("-h", str(self.cluster.folder), "-U", "postgres")

    @property
    def dump(self) -> str:
        return str(self.cluster.folder / "backup.dump")

    def take(self) -> None:
        self.cluster.run("pg_dump", *self.reached, "-Fc", "-f", self.dump, "migrated")

    def restore(self) -> str:
        self.cluster.statement("CREATE DATABASE restored TEMPLATE template0")
        self.cluster.run("pg_restore", *self.reached, "-d", "restored", self.dump)
        return self.cluster.url("restored")

    def forget(self) -> None:
        self.cluster.statement("DROP DATABASE IF EXISTS restored WITH (FORCE)")


@dataclass
class Restored:
    """A database of 9 entries, 7 of them signed, of a log that was signed with 13; the second places, old and new."""

    store: Store
    clock: Times
    former: Path
    place: Path

    @property
    def keeper(self) -> Keeper:
        return keeper_of(self.store, self.clock, self.former)

    @property
    def new_keeper(self) -> Keeper:
        return keeper_of(self.store, self.clock, self.place, key=NEW)

    @property
    def beginning(self) -> Beginning:
        return Beginning(NEW_KEYS, Folder(self.former), Folder(self.place))

    def held(self, folder: Path, key: str = LATEST) -> str:
        found = Folder(folder).get(key)
        assert found is not None
        return found.decode()

    def check_anew(self) -> Verdict:
        """Hold the log against all that was ever held outside: under its new name, and before."""
        held = [self.held(self.place), self.held(self.former), self.held(self.former, key_of(7))]
        with self.store.checking() as reading:
            return verify_log(reading, NEW_KEYS, held)

    async def begin_anew(self) -> None:
        with self.store.checking() as reading:
            lost = lost_of(reading, self.beginning)
        async with open_log(self.store) as log:
            await log.append(event_of(self.beginning, lost, "a rehearsal", self.clock()))
