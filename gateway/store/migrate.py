"""Bring a database to the tables that this version needs.

Does not go back: a release that must be undone is undone by a further migration. Needs no file in the
working directory; the migrations travel in the package.
"""

from collections.abc import Mapping
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

from gateway.errors import UnavailableError
from gateway.store.dialects import (
    creating_engine,
    is_missing_file,
    parse_database_url,
    postgres_url,
    reading_engine,
)
from gateway.store.tables import metadata

APPEND_ONLY = frozenset({"audit_entry", "audit_node", "audit_checkpoint"})
"""Tables in which the service's own role can change and delete nothing (safety rule 8)."""

VAULT = "vault_entry"
"""The one table that the service's own role cannot reach, and all that the vault's role can."""

_ADDING = "SELECT, INSERT"
_FILLING = "SELECT, INSERT, UPDATE"
_CHANGING = "SELECT, INSERT, UPDATE, DELETE"
_MIGRATIONS = Path(__file__).parent / "migrations"


def upgrade(url: str, to: str = "head") -> None:
    """Apply every migration that is missing, all in one transaction; create the SQLite file if need be.

    `to` is the last one to apply.

    Raises: UnavailableError if the database cannot be reached or changed.
    """
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    engine = _opened(url)
    try:
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, to)
    except SQLAlchemyError as error:
        raise UnavailableError("the database could not be upgraded: nothing was changed") from error
    finally:
        engine.dispose()


def grant(url: str, role: str) -> None:
    """Give a PostgreSQL role what the running service needs, and no right to change or delete what the audit keeps.

    Raises: UnavailableError if there is no such role, or the address is not its tables' owner's; UnsupportedDatabaseError
    for SQLite, which has no roles.
    """
    tables = (table.name for table in metadata.sorted_tables if table.name != VAULT)
    rights = {each: _ADDING if each in APPEND_ONLY else _CHANGING for each in tables}
    _give(url, role, rights)


def grant_vault(url: str, role: str) -> None:
    """Give a PostgreSQL role what the linkage vault needs, and nothing else in the database.

    Raises: as `grant`.
    """
    _give(url, role, {VAULT: _FILLING})


def _give(url: str, role: str, rights: Mapping[str, str]) -> None:
    engine = creating_engine(postgres_url(url))
    quoted = engine.dialect.identifier_preparer.quote(role)
    try:
        with engine.begin() as connection:
            for table in metadata.sorted_tables:
                connection.execute(text(f"REVOKE ALL ON {table.name} FROM {quoted}"))
            for name, given in rights.items():
                connection.execute(text(f"GRANT {given} ON {name} TO {quoted}"))
            connection.execute(text(f"GRANT SELECT ON alembic_version TO {quoted}"))
    except SQLAlchemyError as error:
        raise UnavailableError(
            "the role could not be given its rights: nothing was changed"
        ) from error
    finally:
        engine.dispose()


def _opened(url: str) -> Engine:
    try:
        return creating_engine(parse_database_url(url))
    except OSError as error:
        told = f"the database file {error.filename} cannot be made: {error.strerror}"
        raise UnavailableError(told) from error


def is_current(url: str) -> bool:
    """Say whether the database has exactly the tables that this version needs; make nothing.

    Raises: UnavailableError if the database cannot be reached.
    """
    address = parse_database_url(url)
    if is_missing_file(address):
        return False
    engine = reading_engine(address, 1)
    try:
        with engine.connect() as connection:
            found = MigrationContext.configure(connection).get_current_revision()
    except SQLAlchemyError as error:
        raise UnavailableError("the database could not be reached") from error
    finally:
        engine.dispose()
    return found == ScriptDirectory(str(_MIGRATIONS)).get_current_head()
