"""Measure how a view's time and memory grow with the record: 100, 1,000 and 10,000 resources.

Says nothing about any one size's speed (`everything` does). What a view costs whatever its size is taken out by
differences: time per further resource must stay the same.

Run as `python bench/growth.py [--json]`.
"""

import argparse
import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

import uvloop

# Run as a file, Python looks beside the file only.
sys.path.insert(0, str(Path(__file__).parent.parent))

from bench.everything import Systems, running
from bench.load import one_at_a_time
from bench.processes import cores, stay_on

SIZES = ((100, 1), (1000, 1), (1000, 10))
"""Resources recorded, and how often each stands in the record."""

_VIEWS = 3
_PAGE_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Size:
    """One size of record: what its first view takes."""

    resources: int
    record_bytes: int
    milliseconds: float
    resident_bytes_a_view: float


async def _measure(systems: Systems) -> Size:
    people = await systems.people(0, 2 * _VIEWS)
    targets = [each.gateway_target for each in people]
    # The first views also load and connect; their memory is not the record's.
    await one_at_a_time(systems.gateway, targets[:_VIEWS])
    before = _resident_bytes(systems.gateway_process_id)
    timings = await one_at_a_time(systems.gateway, targets[_VIEWS:])
    grown = _resident_bytes(systems.gateway_process_id) - before
    told = await one_at_a_time(systems.floor, [people[0].plain_target])
    return Size(
        resources=await systems.count_of(people[0]),
        record_bytes=told[0].size,
        milliseconds=median(each.seconds for each in timings) * 1000,
        resident_bytes_a_view=grown / _VIEWS,
    )


def _resident_bytes(process_id: int) -> int:
    return int(Path(f"/proc/{process_id}/statm").read_text().split()[1]) * _PAGE_BYTES


def figures_of(sizes: list[Size]) -> dict[str, object]:
    """Give the sizes and what they say of growth."""
    small, middle, large = sizes
    return {
        "measurements": [asdict(size) for size in sizes],
        "ratios": {
            "time_per_further_resource": _slope(middle, large) / _slope(small, middle),
            "memory_over_record_bytes": large.resident_bytes_a_view / large.record_bytes,
        },
        "reach": {"time_per_further_resource": "≤ 1.3", "memory_over_record_bytes": "≤ 5"},
    }


def _slope(one: Size, other: Size) -> float:
    return (other.milliseconds - one.milliseconds) / (other.resources - one.resources)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measure how time and memory grow.")
    parser.add_argument("--json", action="store_true", help="print JSON instead of lines")
    is_json = parser.parse_args().json
    stay_on(cores()[1])
    sizes = []
    for resources, copies in SIZES:
        with running(resources, copies) as systems:
            sizes.append(uvloop.run(_measure(systems)))
    figures = figures_of(sizes)
    print(json.dumps(figures, indent=1) if is_json else _lines(sizes, figures))


def _lines(sizes: list[Size], figures: dict[str, object]) -> str:
    told = [
        f"{size.resources:>7,} resources, {size.record_bytes / 1e6:5.2f} MB: "
        f"{size.milliseconds:8.1f} ms, {size.resident_bytes_a_view / 1e6:6.1f} MB a view"
        for size in sizes
    ]
    return "\n".join((*told, str(figures["ratios"])))


if __name__ == "__main__":
    main()
