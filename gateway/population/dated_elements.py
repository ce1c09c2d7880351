"""Make dates and times fit for the planning store: cut to the hour, or to the month.

Moves no date: that is for releases, under a project's key. FHIR R4 dateTime, years 1900 to 2099.
"""

import re
from dataclasses import dataclass
from datetime import date

from gateway.population.elements import (
    NOT_OF_ITS_FORM,
    OF_EVERY_DATA_TYPE,
    cleaned,
    leave_out,
    tell_others,
)
from gateway.population.json_parts import an_object, members_of

_PERIOD = OF_EVERY_DATA_TYPE | {"start", "end"}
_DAY = rb"((?:19|20)\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01]))"
# Offsets of whole hours, halves and three quarters are all that there are; any minute would carry a digit more.
_ZONE = rb"(Z|[+-](?:0\d|1[0-4]):(?:00|30|45))"
_CLOCK = rb"T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?"
_TIME = re.compile(rb'"' + _DAY + _CLOCK + _ZONE + rb'"')
_WHOLE_DAY = re.compile(rb'"' + _DAY + rb'"')
_WHOLE_MONTH = re.compile(rb'"(?:19|20)\d\d-(?:0[1-9]|1[0-2])"')
_WHOLE_YEAR = re.compile(rb'"(?:19|20)\d\d"')
_NO_MONTH = "no month"


@dataclass(frozen=True, slots=True)
class Hour:
    """A time cut to the hour, with its offset; a date that is no finer than a day stands as it is.

    A year alone stands too, and is told of: no release of months has what hangs on it.
    """

    path: str

    def clean(self, value: bytes, left_out: list[str]) -> bytes | None:
        """Give the time without its minutes."""
        if (match := _TIME.fullmatch(value)) and _is_a_day(match[1]):
            return b'"%b"' % (match[1] + b"T" + match[2] + b":00:00" + match[3])
        if (match := _WHOLE_DAY.fullmatch(value)) and _is_a_day(match[1]):
            return value
        if _WHOLE_MONTH.fullmatch(value):
            return value
        if _WHOLE_YEAR.fullmatch(value):
            leave_out(_NO_MONTH, self.path, left_out)
            return value
        return leave_out(NOT_OF_ITS_FORM, self.path, left_out)


@dataclass(frozen=True, slots=True)
class Month:
    """The year and month of a date or time; a year alone stands as it is."""

    path: str

    def clean(self, value: bytes, left_out: list[str]) -> bytes | None:
        """Give the date without its day."""
        if _WHOLE_YEAR.fullmatch(value):
            return value
        cut = Hour(self.path).clean(value, left_out)
        return cut and b'"' + cut.strip(b'"')[:7] + b'"'


@dataclass(frozen=True, slots=True)
class Period:
    """A start and an end, each cut to the hour."""

    path: str
    start: Hour
    end: Hour

    @classmethod
    def of(cls, path: str) -> "Period":
        """Make the one at a path."""
        return cls(path, Hour(f"{path}.start"), Hour(f"{path}.end"))

    def clean(self, value: bytes, left_out: list[str]) -> bytes | None:
        """Give the period without its minutes."""
        members = members_of(value)
        if members is None:
            return leave_out(NOT_OF_ITS_FORM, self.path, left_out)
        tell_others(self.path, members, _PERIOD, {"start", "end"}, left_out)
        start = cleaned(self.start, members.get("start"), left_out)
        end = cleaned(self.end, members.get("end"), left_out)
        return an_object({"start": start, "end": end}) if start or end else None


def _is_a_day(text: bytes) -> bool:
    try:
        date.fromisoformat(text.decode())
    except ValueError:
        return False
    return True
