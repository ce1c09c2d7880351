"""Lay out when each of the staff works, in London's civil time.

Office hours on weekdays; a rota of days and nights; evenings and weekends. Shifts are swapped now and then, as they are.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import assert_never
from zoneinfo import ZoneInfo

from adapters.simulators.traffic.staff import Pattern, StaffMember

LONDON = ZoneInfo("Europe/London")

_ABSENT_RATE = 0.1
"""Leave, training and illness."""

_SWAPPED_RATE = 0.06
"""Of rota shifts, taken over from somebody at the other end of the day."""

_CYCLE = ("day", "day", "night", "night", "", "", "day", "")
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Shift:
    """One person's working time, both ends UTC."""

    member: StaffMember
    begins: datetime
    ends: datetime


def shifts_of(member: StaffMember, first: date, days: int, seed: int) -> Iterator[Shift]:
    """Give somebody's shifts that begin on these days, in order."""
    random = Random(f"shifts|{seed}|{member.username}")
    phase = random.randrange(len(_CYCLE))
    for day in range(days):
        on = first + timedelta(days=day)
        times = _times(random, member.job.pattern, on, phase + day)
        is_absent = random.random() < _ABSENT_RATE
        if times is not None and not is_absent:
            begins, hours = times
            starts = datetime.combine(on, begins, LONDON).astimezone(UTC)
            yield Shift(member, starts, starts + timedelta(hours=hours))


def _times(random: Random, pattern: Pattern, on: date, turn: int) -> tuple[time, float] | None:
    is_weekend = on.weekday() >= _SATURDAY
    match pattern:
        case Pattern.OFFICE:
            return None if is_weekend else (time(8, random.choice((0, 30))), 9.5)
        case Pattern.EVENINGS:
            if random.random() < 0.3:
                return None
            return (time(10), 9.0) if is_weekend else (time(17, 30), 6.5)
        case Pattern.ROTA:
            return _rota(random, _CYCLE[turn % len(_CYCLE)])
        case unreachable:
            assert_never(unreachable)


def _rota(random: Random, duty: str) -> tuple[time, float] | None:
    if not duty:
        return None
    is_night = (duty == "night") != (random.random() < _SWAPPED_RATE)
    return (time(19, 30), 12.5) if is_night else (time(7, 30), 12.5)
