"""Hold what trying a source out has shown: one line for each trial, with a remedy where one is needed.

Asks nothing. A line never holds an NHS number, a name, a token or anything that a source said of a person.
"""

from dataclasses import dataclass
from enum import StrEnum


class Standing(StrEnum):
    """What a trial came to."""

    FINE = "fine"
    REMARK = "remark"
    PROBLEM = "problem"
    UNTRIED = "untried"


@dataclass(frozen=True, slots=True)
class Seen:
    """One trial: what it was, what it came to, what was seen, and what to do about it."""

    trial: str
    standing: Standing
    saw: str
    remedy: str = ""


def fine(trial: str, saw: str) -> Seen:
    """Say that something is as it must be."""
    return Seen(trial, Standing.FINE, saw)


def remark(trial: str, saw: str, remedy: str = "") -> Seen:
    """Say something that is allowed, and good to know."""
    return Seen(trial, Standing.REMARK, saw, remedy)


def problem(trial: str, saw: str, remedy: str) -> Seen:
    """Say that something would fail readers."""
    return Seen(trial, Standing.PROBLEM, saw, remedy)


def untried(trial: str, because: str) -> Seen:
    """Say that something was not tried, which is no good sign."""
    return Seen(trial, Standing.UNTRIED, because)
