"""Decide what a person's objections leave to be asked.

Does not read them; emergency exceptions need break-glass and are not granted here.
"""

from collections.abc import Iterable
from typing import Protocol

ALL_SOURCES = "*"


class ObjectionRow(Protocol):
    """A recorded objection to one source, or to all of them (`*`)."""

    @property
    def source(self) -> str: ...


def objects_to_everything(rows: Iterable[ObjectionRow]) -> bool:
    """Say whether the person objects to the shared record as such."""
    return any(row.source == ALL_SOURCES for row in rows)


def objected_sources(rows: Iterable[ObjectionRow]) -> frozenset[str]:
    """Name the sources that must not be asked about this person."""
    return frozenset(row.source for row in rows) - {ALL_SOURCES}
