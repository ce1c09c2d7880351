"""Decide what a person's objections leave to be asked.

Does not read them, nor say when there is an emergency. An objection holds under
the number that it was recorded under and under every number that PDS names with it. PDS answers an old number
with the new one, but does not list the numbers that a current one replaced: whoever asks by the current number
alone cannot be led back. So an objection must be recorded under the number that PDS holds on that day, and
again when PDS announces a replacement; the keyed hashes in the registry tell no number to trace.
"""

from collections.abc import Iterable
from typing import Protocol

ALL_SOURCES = "*"
OPENED_BY_BREAK_GLASS = "break-glass"


class ObjectionRow(Protocol):
    """A recorded objection to one source, or to all of them (`*`)."""

    @property
    def source(self) -> str: ...
    @property
    def exceptions(self) -> str: ...


def standing_in_an_emergency(rows: Iterable[ObjectionRow]) -> tuple[ObjectionRow, ...]:
    """Give the objections that no broken glass opens: all but those whose exceptions say that one does."""
    return tuple(row for row in rows if row.exceptions != OPENED_BY_BREAK_GLASS)


def objects_to_everything(rows: Iterable[ObjectionRow]) -> bool:
    """Say whether the person objects to the shared record as such."""
    return any(row.source == ALL_SOURCES for row in rows)


def objected_sources(rows: Iterable[ObjectionRow]) -> frozenset[str]:
    """Name the sources that must not be asked about this person."""
    return frozenset(row.source for row in rows) - {ALL_SOURCES}
