"""Hold what all tables share: how their constraints are named, and how a column is held to closed words.

Lays out no table.
"""

from enum import StrEnum

from sqlalchemy import MetaData

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)


def one_of(column: str, words: type[StrEnum]) -> str:
    """Write the check that a column holds one of these words."""
    return f"{column} IN ({', '.join(repr(word.value) for word in words)})"
