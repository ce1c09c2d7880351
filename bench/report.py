"""Turn timings into figures and ratios, and write them as a table.

Measures nothing. A ratio is the median of the rounds' ratios: both its sides met the machine in the same state.
"""

import os
import platform
from collections.abc import Mapping
from dataclasses import dataclass, field
from statistics import median, quantiles
from typing import Any

Figures = dict[str, dict[str, Any]]

REACH = {
    "gateway_over_floor_p50": ("≤", 5.0),
    "warm_over_floor_p50": ("≤", 2.5),
    "gateway_over_floor_c8_rate": ("≥", 0.15),
    "naive_over_gateway_p50": ("≥", 45.0),
    "gateway_over_naive_c8_rate": ("≥", 60.0),
    "naive_over_warm_p50": ("≥", 100.0),
    "gateway_p99_over_p50": ("≤", 3.0),
    "after_last_byte_ms_per_mb": ("≤", 8.0),
}
"""What the project means to reach, in one run on one machine."""

_LATENCY_RATIOS = {
    "gateway_over_floor_p50": ("gateway_cold_c1", "floor_c1"),
    "warm_over_floor_p50": ("gateway_warm_c1", "floor_c1"),
    "naive_over_gateway_p50": ("naive_c1", "gateway_cold_c1"),
    "naive_over_warm_p50": ("naive_c1", "gateway_warm_c1"),
    "naive_over_floor_p50": ("naive_c1", "floor_c1"),
}
_RATE_RATIOS = {
    "gateway_over_floor_c8_rate": ("gateway_cold_c8", "floor_c8"),
    "warm_over_floor_c8_rate": ("gateway_warm_c8", "floor_c8"),
    "gateway_over_naive_c8_rate": ("gateway_cold_c8", "naive_c8"),
    "warm_over_naive_c8_rate": ("gateway_warm_c8", "naive_c8"),
}


@dataclass(slots=True)
class Measured:
    """What one run measured, by name and round: seconds of answers, requests a second."""

    latencies: dict[str, list[list[float]]] = field(default_factory=dict)
    rates: dict[str, list[float]] = field(default_factory=dict)
    refused: dict[str, int] = field(default_factory=dict)
    after_last_byte: list[float] = field(default_factory=list)
    served: dict[str, int] = field(default_factory=dict)

    def add_latencies(self, name: str, seconds: list[float]) -> None:
        """Keep one round's answers."""
        self.latencies.setdefault(name, []).append(seconds)

    def add_rate(self, name: str, per_second: float, refused: int) -> None:
        """Keep one round's whole answers a second, and how many requests got none."""
        self.rates.setdefault(name, []).append(per_second)
        self.refused[name] = self.refused.get(name, 0) + refused


def figures_of(measured: Measured) -> Figures:
    """Give everything that is reported, ready for JSON."""
    measurements: dict[str, object] = {
        **{name: latency_of(rounds) for name, rounds in measured.latencies.items()},
        **{
            name: {"requests_per_second": median(each), "refused": measured.refused[name]}
            for name, each in measured.rates.items()
        },
        "after_last_source_byte": {"p50_ms": median(measured.after_last_byte) * 1000},
        "record": dict(measured.served),
    }
    return {
        "measurements": measurements,
        "ratios": dict(_ratios(measured)),
        "reach": {name: f"{sign} {bound:g}" for name, (sign, bound) in REACH.items()},
        "machine": machine(),
    }


def machine() -> dict[str, Any]:
    """Say where it was measured, and how busy it was then."""
    load, _five, _fifteen = os.getloadavg()
    return {"cores": os.cpu_count(), "python": platform.python_version(), "load": load}


def latency_of(rounds: list[list[float]]) -> dict[str, float]:
    """Give median and 99th percentile of the answers of all rounds, in milliseconds, and how many there were."""
    pooled = sorted(seconds for each in rounds for seconds in each)
    return {
        "p50_ms": median(pooled) * 1000,
        "p99_ms": _p99(pooled) * 1000,
        "requests_per_second": len(pooled) / sum(pooled),
        "samples": len(pooled),
    }


def _p99(ordered: list[float]) -> float:
    return quantiles(ordered, n=100, method="inclusive")[-1] if len(ordered) > 1 else ordered[0]


def _ratios(measured: Measured) -> list[tuple[str, float]]:
    latencies, rates = measured.latencies, measured.rates
    return [
        *(
            (name, _of_rounds([*map(median, latencies[one])], [*map(median, latencies[other])]))
            for name, (one, other) in _LATENCY_RATIOS.items()
        ),
        *(
            (name, _of_rounds(rates[one], rates[other]))
            for name, (one, other) in _RATE_RATIOS.items()
        ),
        *(
            (f"{name}_p99_over_p50", _spread(latencies[key]))
            for name, key in (
                ("gateway", "gateway_cold_c1"),
                ("warm", "gateway_warm_c1"),
                ("floor", "floor_c1"),
            )
        ),
        (
            "after_last_byte_ms_per_mb",
            median(measured.after_last_byte) * 1e9 / measured.served["source_bytes"],
        ),
    ]


def _of_rounds(ones: list[float], others: list[float]) -> float:
    if len(ones) != len(others):
        # The naive service is too slow for every round: its one rate stands beside the median.
        return median(ones) / median(others)
    return median(one / other for one, other in zip(ones, others, strict=True))


def _spread(rounds: list[list[float]]) -> float:
    pooled = sorted(seconds for each in rounds for seconds in each)
    return _p99(pooled) / median(pooled)


BEGIN, END = "<!-- bench:begin -->", "<!-- bench:end -->"


def put_into(document: str, figures: Figures) -> str:
    """Put the figures in the place that a document keeps for them, between `BEGIN` and `END`."""
    return between(document, BEGIN, END, f"{_measured_on(figures)}\n\n{as_table(figures)}")


def between(document: str, begin: str, end: str, text: str) -> str:
    """Put a text in the place that a document keeps for it between two marks."""
    before, _, rest = document.partition(begin)
    _, _, after = rest.partition(end)
    return f"{before}{begin}\n{text}\n{end}{after}"


def _measured_on(figures: Figures) -> str:
    record, machine = figures["measurements"]["record"], figures["machine"]
    return (
        f"One record of {record['source_resources']:,} resources ({record['source_bytes'] / 1e6:.1f} MB) over "
        f"three R4 sources, on {machine['cores']} shared virtual cores with Python {machine['python']}; "
        "the ratios say more than the milliseconds."
    )


def as_table(figures: Figures) -> str:
    """Write the figures as Markdown: the systems side by side, then the ratios beside what is meant."""
    measurements, ratios = figures["measurements"], figures["ratios"]
    rows = [
        "| system | p50 ms, one caller | p99 ms | requests/s, eight callers |",
        "|---|--:|--:|--:|",
        *(_row(title, name, measurements) for name, title in _SYSTEMS.items()),
        "",
        "| ratio | measured | meant | reached |",
        "|---|--:|--:|---|",
        *(_ratio_row(name, value) for name, value in ratios.items()),
    ]
    return "\n".join(rows)


_SYSTEMS = {
    "floor": "raw proxy: three fetches, bytes joined, nothing parsed",
    "gateway_warm": "this gateway, same answers again",
    "gateway_cold": "this gateway, person not seen before",
    "naive": "naive: FastAPI, models and Casbin per resource",
}


def _row(title: str, name: str, measurements: Mapping[str, Mapping[str, float]]) -> str:
    alone, together = measurements[f"{name}_c1"], measurements[f"{name}_c8"]
    rate = together["requests_per_second"]
    return f"| {title} | {alone['p50_ms']:,.1f} | {alone['p99_ms']:,.1f} | {rate:,.1f} |"


def _ratio_row(name: str, value: float) -> str:
    words = name.replace("_", " ")
    if name not in REACH:
        return f"| {words} | {value:.2f} | | |"
    sign, bound = REACH[name]
    is_reached = value <= bound if sign == "≤" else value >= bound
    return f"| {words} | {value:.2f} | {sign} {bound:g} | {'yes' if is_reached else 'no'} |"
