"""P15: what narrowing withheld leaves no byte of any answer another than if the sources had never held it.

Real HTTP to two sources. `SCR_PROVE_COUNT` sets how many pairs of worlds are asked about, `SCR_PROVE_SEED` repeats
them; `SCR_P15_SHAPES` names the only shapes of request to try, with semicolons between.
"""

import os
import time
from collections.abc import Callable

from tests.inference.pairs import Reading, Tally
from tests.inference.shapes import every_shape
from tests.safety.two_hostiles import TwoHostiles
from tests.shares import SHARE, SHARES

FIXED = 1
COUNT = int(os.environ.get("SCR_PROVE_COUNT", "16"))  # noqa: TID251 - a switch of the test run
RANDOM = int(os.environ.get("SCR_PROVE_SEED", time.time_ns() % 10**6))  # noqa: TID251 - as above

SHAPES = tuple(filter(None, os.environ.get("SCR_P15_SHAPES", "").split(";")))  # noqa: TID251 - as above


async def test_p15_a_world_without_what_was_withheld_answers_every_request_alike(
    two: TwoHostiles, record_property: Callable[[str, object], None]
):
    tally, numbers = Tally(), range(SHARE, COUNT, SHARES)
    async with Reading.over(two, SHAPES) as reading:
        for number in numbers:
            if number % 50 == SHARE:
                reading.sign_in_anew()
            seed = FIXED if number < COUNT // 2 else RANDOM
            await reading.holds_of(f"{seed}|{number}", tally)

    record_property("seeds", f"{FIXED} and {RANDOM}")
    record_property("pairs", len(numbers))
    for name, counted in tally.told().items():
        record_property(name, counted)
    assert tally.asked.keys() == set(SHAPES or every_shape())
    # Worlds in which nothing is hidden, or everything, would show nothing.
    assert tally.withheld > len(numbers)
    assert tally.shown > len(numbers)
    assert tally.untold > len(numbers)
