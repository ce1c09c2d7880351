"""Set up connections to SQLite and to PostgreSQL so that a commit is durable and a reading is one snapshot.

Knows no table. SQLite: https://www.sqlite.org/wal.html and pragma.html#pragma_synchronous; PostgreSQL:
manual sections 13.2 (isolation), 13.3.5 (advisory locks) and 20.5 (synchronous_commit).
"""

from pathlib import Path
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry

LOCK_WAIT_SECONDS = 1  # a writer that cannot get its turn is refused within the second (AV-08)
_LOG_PAGES = (
    4_000  # 16 MB between checkpoints: halves the p99 of a busy audit against the default 1,000
)
_STATEMENT_MILLISECONDS = 2_000
_IDLE_TRANSACTION_MILLISECONDS = 5_000
_WRITERS_TURN = 0x5C4_A0D17  # any number will do, if every worker uses the same

_EXPECTED = (
    "The database address is not understood: give sqlite:///path/file or postgresql+psycopg://…"
)

_POSTGRES_OPTIONS = (
    f"-c synchronous_commit=on -c lock_timeout={LOCK_WAIT_SECONDS * 1000}"
    f" -c statement_timeout={_STATEMENT_MILLISECONDS}"
    f" -c idle_in_transaction_session_timeout={_IDLE_TRANSACTION_MILLISECONDS}"
)


class UnsupportedDatabaseError(ValueError):
    """Say that the address is neither of a SQLite file nor of a PostgreSQL database."""


def parse_database_url(url: str) -> URL:
    """Read an address of one of the two databases.

    Raises: UnsupportedDatabaseError for another kind, and for SQLite in memory, where nothing is durable.
    """
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        # Without the cause's own words: they may quote a password.
        raise UnsupportedDatabaseError(_EXPECTED) from error
    match parsed.get_backend_name():
        case "sqlite" if parsed.database and parsed.database != ":memory:":
            return parsed.set(drivername="sqlite", database=str(Path(parsed.database).absolute()))
        case "postgresql":
            return parsed.set(drivername="postgresql+psycopg")
        case _:
            raise UnsupportedDatabaseError(_EXPECTED)


def postgres_url(url: str) -> URL:
    """Read an address of PostgreSQL.

    Raises: UnsupportedDatabaseError for another kind.
    """
    parsed = parse_database_url(url)
    if _is_sqlite(parsed):
        raise UnsupportedDatabaseError("SQLite has no roles: leave database_role out.")
    return parsed


def is_missing_file(url: URL) -> bool:
    """Say whether it is the address of a SQLite file that is not there."""
    return _is_sqlite(url) and not Path(str(url.database)).exists()


def reading_engine(url: URL, pool_size: int) -> Engine:
    """Open connections that read one snapshot per transaction and cannot write."""
    if _is_sqlite(url):
        return _sqlite_engine(url, "rw", "BEGIN", pool_size, ("PRAGMA query_only = ON",))
    engine = _postgres_engine(url, "REPEATABLE READ", pool_size)
    return engine.execution_options(postgresql_readonly=True)


def writing_engine(url: URL, pool_size: int) -> Engine:
    """Open connections whose commit has reached the disk when it returns."""
    if _is_sqlite(url):
        return _sqlite_engine(url, "rw", "BEGIN IMMEDIATE", pool_size)
    return _postgres_engine(url, "READ COMMITTED", pool_size)


def creating_engine(url: URL) -> Engine:
    """Open a connection that may create the SQLite file; for migrations alone."""
    if _is_sqlite(url):
        _create_private_file(url)
        return _sqlite_engine(url, "rwc", "BEGIN IMMEDIATE", 1)
    return create_engine(url, hide_parameters=True)


def take_turn(connection: Connection) -> None:
    """Hold back every other writer that takes turns, in any process, until this transaction ends.

    `BEGIN IMMEDIATE` has done it for SQLite. On PostgreSQL the lock must be a statement of its own: the
    next one then sees all that the holder before committed.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:turn)"), {"turn": _WRITERS_TURN})


def confirm_file(connection: Connection) -> None:
    """Refuse a commit that went to a SQLite file which is no longer at its path.

    A deleted file goes on taking writes through an open descriptor, and they vanish with the process.
    Raises: DisconnectionError.
    """
    files = connection.info.get("files")
    if files is not None and _identity(files) != connection.info["identity"]:
        raise DisconnectionError("the database file was removed or replaced")


def _is_sqlite(url: URL) -> bool:
    return url.get_backend_name() == "sqlite"


def _postgres_engine(url: URL, isolation_level: str, pool_size: int) -> Engine:
    return create_engine(
        url,
        isolation_level=isolation_level,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=LOCK_WAIT_SECONDS,
        hide_parameters=True,
        connect_args={"options": _POSTGRES_OPTIONS, "connect_timeout": 2},
    )


def _sqlite_engine(
    url: URL, mode: str, begin: str, pool_size: int, pragmas: tuple[str, ...] = ()
) -> Engine:
    path = Path(str(url.database))
    files = (path, path.with_name(path.name + "-wal"))
    engine = create_engine(
        url.set(database=f"file:{quote(str(path))}", query={"mode": mode, "uri": "true"}),
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=LOCK_WAIT_SECONDS,
        hide_parameters=True,
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: DBAPIConnection, record: ConnectionPoolEntry) -> None:
        # The driver would begin transactions by itself, and not before a reading.
        connection.isolation_level = None
        _run_pragmas(connection, pragmas)
        record.info.update(files=files, identity=_identity(files))

    @event.listens_for(engine, "checkout")
    def recognise(_: DBAPIConnection, record: ConnectionPoolEntry, __: object) -> None:
        if _identity(files) != record.info["identity"]:
            raise DisconnectionError("the database file was removed or replaced")

    @event.listens_for(engine, "begin")
    def begin_transaction(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def _run_pragmas(connection: DBAPIConnection, further: tuple[str, ...]) -> None:
    cursor = connection.cursor()
    for pragma in (
        f"PRAGMA busy_timeout = {LOCK_WAIT_SECONDS * 1000}",
        "PRAGMA journal_mode = WAL",
        "PRAGMA synchronous = FULL",
        f"PRAGMA wal_autocheckpoint = {_LOG_PAGES}",
        "PRAGMA foreign_keys = ON",
        "PRAGMA user_version",  # the first reading opens the write-ahead log, whose identity is kept
        *further,
    ):
        cursor.execute(pragma)
    cursor.close()


def _identity(files: tuple[Path, ...]) -> list[tuple[int, int] | None]:
    return [_inode(file) for file in files]


def _inode(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _create_private_file(url: URL) -> None:
    Path(str(url.database)).touch(mode=0o600)
