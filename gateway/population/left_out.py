"""Say what de-identification left out: how much of what, and why; never a value, nor a name of a source's own.

Counts nothing itself. Its numbers are exact and hence for those who run the pull; no release has them.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

Key = TypeVar("Key", str, tuple[str, "Refused"])


class Refused(StrEnum):
    """Say why a line is left out whole."""

    NOT_JSON = "not-json"
    NO_RESOURCE = "no-resource"
    UNLISTED_TYPE = "unlisted-type"
    ANOTHER_TYPE = "another-type"
    NO_ID = "no-id"
    NO_PERSON = "no-person"
    NOBODY_MAY_SEE = "nobody-may-see"
    CHANGED_MEANING = "changed-meaning"


@dataclass(frozen=True, slots=True)
class Report:
    """What was read, kept and left out: counts by type, reason and path; no value, and no name of a source's own.

    Shape: `kept` by type; `refused` by type and reason, the type empty where it is not listed; `left_out` by path,
    also of what was refused after its person or its labels had been read.
    """

    lines: int
    kept: Mapping[str, int]
    refused: Mapping[tuple[str, Refused], int]
    left_out: Mapping[str, int]

    @classmethod
    def of_all(cls, reports: Iterable["Report"]) -> "Report":
        """Add up the reports of parts."""
        every = list(reports)
        return cls(
            sum(one.lines for one in every),
            _added(one.kept for one in every),
            _added(one.refused for one in every),
            _added(one.left_out for one in every),
        )


def _added(counts: Iterable[Mapping[Key, int]]) -> dict[Key, int]:
    added: Counter[Key] = Counter()
    for one in counts:
        added.update(one)
    return {key: added[key] for key in sorted(added)}
