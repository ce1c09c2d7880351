"""Read how much is compared, and from which seed: a slice by default, all of it in the full run."""

import os
import random
import time

PINNED_SEED = 20_261


def count(switch: str, of_a_slice: int) -> int:
    return int(os.environ.get(switch, of_a_slice))  # noqa: TID251 - a switch of the test run


RANDOM_SEED = count("SCR_PROVE_SEED", time.time_ns() % 10**6)
SEEDS = (PINNED_SEED, RANDOM_SEED)


def chances(seed: int, name: str) -> random.Random:
    """Give the chance of one comparison; two comparisons of one seed do not follow each other."""
    return random.Random(f"{seed} {name}")
