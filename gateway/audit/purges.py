"""Say whether entries that are gone were deleted by rule: each was eight years old, as entries that are still there show.

Pure. The rule is docs/audit-format.md, section 5, rule 7; the deletion itself is in retention.py.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from gateway.audit.entry_form import ReadEntry, read_count, read_instant
from gateway.audit.words import AuditAction

KEPT_FOR = timedelta(days=2_920)
"""Eight years less their leap days: shorter than any eight years of a calendar, so nobody need know one."""


@dataclass(frozen=True, slots=True)
class Purge:
    """The entry numbered `number`, by which entries below `through` were deleted.

    `latest` is the earliest time at which it can have been: its own, or that of the entry after it.
    """

    number: int
    through: int
    recorded_before: datetime
    latest: datetime


def purge_told(entry: ReadEntry) -> Purge | None:
    """Give the purge that an entry is, None for any other entry.

    Raises: EntryFormError for a purge that does not say what it deleted.
    """
    if entry.action != AuditAction.ENTRIES_PURGED:
        return None
    through = read_count(entry.body.get("through"))
    before = read_instant(entry.body.get("recorded_before"))
    return Purge(entry.sequence, through, before, entry.recorded_at)


@dataclass(frozen=True, slots=True)
class Gone:
    """The entries that are gone of a log that is being followed.

    `youngest` is the latest time of all that are left up to the entry after the last that is gone, None before there is
    one. `purges` are those after the last that is gone: no other can cover it.
    """

    count: int = 0
    last: int = 0
    youngest: datetime | None = None
    purges: tuple[Purge, ...] = ()

    def with_one_more(self, number: int) -> "Gone":
        """Take note of an entry that is gone."""
        return Gone(self.count + 1, number)

    def with_left(self, entry: ReadEntry, latest: datetime) -> "Gone":
        """Take note of an entry that is left; `latest` is the latest time of those up to it.

        Raises: EntryFormError for a purge that does not say what it deleted.
        """
        told = purge_told(entry)
        if self.youngest is not None and not self.purges and told is None:
            return self
        purges = _held_against(self.purges, entry) + (() if told is None else (told,))
        youngest = latest if self.youngest is None else self.youngest
        return replace(self, youngest=youngest, purges=purges)

    def is_covered(self, at: datetime) -> bool:
        """Say whether all was deleted by rule, with `at` the time that it is by now."""
        return self.last == 0 or any(self._is_covered_by(each, at) for each in self.purges)

    def _is_covered_by(self, purge: Purge, at: datetime) -> bool:
        if self.youngest is None or not self.last < purge.through < purge.number:
            return False
        is_old = self.youngest < purge.recorded_before
        return is_old and min(purge.latest, at) - purge.recorded_before >= KEPT_FOR


def _held_against(purges: tuple[Purge, ...], entry: ReadEntry) -> tuple[Purge, ...]:
    # A purge that was given a time to come is told by what was recorded right after it.
    if not purges or purges[-1].number != entry.sequence - 1:
        return purges
    last = purges[-1]
    return (*purges[:-1], replace(last, latest=min(last.latest, entry.recorded_at)))
