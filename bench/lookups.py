"""Measure whether the time of a refusal tells that a person exists: strangers beside numbers that nobody has (IL-04).

Both are read by an item's id and get the same not-found. They are asked about in turn, in an order of chance, so that
both meet the machine in the same state; timings tell of each other inside one run only.

Run as `python bench/lookups.py [--json] [--each 10000]`.
"""

import argparse
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from math import erfc, sqrt
from pathlib import Path
from random import Random
from statistics import median

import uvloop

# Run as a file, Python looks beside the file only.
sys.path.insert(0, str(Path(__file__).parent.parent))

from bench.everything import Systems, running
from bench.load import WrongAnswerError
from bench.processes import cores, stay_on
from bench.raw_http import Asking, connected
from bench.recording import other_numbers
from bench.report import machine
from fhir_profiles.nhs_number import NhsNumber

REACH = {"median_difference_ms": "< 2", "p": "> 0.01"}
"""What IL-04 means to reach."""

MOST_EACH = 10_000
"""As many as IL-04 names; the replayed sources have numbers for twice that."""

_WARM_UP = 200
_AT_A_TIME = 250
_NO_ITEM = "0" * 26


@dataclass(frozen=True, slots=True)
class Timings:
    """Seconds that refusals took."""

    strangers: list[float]
    nobody: list[float]


def mann_whitney_p(ones: Sequence[float], others: Sequence[float]) -> float:
    """Give the two-sided p of the Mann-Whitney U test, by its normal approximation with ties corrected.

    Source: H. B. Mann and D. R. Whitney, Annals of Mathematical Statistics 18 (1947) 50-60.
    """
    ranks, tied = _ranks([*ones, *others])
    size, other = len(ones), len(others)
    whole = size + other
    u = sum(ranks[:size]) - size * (size + 1) / 2
    spread = size * other / 12 * (whole + 1 - tied / (whole * (whole - 1)))
    if spread <= 0:
        return 1.0
    distance = max(0.0, abs(u - size * other / 2) - 0.5)
    return erfc(distance / sqrt(2 * spread))


def _ranks(values: Sequence[float]) -> tuple[list[float], int]:
    """Give each value's rank, the mean one among equals, and the sum of t³ - t over groups of t equals."""
    order = sorted(range(len(values)), key=values.__getitem__)
    ranks, tied, start = [0.0] * len(values), 0, 0
    while start < len(order):
        end = start
        while end < len(order) and values[order[end]] == values[order[start]]:
            end += 1
        for position in order[start:end]:
            ranks[position] = (start + end + 1) / 2
        tied += (end - start) ** 3 - (end - start)
        start = end
    return ranks, tied


def figures_of(timings: Timings) -> dict[str, object]:
    """Give what was measured, ready for JSON."""
    strangers, nobody = median(timings.strangers) * 1000, median(timings.nobody) * 1000
    return {
        "measurements": {"stranger_p50_ms": strangers, "nobody_p50_ms": nobody},
        "each": len(timings.strangers),
        "median_difference_ms": abs(strangers - nobody),
        "p": mann_whitney_p(timings.strangers, timings.nobody),
        "reach": REACH,
        "machine": machine(),
    }


async def _measure(systems: Systems, each: int) -> Timings:
    asking = await connected(systems.gateway.port)
    nobody = other_numbers(2 * (each + _WARM_UP))[each + _WARM_UP :]
    found = Timings([], [])
    for first in range(0, each + _WARM_UP, _AT_A_TIME):
        count = min(_AT_A_TIME, each + _WARM_UP - first)
        strangers = await systems.strangers(first, count)
        pairs = [(number, found.strangers) for number in strangers]
        pairs += [(number, found.nobody) for number in nobody[first : first + count]]
        Random(first).shuffle(pairs)
        for number, seconds in pairs:
            seconds.append(await _refused(systems, asking, number))
    asking.close()
    return Timings(found.strangers[_WARM_UP:], found.nobody[_WARM_UP:])


async def _refused(systems: Systems, asking: Asking, number: NhsNumber) -> float:
    target = f"/fhir/Condition/{systems.ids.seal(number)}{_NO_ITEM}"
    request = systems.gateway.request(target)
    began = time.monotonic()
    answer = await asking.ask(request)
    seconds = time.monotonic() - began
    first_line = answer.head.split(b"\r\n", 1)[0]
    if b" 404 " not in first_line:
        raise WrongAnswerError(f"A lookup was not refused as not found: {first_line.decode()}")
    return seconds


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measure how long refusals of lookups take.")
    parser.add_argument("--json", action="store_true", help="print JSON instead of lines")
    parser.add_argument("--each", type=int, default=MOST_EACH, help="lookups of each kind")
    given = parser.parse_args()
    stay_on(cores()[1])
    with running(60) as systems:
        figures = figures_of(uvloop.run(_measure(systems, min(given.each, MOST_EACH))))
    print(json.dumps(figures, indent=1) if given.json else as_lines(figures))


def as_lines(figures: dict[str, object]) -> str:
    """Write the figures, one a line."""
    return "\n".join(f"{name}: {value}" for name, value in figures.items())


if __name__ == "__main__":
    main()
