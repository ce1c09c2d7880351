"""Say whether the entries that are gone were purged as rule 7 of section 5 allows."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from tests.outsider.entries import Entry, Purge, read_purge

_RETENTION = timedelta(days=2920)  # section 5, rule 7: eight years, less their leap days
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


class Gone:
    """Follow the entries of a log, and keep of them what rule 7 asks for."""

    def __init__(self) -> None:
        self.count = self.last = 0
        self._youngest = self._youngest_at_last = self._latest = _LONG_AGO
        self._purges: list[Purge] = []

    def pass_null(self, number: int) -> None:
        """Meet an entry that is null: only a purge after it can cover it."""
        self.count, self.last = self.count + 1, number
        self._purges.clear()

    def pass_entry(self, entry: Entry) -> None:
        """Meet an entry that is there."""
        self._latest, self._youngest = entry.recorded_at, max(self._youngest, entry.recorded_at)
        if entry.sequence == self.last + 1:
            self._youngest_at_last = self._youngest
        self._note_time_after_purge(entry)
        purge = read_purge(entry)
        if purge is not None:
            self._purges.append(purge)

    def _note_time_after_purge(self, entry: Entry) -> None:
        if self._purges and self._purges[-1].number == entry.sequence - 1:
            clock = min(self._purges[-1].earliest_clock, entry.recorded_at)
            self._purges[-1] = replace(self._purges[-1], earliest_clock=clock)

    def is_covered(self, now: datetime) -> bool:
        """Say whether a purge covers the last entry that is null."""
        return not self.last or any(self._covers(purge, now) for purge in self._purges)

    def _covers(self, purge: Purge, now: datetime) -> bool:
        earliest_clock = min(purge.earliest_clock, self._latest, now)
        return (
            self.last < purge.through < purge.number
            and self._youngest_at_last < purge.recorded_before
            and earliest_clock - purge.recorded_before >= _RETENTION
        )
