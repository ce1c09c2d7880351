"""Write FHIR dates as people in London read them, never more precisely than they were recorded.

Judges no date: a text that is none is shown as it came. NHS content style guide, dates and times.
"""

import calendar
from datetime import datetime
from zoneinfo import ZoneInfo

from gateway.patient.dates import span_of

_MONTHS = tuple(calendar.month_name)
"""January is 1; the service never changes its locale."""


def date_in_words(text: str | None) -> str:
    """Write a FHIR date or dateTime: `March 2019`, `2 March 2019, 09:30`; empty for none."""
    if text is None:
        return ""
    if span_of(text) is None:
        return text
    if "T" in text:
        return instant_in_words(datetime.fromisoformat(text))
    year, *rest = text.split("-")
    match [int(part) for part in rest]:
        case [month, day]:
            return _day(int(year), month, day)
        case [month]:
            return f"{_MONTHS[month]} {year}"
        case _:
            return year


def instant_in_words(instant: datetime) -> str:
    """Write an instant in UK time; one without a zone is shown as it was recorded."""
    local = instant if instant.tzinfo is None else _in_london(instant)
    return f"{_day(local.year, local.month, local.day)}, {local:%H:%M}"


def time_in_words(instant: datetime) -> str:
    """Write the time of day of an instant, in UK time."""
    return f"{_in_london(instant):%H:%M}"


def _in_london(instant: datetime) -> datetime:
    try:
        return instant.astimezone(ZoneInfo("Europe/London"))
    except OverflowError:
        # The first and last days that can be told at all: senders write them for "not known".
        return instant


def period_in_words(start: str | None, end: str | None) -> str:
    """Write a stretch of time; one that has no end goes on."""
    if start is None:
        return f"until {date_in_words(end)}" if end else ""
    if end is None:
        return f"{date_in_words(start)}, no end recorded"
    first, last = date_in_words(start), date_in_words(end)
    day, _, time = last.rpartition(", ")
    is_same_day = bool(day) and first.startswith(f"{day}, ")
    return f"{first} to {time if is_same_day else last}"


def _day(year: int, month: int, day: int) -> str:
    return f"{day} {_MONTHS[month]} {year}"
