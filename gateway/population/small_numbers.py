"""Turn a true count into what may be published of it, and say what a reader can tell from that.

Pure. Looks at one count at a time: what a table's totals tell is gateway/population/suppression.py.
Source: NHS Digital, Disclosure control methodology for Hospital Episode Statistics and Emergency Care Data Set, from
September 2018 (sub-national counts: 1 to 7 are shown as `*`, 0 stays 0, all others are rounded to the nearest 5).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NoReturn, TypeAlias

from typing_extensions import override

ROUNDED_TO = 5
SMALLEST_SHOWN = 8
"""Both from the methodology above; this service has no unrounded national totals, for it is not national."""


@dataclass(frozen=True, slots=True)
class Rounded:
    """A count that may be published: 0, or a multiple of 5 from 10 on. No number: rounded counts are not summed."""

    value: int

    def __post_init__(self) -> None:
        if self.value % ROUNDED_TO or (self.value and self.value < SMALLEST_SHOWN):
            raise ValueError(
                "a published count is 0 or a multiple of 5 that no count below 8 is rounded to"
            )

    @override
    def __str__(self) -> str:
        return str(self.value)

    def __bool__(self) -> NoReturn:
        raise TypeError("ask a published count for its value")


@dataclass(frozen=True, slots=True)
class Suppressed:
    """A count that is kept back. It is neither 0 nor missing, and cannot be added, ordered or tested for truth."""

    @override
    def __str__(self) -> str:
        return "*"

    def __bool__(self) -> NoReturn:
        raise TypeError("a suppressed count is neither something nor nothing")


PublishedCount: TypeAlias = Rounded | Suppressed
SUPPRESSED = Suppressed()


def publishable_count(count: int) -> PublishedCount:
    """Give what may be published of a count of people, contacts or events.

    Raises ValueError for a count below 0.
    """
    if count < 0:
        raise ValueError("a count is never below 0")
    if 0 < count < SMALLEST_SHOWN:
        return SUPPRESSED
    return Rounded((count + ROUNDED_TO // 2) // ROUNDED_TO * ROUNDED_TO)


def publishable_count_of_people(count: int, people: int) -> PublishedCount:
    """Give what may be published of contacts or events: nothing if fewer than 8 people had them all."""
    return SUPPRESSED if 0 < people < SMALLEST_SHOWN else publishable_count(count)


def publishable_mean(values: Sequence[float]) -> float | Suppressed | None:
    """Give the mean of one value of each person, None of nobody; of 1 to 7 people it is kept back."""
    if not values:
        return None
    return SUPPRESSED if len(values) < SMALLEST_SHOWN else sum(values) / len(values)


def publishable_percentage(part: int, whole: int) -> float | Suppressed | None:
    """Give a percentage from the rounded counts, never from the true ones; None of nobody.

    Raises ValueError when the part is more than the whole.
    """
    if part > whole:
        raise ValueError("a part is no more than its whole")
    match publishable_count(part), publishable_count(whole):
        case Rounded(), Rounded(value=0):
            return None
        case Rounded(value=above), Rounded(value=below):
            return 100 * above / below
        case _:
            return SUPPRESSED


def possible_counts(published: PublishedCount) -> range:
    """Give every true count that is published so, which is all that one published count tells."""
    if isinstance(published, Suppressed):
        return range(1, SMALLEST_SHOWN)
    if not published.value:
        return range(1)
    reach = ROUNDED_TO // 2
    return range(max(published.value - reach, SMALLEST_SHOWN), published.value + reach + 1)
