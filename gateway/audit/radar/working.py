"""Say when each member of staff was at work, by everything that they did.

Judges nobody: the rules do.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from gateway.audit.radar.accesses import Access

LONDON = ZoneInfo("Europe/London")

SEEN_AT_LEAST = 20
"""People opened or looked up before anything is said of somebody's hours: about two shifts. Of fewer, nothing is known."""

SLIP_WITHIN = timedelta(minutes=2)
"""Who opened the wrong one of two like names opens the right one next."""


@dataclass(frozen=True, slots=True)
class Working:
    """When each member of staff opened or looked up anybody, in order, and whom."""

    times: Mapping[str, Sequence[datetime]]
    patients: Mapping[str, Sequence[str | None]]

    def is_known(self, user_id: str) -> bool:
        """Say whether enough is known of somebody's hours."""
        return len(set(self.patients[user_id])) >= SEEN_AT_LEAST

    def is_alone(self, access: Access, within: timedelta) -> bool:
        """Say whether they had to do with nobody else for so long before it and after."""
        about = self._about(access.user_id, access.at - within, access.at + within)
        return set(about) <= {access.patient}

    def was_a_slip(self, access: Access) -> bool:
        """Say whether they went on to somebody else at once."""
        about = self._about(access.user_id, access.at, access.at + SLIP_WITHIN)
        return not set(about) <= {access.patient}

    def _about(self, user_id: str, first: datetime, last: datetime) -> Sequence[str | None]:
        times = self.times[user_id]
        return self.patients[user_id][bisect_left(times, first) : bisect_right(times, last)]


def working(accesses: Iterable[Access]) -> Working:
    """Read out of everything in a window, in order of time, when each member of staff works."""
    times: dict[str, list[datetime]] = {}
    patients: dict[str, list[str | None]] = {}
    for each in accesses:
        times.setdefault(each.user_id, []).append(each.at)
        patients.setdefault(each.user_id, []).append(each.patient)
    return Working(times, patients)


def moment(at: datetime) -> str:
    """Write an instant for people, in London's civil time: `Tuesday 3 November, 23:14`."""
    local = at.astimezone(LONDON)
    return f"{local:%A} {local.day} {local:%B, %H:%M}"
