"""T16: whoever knows how dates are shifted, and what was pulled and released, recovers one shift in a hundred at most."""

import os
from collections.abc import Iterator
from datetime import date
from random import Random

from gateway.population.pseudonyms import (
    LARGEST_SHIFT_WEEKS,
    Window,
    weeks_shifted,
    window_to_release,
)
from tests.run_seed import SWITCH

PEOPLE = int(os.environ.get("SCR_PROVE_SHIFTS", "500"))  # noqa: TID251 - a switch of the test run
KEY = bytes(range(32))
PULLED = Window(date(2015, 1, 1), date(2025, 12, 31))
EVENTS = 40


def share_recovered(released: Window) -> float:
    """Guess everybody's shift from what is released of them, by all that the ends of the data rule out.

    Of the shifts that are left none is likelier than another: a guess is right as often as there are few of them.
    """
    random = Random(int(os.environ[SWITCH]))  # noqa: TID251 - as above
    return sum(_chance(random, random.randbytes(16), released) for _ in range(PEOPLE)) / PEOPLE


def _chance(random: Random, subject: bytes, released: Window) -> float:
    weeks = weeks_shifted(KEY, subject)
    days = [random.randint(*map(date.toordinal, PULLED)) + 7 * weeks for _ in range(EVENTS)]
    first, last = map(date.toordinal, released)
    possible = list(_possible([day for day in days if first <= day <= last]))
    assert weeks in possible
    return 1 / len(possible)


def _possible(shown: list[int]) -> Iterator[int]:
    """Give the shifts under which all that is shown comes from what was pulled."""
    first, last = map(date.toordinal, PULLED)
    for weeks in range(-LARGEST_SHIFT_WEEKS, LARGEST_SHIFT_WEEKS + 1):
        if all(first <= day - 7 * weeks <= last for day in (min(shown), max(shown))):
            yield weeks


def test_t16_at_most_one_shift_in_a_hundred_is_recovered():
    released = window_to_release(PULLED)

    assert released is not None
    assert share_recovered(released) <= 0.01


def test_t16_the_ends_of_the_data_give_shifts_away_where_they_are_released():
    far = Window(date(2010, 1, 1), date(2030, 12, 31))

    assert share_recovered(far) > 0.02
