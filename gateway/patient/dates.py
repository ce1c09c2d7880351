"""Compare FHIR dates of any precision, as spans of time.

Does not guess: a text that is no date has no span. FHIR R4 search, section 3.1.1.4.6 (date).
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import assert_never

_DATE = re.compile(
    r"(?P<year>[0-9]{4})(?:-(?P<month>[0-9]{2})(?:-(?P<day>[0-9]{2})"
    r"(?:T(?P<time>[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?)(?P<zone>Z|[+-][0-9]{2}:[0-9]{2})?)?)?)?"
)


class Prefix(StrEnum):
    """How a searched date compares with an item's."""

    EQUAL = "eq"
    GREATER_OR_EQUAL = "ge"
    LESS_OR_EQUAL = "le"
    GREATER = "gt"
    LESS = "lt"


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time in UTC: `low` inclusive, `high` exclusive."""

    low: datetime
    high: datetime


@dataclass(frozen=True, slots=True)
class DateCriterion:
    """One searched date with its prefix."""

    prefix: Prefix
    span: Span

    def is_met_by(self, item: Span) -> bool:
        """Say whether an item's span meets this criterion."""
        match self.prefix:
            case Prefix.EQUAL:
                return self.span.low <= item.low and item.high <= self.span.high
            case Prefix.GREATER_OR_EQUAL:
                return item.high > self.span.low
            case Prefix.LESS_OR_EQUAL:
                return item.low < self.span.high
            case Prefix.GREATER:
                return item.high > self.span.high
            case Prefix.LESS:
                return item.low < self.span.low
            case _:
                assert_never(self.prefix)


def parse_criterion(text: str) -> DateCriterion | None:
    """Read `ge2024-01-01` and the like; None when it is no date."""
    prefix, rest = (text[:2], text[2:]) if text[:1].isalpha() else (Prefix.EQUAL.value, text)
    span = span_of(rest)
    if span is None or prefix not in {known.value for known in Prefix}:
        return None
    return DateCriterion(Prefix(prefix), span)


def span_of(text: str | None) -> Span | None:
    """Give the stretch of time that a FHIR date, dateTime or instant names; None when it is none.

    A date without a zone is read as UTC: in London that is at most an hour off, and never refused.
    """
    match = _DATE.fullmatch(text or "")
    if match is None:
        return None
    try:
        return _span(match)
    except (ValueError, OverflowError):
        return None


def _span(match: re.Match[str]) -> Span:
    year, month, day = match["year"], match["month"], match["day"]
    if match["time"] is not None:
        zone = (match["zone"] or "+00:00").replace("Z", "+00:00")
        low = datetime.fromisoformat(f"{year}-{month}-{day}T{match['time']}{zone}").astimezone(UTC)
        return Span(low, _later(low, _PRECISION[match["time"].count(":")]))
    low = datetime(int(year), int(month or 1), int(day or 1), tzinfo=UTC)
    if day is not None:
        return Span(low, _later(low, timedelta(days=1)))
    # The first of the next month or year: well past its end, then back to a first day.
    past = _later(low, timedelta(days=32 if month is not None else 366))
    if past == _END_OF_TIME:
        return Span(low, past)
    return Span(low, past.replace(day=1) if month is not None else past.replace(month=1, day=1))


_PRECISION = {1: timedelta(minutes=1), 2: timedelta(seconds=1)}
"""How long a time lasts that is told to the minute, or to the second."""


def _later(start: datetime, by: timedelta) -> datetime:
    # 9999-12-31 is a common way to write "no end": it must compare, not fail.
    return _END_OF_TIME if start > _END_OF_TIME - by else start + by


def joined(first: Span | None, last: Span | None) -> Span | None:
    """Give the span from the start of one to the end of the other; an open end has no bound."""
    if first is None:
        return last
    return Span(
        first.low, last.high if last is not None and last.high > first.low else _END_OF_TIME
    )


_END_OF_TIME = datetime.max.replace(tzinfo=UTC)
