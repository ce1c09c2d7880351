"""Turn what `bench/population.py` timed into figures and ratios, and write them as a table. Measures nothing."""

from statistics import median, quantiles
from typing import Any, Protocol

from bench.report import machine

BEGIN, END = "<!-- bench:population:begin -->", "<!-- bench:population:end -->"

REACH = {
    "de-identify: resources/s": ("≥", 100_000.0),
    "de-identify: MB/s": ("≥", 150.0),
    "view to Parquet: MB/s": ("≥", 400.0),
    "view of the store: MB/s": ("≥", 0.0),
    "k, l and t gate: rows/s": ("≥", 1_000_000.0),
    "two processes over one": ("≥", 1.8),
    "protected count: p95 ms": ("≤", 100.0),
}
"""What the project means to reach on one core, in one run on one machine; 0: it is measured, and nothing is meant."""


class Timed(Protocol):
    """What was timed."""

    seconds: dict[tuple[str, str], list[float]]
    sizes: dict[str, dict[str, int]]
    answers: dict[str, list[float]]


def figures_of(timed: Timed, people: int) -> dict[str, Any]:
    """Give everything that is reported, ready for JSON: by measure, by whom."""
    figures: dict[str, dict[str, float]] = {}
    for what, unit, of in (
        ("de-identify", "resources/s", "resources"),
        ("de-identify", "MB/s", "bytes"),
        ("view to Parquet", "MB/s", "bytes"),
        ("view of the store", "MB/s", "bytes"),
        ("k, l and t gate", "rows/s", "rows"),
    ):
        scale = 1e6 if unit == "MB/s" else 1.0
        size = timed.sizes[what][of] / scale
        figures[f"{what}: {unit}"] = _rates(timed, what, size)
    figures["two processes over one"] = {"ours": _ratio(timed, "two processes", "one", "ours")}
    figures["protected count: p95 ms"] = {
        whose: _p95(timed.answers[whose]) * 1000 for whose in ("ours", "naive")
    }
    return {
        "measurements": figures,
        "ratios": _ratios(timed),
        "output_over_input": _output_over_input(timed),
        "publishing_seconds": timed.answers["publishing"][0],
        "people": people,
        "resources": timed.sizes["de-identify"]["resources"],
        "megabytes": timed.sizes["de-identify"]["bytes"] / 1e6,
        "reach": {name: f"{sign} {bound:g}" for name, (sign, bound) in REACH.items() if bound},
        "machine": machine(),
    }


def _rates(timed: Timed, what: str, size: float) -> dict[str, float]:
    return {
        whose: size / median(seconds)
        for (measure, whose), seconds in timed.seconds.items()
        if measure == what
    }


def _ratio(timed: Timed, what: str, slower: str, faster: str) -> float:
    """Give how much faster one is than the other: the median of the rounds' ratios."""
    slow, fast = timed.seconds[what, slower], timed.seconds[what, faster]
    if len(slow) != len(fast):
        return median(slow) / median(fast)
    return median(one / other for one, other in zip(slow, fast, strict=True))


def _ratios(timed: Timed) -> dict[str, float]:
    return {
        f"{what}: ours over {whose}": _ratio(timed, what, whose, "ours")
        for what, whose in timed.seconds
        if whose not in {"ours", "one"}
    } | {
        "protected count, p95: ours over naive": _p95(timed.answers["naive"])
        / _p95(timed.answers["ours"])
    }


def _output_over_input(timed: Timed) -> dict[str, float]:
    sizes = timed.sizes["de-identify"]
    return {
        whose: sizes[whose] / sizes["bytes"]
        for whose in ("ours", "naive", "cumulus-etl")
        if whose in sizes
    }


def _p95(seconds: list[float]) -> float:
    return quantiles(seconds, n=20, method="inclusive")[-1]


def as_table(figures: dict[str, Any]) -> str:
    """Write the figures as Markdown."""
    whose = ("ours", "naive", "cumulus-etl", "limit")
    kept = figures["output_over_input"]
    rows = [
        "| measure | this service | naive | cumulus-etl | orjson alone | meant | reached |",
        "|---|--:|--:|--:|--:|--:|---|",
        *(_row(name, figures["measurements"][name], whose) for name in REACH),
        f"| de-identify: output over input | {' | '.join(_told(kept.get(each)) for each in whose)} | | |",
        "",
        "| ratio | measured |",
        "|---|--:|",
        *(f"| {name} | {ratio:.2f} |" for name, ratio in figures["ratios"].items()),
    ]
    return "\n".join(rows)


def _row(name: str, measured: dict[str, float], whose: tuple[str, ...]) -> str:
    sign, bound = REACH[name]
    ours = measured["ours"]
    is_reached = ours >= bound if sign == "≥" else ours <= bound
    cells = " | ".join(_told(measured.get(each)) for each in whose)
    meant = f"{sign} {_told(bound)} | {'yes' if is_reached else 'no'}" if bound else "|"
    return f"| {name} | {cells} | {meant} |"


def _told(figure: float | None) -> str:
    if figure is None:
        return ""
    return f"{figure:,.0f}" if figure >= 100 else f"{figure:.3g}"


def measured_on(figures: dict[str, Any]) -> str:
    """Say of what and where it was measured."""
    machine = figures["machine"]
    return (
        f"{figures['resources']:,} resources of published synthetic people ({figures['megabytes']:.1f} MB), "
        f"{figures['people']:,} invented people for the gate and the counts, on {machine['cores']} shared virtual cores "
        f"with Python {machine['python']}, load average {machine['load']:.1f}. The counts are answered from a table that "
        f"took {figures['publishing_seconds']:.1f} s to protect, once."
    )
