"""Compare dates and times of any precision, and give the first and last moment that one may mean.

Values are the texts that FHIR writes. Follows FHIRPath, "Date/Time Equality", "Comparison", "lowBoundary" and
"highBoundary", and FHIR R4, "Primitive Types".
"""

import re
from calendar import monthrange
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from tests.reference.fhirpath_parser import ViewError

TIMES: Final = frozenset({"date", "dateTime", "instant", "time"})

_DAY: Final = r"(\d{4})(?:-(\d\d)(?:-(\d\d)"
_TIME: Final = r"(\d\d):(\d\d)(?::(\d\d(?:\.\d+)?))?"
_DATE_TIME: Final = re.compile(rf"{_DAY}(?:T{_TIME}(Z|[+-]\d\d:\d\d)?)?)?)?")
_TIME_OF_DAY: Final = re.compile(_TIME)
# Year, month, day, hour and minute: a zone moves what has them all.
_TO_THE_MINUTE: Final = 5

Parts = tuple[int | Decimal, ...]


def order(left: str, right: str) -> int | None:
    """Say which of two is earlier: -1 the left, 1 the right, 0 neither; None where their precision leaves it open.

    Raises ViewError when one is a time of day and the other is not.
    """
    (ours, our_zone), (theirs, their_zone) = _read(left), _read(right)
    if (_TIME_OF_DAY.fullmatch(left) is None) != (_TIME_OF_DAY.fullmatch(right) is None):
        raise ViewError("a time of day is compared with a date")
    if our_zone is not None and their_zone is not None:
        ours, theirs = _at_greenwich(ours, our_zone), _at_greenwich(theirs, their_zone)
    for one, other in zip(ours, theirs, strict=False):
        if one != other:
            return -1 if one < other else 1
    return 0 if len(ours) == len(theirs) else None


def boundary(text: str, kind: str, *, is_high: bool) -> str:
    """Give the first or the last moment that a text of a FHIR type may mean, to the millisecond or day."""
    if kind == "time":
        return _time_boundary(text, is_high=is_high)
    found = _DATE_TIME.fullmatch(text)
    if found is None:
        raise ViewError(f"no {kind}")
    year, month = int(found[1]), int(found[2] or (12 if is_high else 1))
    day = int(found[3] or (monthrange(year, month)[1] if is_high else 1))
    date = f"{year:04}-{month:02}-{day:02}"
    if kind == "date":
        return date
    # The published cases: a day without a zone begins first where the clock is furthest ahead.
    zone = found[7] or ("-12:00" if is_high else "+14:00")
    time = text.partition("T")[2].removesuffix(found[7] or "") or ("23:59" if is_high else "00:00")
    return f"{date}T{_time_boundary(time, is_high=is_high)}{zone}"


def _time_boundary(text: str, *, is_high: bool) -> str:
    found = _TIME_OF_DAY.fullmatch(text)
    if found is None:
        raise ViewError("no time")
    second, _, fraction = (found[3] or ("59" if is_high else "00")).partition(".")
    return f"{found[1]}:{found[2]}:{second}.{fraction.ljust(3, '9' if is_high else '0')}"


def _read(text: str) -> tuple[Parts, str | None]:
    if found := _TIME_OF_DAY.fullmatch(text):
        return _numbers(found.groups()), None
    found = _DATE_TIME.fullmatch(text)
    if found is None:
        raise ViewError("what is compared with a date is none")
    return _numbers(found.groups()[:-1]), found[7]


def _numbers(texts: tuple[str | None, ...]) -> Parts:
    # Seconds and their fraction are one precision.
    return tuple(Decimal(each) for each in texts if each is not None)


def _at_greenwich(parts: Parts, zone: str) -> Parts:
    if len(parts) < _TO_THE_MINUTE:
        return parts
    sign = -1 if zone.startswith("-") else 1
    hours, minutes = ("0", "0") if zone == "Z" else zone[1:].split(":")
    ahead = timedelta(hours=sign * int(hours), minutes=sign * int(minutes))
    whole = datetime(*(int(each) for each in parts[:_TO_THE_MINUTE])) - ahead  # noqa: DTZ001
    return tuple(map(Decimal, whole.timetuple()[:_TO_THE_MINUTE])) + parts[_TO_THE_MINUTE:]
