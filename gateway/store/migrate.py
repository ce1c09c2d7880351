"""Bring a database to the tables that this version needs.

Does not go back: a release that must be undone is undone by a further migration. Needs no file in the
working directory; the migrations travel in the package.
"""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.exc import SQLAlchemyError

from gateway.errors import UnavailableError
from gateway.store.dialects import creating_engine, parse_database_url

_MIGRATIONS = Path(__file__).parent / "migrations"


def upgrade(url: str) -> None:
    """Apply every migration that is missing, all in one transaction; create the SQLite file if need be.

    Raises: UnavailableError if the database cannot be reached or changed.
    """
    engine = creating_engine(parse_database_url(url))
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    try:
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except SQLAlchemyError as error:
        raise UnavailableError("the database could not be upgraded: nothing was changed") from error
    finally:
        engine.dispose()


def is_current(url: str) -> bool:
    """Say whether the database has exactly the tables that this version needs.

    Raises: UnavailableError if the database cannot be reached.
    """
    engine = creating_engine(parse_database_url(url))
    try:
        with engine.connect() as connection:
            found = MigrationContext.configure(connection).get_current_revision()
    except SQLAlchemyError as error:
        raise UnavailableError("the database could not be reached") from error
    finally:
        engine.dispose()
    return found == ScriptDirectory(str(_MIGRATIONS)).get_current_head()
