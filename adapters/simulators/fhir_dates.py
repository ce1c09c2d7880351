"""Compare the time of a resource with a date that a search gives.

Follows FHIR R4, search, date: prefixes eq, ge, gt, le, lt; a whole date stands for its whole day in UTC.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

Span = tuple[datetime, datetime]
"""When something began and ended; both the same for a moment."""

_PREFIXES = frozenset({"eq", "ge", "gt", "le", "lt"})


class BadDateError(ValueError):
    """Say that a search date cannot be read; never repeats it."""


@dataclass(frozen=True, slots=True)
class DateTest:
    """A search date: its prefix, and the time that it stands for, from low to before high."""

    prefix: str
    low: datetime
    high: datetime

    def passes(self, span: Span | None) -> bool:
        """Say whether a time span meets the test; something without a time never does."""
        if span is None:
            return False
        start, end = span
        match self.prefix:
            case "ge":
                return end >= self.low
            case "gt":
                return end >= self.high
            case "le":
                return start < self.high
            case "lt":
                return start < self.low
            case _:
                return self.low <= start and end < self.high


def read_date(value: str) -> DateTest:
    """Read a date parameter.

    Raises BadDateError for an unknown prefix, or what is neither a whole date nor date and time.
    """
    prefix, text = (value[:2], value[2:]) if value[:2].isalpha() else ("eq", value)
    if prefix not in _PREFIXES:
        raise BadDateError("The date's prefix must be eq, ge, gt, le or lt.")
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as broken:
        raise BadDateError("The date must be a whole date, or date and time.") from broken
    length = timedelta(days=1) if len(text) == len("2000-01-01") else timedelta(seconds=1)
    low = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return DateTest(prefix, low, low + length)
