"""Make a time, an age or a place coarser, one rung at a time.

Decides nothing about which rung is coarse enough: the disclosure gate does. A rung of ages or places is made of
whole ones of the rung below, so that two releases on different rungs never cut out a part of one.
Ages follow ONS five-year bands, with 10–15 and 16–17 apart as in NHS hospital statistics, and all from 90 pooled.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import assert_never

LONDON = "E12000007"
"""The region's code in the ONS register."""

_BIRTHDAY = 15
"""The store knows no day of birth: an age is reached in the middle of the month of birth."""

_FIRST_YEARS = (0, 5, 10, 16, 18, *range(20, 91, 5))
_FIRST_YEARS_OF_STAGES = (0, 18, 25, 45, 65, 75, 90)
_FIRST_YEARS_OF_HALVES = (0, 18)


class TimeRung(StrEnum):
    """Say how finely a time is told, the finest first; a week reaches into two months, so months come of days."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class AgeRung(StrEnum):
    """Say how finely an age is told, the finest first."""

    BAND = "band"
    STAGE = "stage"
    ADULT = "adult"


class PlaceRung(StrEnum):
    """Say how finely a place is told, the finest first."""

    LSOA = "lsoa"
    MSOA = "msoa"
    BOROUGH = "borough"
    LONDON = "london"


@dataclass(frozen=True, slots=True)
class Places:
    """What lies in what.

    Shape: postcodes are keys in capitals without spaces; every LSOA has an MSOA and a borough.
    """

    lsoa_of: Mapping[str, str]
    msoa_of: Mapping[str, str]
    borough_of: Mapping[str, str]


def coarse_time(moment: datetime, rung: TimeRung) -> str:
    """Tell a moment as finely as the rung allows: `2026-01-05T14`, `2026-01-05`, `2026-W02`, `2026-01`."""
    match rung:
        case TimeRung.HOUR:
            return f"{moment:%Y-%m-%dT%H}"
        case TimeRung.DAY:
            return f"{moment:%Y-%m-%d}"
        case TimeRung.WEEK:
            return f"{moment:%G-W%V}"
        case TimeRung.MONTH:
            return f"{moment:%Y-%m}"
        case _:
            assert_never(rung)


def age_on(born: date, day: date) -> int:
    """Give the completed years of somebody born in the month of `born`, whatever its day; never below 0."""
    birthday_to_come = (day.month, day.day) < (born.month, _BIRTHDAY)
    return max(0, day.year - born.year - birthday_to_come)


def coarse_age(years: int, rung: AgeRung) -> str:
    """Tell an age as finely as the rung allows: `85–89`, `75–89`, `18+`."""
    match rung:
        case AgeRung.BAND:
            return _between(_FIRST_YEARS, years)
        case AgeRung.STAGE:
            return _between(_FIRST_YEARS_OF_STAGES, years)
        case AgeRung.ADULT:
            return _between(_FIRST_YEARS_OF_HALVES, years)
        case _:
            assert_never(rung)


def coarse_place(lsoa: str, rung: PlaceRung, places: Places) -> str | None:
    """Give the area that an LSOA lies in; None for one that is not of London, on every rung alike."""
    if lsoa not in places.borough_of:
        return None
    match rung:
        case PlaceRung.LSOA:
            return lsoa
        case PlaceRung.MSOA:
            return places.msoa_of[lsoa]
        case PlaceRung.BOROUGH:
            return places.borough_of[lsoa]
        case PlaceRung.LONDON:
            return LONDON
        case _:
            assert_never(rung)


def lsoa_at(postcode: str, places: Places) -> str | None:
    """Give the LSOA of a postcode however it is spaced; None when it is not in the look-up or not of London."""
    lsoa = places.lsoa_of.get(postcode.replace(" ", "").upper())
    return lsoa if lsoa in places.borough_of else None


def _between(first_years: tuple[int, ...], years: int) -> str:
    first = max(each for each in first_years if each <= years)
    above = [each for each in first_years if each > first]
    return f"{first}–{above[0] - 1}" if above else f"{first}+"
