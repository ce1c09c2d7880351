"""Give tests a migrated database of either kind, and a private PostgreSQL server for one of them."""

import atexit
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import psycopg
import pytest

from gateway.store.migrate import upgrade
from gateway.store.tables import metadata


@dataclass(frozen=True, slots=True)
class Cluster:
    """A PostgreSQL server of the test run's own, reached by a socket in its folder."""

    binaries: Path
    folder: Path

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://postgres@/{database}?host={self.folder}"

    def statement(self, sql: str, database: str = "postgres") -> None:
        with psycopg.connect(
            host=str(self.folder), user="postgres", dbname=database, autocommit=True
        ) as connection:
            connection.execute(sql.encode())

    def start(self) -> None:
        # Never flushed to disk: tests kill processes, not the machine.
        options = f"-c listen_addresses='' -c unix_socket_directories={self.folder} -c fsync=off"
        self.run("pg_ctl", "-D", self.data, "-w", "-s", "-o", options, "-l", self.log, "start")

    def stop(self) -> None:
        self.run("pg_ctl", "-D", self.data, "-w", "-s", "-m", "immediate", "stop")

    def run(self, program: str, *arguments: str) -> None:
        # PostgreSQL refuses to run as root.
        drop_root = ("runuser", "-u", "postgres", "--") if os.geteuid() == 0 else ()
        command = (*drop_root, str(self.binaries / program), *arguments)
        subprocess.run(command, check=True, cwd=self.folder, stdout=subprocess.DEVNULL)

    @property
    def data(self) -> str:
        return str(self.folder / "data")

    @property
    def log(self) -> str:
        return str(self.folder / "log")


@cache
def _cluster() -> Cluster | None:
    binaries = _binaries()
    if binaries is None:
        return None
    folder = Path(tempfile.mkdtemp(prefix="scr-postgres-"))
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
    cluster = Cluster(binaries, folder)
    cluster.run("initdb", "-D", cluster.data, "-U", "postgres", "-A", "trust", "--no-sync")
    cluster.start()
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    atexit.register(cluster.stop)
    cluster.statement("CREATE DATABASE migrated")
    upgrade(cluster.url("migrated"))
    return cluster


def _binaries() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    on_path = shutil.which("initdb")
    candidates = [path.parent for path in found] + (
        [Path(on_path).resolve().parent] if on_path else []
    )
    return candidates[-1] if candidates else None


@pytest.fixture
def postgres_cluster() -> Cluster:
    cluster = _cluster()
    if cluster is None:
        required = os.environ.get("SCR_REQUIRE", "")  # noqa: TID251 - a switch of the test run
        if "postgres" in required.split(","):
            pytest.fail("SCR_REQUIRE names postgres, and no PostgreSQL server is installed")
        pytest.skip("no PostgreSQL server is installed")
    return cluster


@pytest.fixture
def postgres_url(postgres_cluster: Cluster) -> str:
    """A migrated PostgreSQL database, empty; one for all tests, because making one takes long."""
    tables = ", ".join(metadata.tables)
    postgres_cluster.statement(f"SET lock_timeout = '10s'; TRUNCATE {tables}", "migrated")
    return postgres_cluster.url("migrated")


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """A migrated SQLite database of the test's own."""
    path = tmp_path / "store.db"
    path.touch(mode=0o600)
    path.write_bytes(_migrated_file())
    return f"sqlite:///{path}"


@cache
def _migrated_file() -> bytes:
    # Migrated once and copied for each test: most of what a quick test would take otherwise.
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "store.db"
        upgrade(f"sqlite:///{path}")
        return path.read_bytes()


@pytest.fixture(params=["sqlite", "postgres"])
def store_url(request: pytest.FixtureRequest) -> str:
    """A migrated database, first SQLite, then PostgreSQL."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url
