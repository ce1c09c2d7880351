"""Find out whether a source has come to mean somebody else by an id of its own.

Reads names as the store has them, and tells none.
"""

from collections.abc import Mapping
from pathlib import Path

from gateway.population.pull_manifest import finished_pulls
from gateway.population.pulled import patient_rows
from gateway.population.rows_at_rest import read_row


def has_renamed(folder: Path) -> bool:
    """Say whether the last pull has somebody else behind an id than the one before it. Raises AlteredPartitionError."""
    last = [_people(folder, each.pull) for each in finished_pulls(folder)[-2:]]
    before, now = last if len(last) > 1 else ({}, {})
    return any(now.get(known_as, subject) != subject for known_as, subject in before.items())


def _people(folder: Path, pull: int) -> Mapping[str, str]:
    rows = map(read_row, patient_rows(folder, pull))
    return {each.known_as: each.id for each in rows if each.known_as}
