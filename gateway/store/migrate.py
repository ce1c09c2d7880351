"""Bring a database to the tables that this version needs.

Does not go back: a release that must be undone is undone by a further migration. Needs no file in the
working directory; the migrations travel in the package.
"""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from gateway.errors import UnavailableError
from gateway.store.dialects import (
    creating_engine,
    is_missing_file,
    parse_database_url,
    reading_engine,
)

_MIGRATIONS = Path(__file__).parent / "migrations"


def upgrade(url: str) -> None:
    """Apply every migration that is missing, all in one transaction; create the SQLite file if need be.

    Raises: UnavailableError if the database cannot be reached or changed.
    """
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    engine = _opened(url)
    try:
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except SQLAlchemyError as error:
        raise UnavailableError("the database could not be upgraded: nothing was changed") from error
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
