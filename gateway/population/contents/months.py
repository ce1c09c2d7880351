"""Say which whole months a release covers. Pure; reads no clock."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from typing_extensions import override

_A_YEAR = 12


class Months(NamedTuple):
    """Whole months as `2026-01`, both included, and the day that the last of them ends on."""

    first: str
    last: str
    ends_on: date

    @override
    def __str__(self) -> str:
        """Write the period as ISO 8601 does."""
        return f"{self.first}/{self.last}"

    def each(self) -> Iterator[str]:
        """Give every month, as `2026-01`, from the first to the last."""
        at = _number(self.first)
        while at <= _number(self.last):
            yield f"{at // _A_YEAR:04}-{at % _A_YEAR + 1:02}"
            at += 1


def _number(month: str) -> int:
    year, of_it = map(int, month.split("-"))
    return year * _A_YEAR + of_it - 1


def months_before(today: date, count: int) -> Months:
    """Give so many whole months, the last of which has ended."""
    ends_on = today.replace(day=1) - timedelta(days=1)
    year, month = divmod(ends_on.year * _A_YEAR + ends_on.month - count, _A_YEAR)
    return Months(f"{year:04}-{month + 1:02}", f"{ends_on:%Y-%m}", ends_on)
