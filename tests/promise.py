"""Say what a promise with a full run is."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Promise:
    """What is promised, how often it is tried in full, by which tests, and which code it speaks of.

    `switches` are the environment variables by which the tests learn the full count.
    """

    says: str
    count: int
    switches: Mapping[str, str]
    tests: tuple[str, ...]
    code: tuple[str, ...]
    shares: int = 1
    """How many processes at once try a part each (`tests/shares.py`)."""
