"""Measure the planning side: de-identifying, views, the disclosure gate, two processes, protected counts, beside a naive version.

Processor seconds of one core; two processes and answers to questions by the clock on the wall. Rounds are interleaved and a ratio is the median of the rounds' ratios. Published synthetic
bundles (SCR_SAMPLE_DATA), every code in them released, so that as much as possible is kept and nothing is gained by dropping it.

Run as `python bench/population.py [--json] [--rounds 5] [--people 1000000] [--copies 4] [--cumulus CUMULUS_ETL] [--into docs/performance.md]`.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import orjson

# Run as a file, Python looks beside the file only.
sys.path.insert(0, str(Path(__file__).parent.parent))

from bench.beside_cumulus import timed_cumulus
from bench.disclosure_gate import PROFILE, people
from bench.frozen import refuse_changed
from bench.naive_population import NaiveWalk, naive_count, naive_gate, naive_table
from bench.population_report import BEGIN, END, as_table, figures_of, measured_on
from bench.population_samples import ground_for, ndjson, of_type, sampled
from bench.report import between
from gateway.population.allow_list import AllowList, load_allow_lists
from gateway.population.anonymity import measured
from gateway.population.cohorts import CohortCounts
from gateway.population.counting import GatedTable, gated_table
from gateway.population.deidentify import Deidentifier
from gateway.population.engine import Engine, open_engine
from gateway.population.tables import CellNow, CountTable
from gateway.population.views.declared import declared_views
from gateway.population.views.running import write_view

_QUESTIONS = 200
_DIMENSIONS = ("area", "band", "sex")
_PATHS = tuple(
    tuple(each.split("."))
    for each in (
        *(
            "id",
            "subject.reference",
            "status",
            "class.code",
            "type.coding.code",
            "priority.coding.code",
        ),
        *(
            "period.start",
            "period.end",
            "serviceProvider.identifier.value",
            "reasonCode.coding.code",
        ),
    )
)
"""As many columns as the declared view of contacts has, without its conditions."""


@dataclass(slots=True)
class Timed:
    """Seconds by what was measured and by whom, one for each round; and how much each was given and left."""

    seconds: dict[tuple[str, str], list[float]] = field(default_factory=dict)
    sizes: dict[str, dict[str, int]] = field(default_factory=dict)
    answers: dict[str, list[float]] = field(default_factory=dict)

    def time(
        self,
        what: str,
        whose: str,
        work: Callable[[], object],
        clock: Callable[[], float] = time.process_time,
    ) -> None:
        """Keep how long some work took: of a processor, unless another clock is given."""
        began = clock()
        work()
        self.seconds.setdefault((what, whose), []).append(clock() - began)


@dataclass(frozen=True, slots=True)
class Given:
    """How much is measured, and how often."""

    rounds: int
    people: int
    copies: int
    resources: int | None
    cumulus: Path | None


def measure(given: Given) -> Timed:
    """Measure everything."""
    refuse_changed()
    timed = Timed()
    lists = load_allow_lists()
    listed = {one.resource_type for one in lists}
    mixed = ndjson(each for each in sampled(given.resources) if each["resourceType"] in listed)
    clean = Deidentifier(ground_for(mixed, lists))
    with TemporaryDirectory(prefix="scr-bench-") as name:
        _deidentify(timed, given, lists, clean, mixed)
        _two_processes(timed, given, clean, mixed)
        contacts = of_type(mixed, "Encounter")
        _views(timed, given, ("view to Parquet", contacts), Path(name))
        _views(timed, given, ("view of the store", clean(contacts).ndjson), Path(name))
        if given.cumulus:
            _cumulus(timed, given.cumulus, mixed, Path(name))
    _gate(timed, given)
    _counts(timed, given)
    return timed


def _deidentify(
    timed: Timed, given: Given, lists: tuple[AllowList, ...], clean: Deidentifier, lines: bytes
) -> None:
    kept = {one.resource_type: {"resourceType", *(each.path for each in one.kept)} for one in lists}
    walk, what = NaiveWalk(kept), "de-identify"
    for _round in range(given.rounds):
        timed.time(what, "ours", lambda: clean(lines))
        timed.time(what, "naive", lambda: walk(lines))
        timed.time(what, "limit", lambda: read_and_write(lines))
    sizes = {"resources": lines.count(b"\n"), "bytes": len(lines)}
    timed.sizes[what] = {
        **sizes,
        "ours": len(clean(lines).ndjson),
        "naive": len(walk(lines)),
    }


def read_and_write(lines: bytes) -> bytes:
    """Read and write everything: as fast as anything can be that makes objects of it."""
    return b"".join(orjson.dumps(orjson.loads(line)) + b"\n" for line in lines.splitlines())


_shared: dict[str, Any] = {}
"""What forked processes find when they begin: a ground cannot be pickled, and need not be."""


def _two_processes(timed: Timed, given: Given, clean: Deidentifier, lines: bytes) -> None:
    """Cut between lines; each process answers with its bytes. Fork: both sides have the ground already."""
    whole = lines * given.copies
    middle = whole.index(b"\n", len(whole) // 2) + 1
    _shared.update(clean=clean, parts=(whole[:middle], whole[middle:], b""))
    with ProcessPoolExecutor(2, mp_context=get_context("fork")) as processes:
        list(processes.map(_cleaned, (2, 2)))
        for _round in range(given.rounds):
            for whose, spread in (("one", map), ("ours", processes.map)):
                work = partial(_both, spread)
                timed.time("two processes", whose, work, time.perf_counter)
    timed.sizes["two processes"] = {"resources": whole.count(b"\n"), "bytes": len(whole)}


def _both(spread: Callable[..., Iterable[bytes]]) -> list[bytes]:
    return [*spread(_cleaned, (0, 1))]


def _cleaned(part: int) -> bytes:
    done: bytes = _shared["clean"](_shared["parts"][part]).ndjson
    return done


def _views(timed: Timed, given: Given, over: tuple[str, bytes], folder: Path) -> None:
    """Over resources as published, most of which no column wants; and over the store's, which are little else."""
    what, lines = over
    rows, target = folder / "rows.ndjson", folder / "rows.parquet"
    rows.write_bytes(lines * given.copies * 10)
    view = declared_views()["contact"]
    with open_engine(Engine(threads=1, memory_mib=2048), [folder]) as database:
        for _round in range(given.rounds):
            timed.time(what, "ours", lambda: write_view(database, view, [rows], target))
            timed.time(what, "naive", lambda: naive_table(rows, _PATHS, folder / "naive.parquet"))
    timed.sizes[what] = {
        "bytes": rows.stat().st_size,
        "ours": target.stat().st_size,
        "naive": (folder / "naive.parquet").stat().st_size,
    }


def _cumulus(timed: Timed, command: Path, lines: bytes, folder: Path) -> None:
    what, whose = "de-identify", "cumulus-etl"
    seconds, timed.sizes[what][whose] = timed_cumulus(command, lines, folder)
    timed.seconds[what, whose] = [seconds]


def _gate(timed: Timed, given: Given) -> None:
    what = "k, l and t gate"
    database = duckdb.connect(config={"threads": 1})
    database.execute(f"CREATE TABLE people AS {people(given.people)}")
    columns = "person, area, band, sex, quarter, kind"
    for _round in range(given.rounds):
        timed.time(what, "ours", lambda: measured(database, "people", PROFILE))
        timed.time(
            what,
            "naive",
            lambda: naive_gate(database.execute(f"SELECT {columns} FROM people").fetchall()),
        )
    timed.sizes[what] = {"rows": given.people}
    database.close()


def _counts(timed: Timed, given: Given) -> None:
    """Publish a table once, as a release does, and then answer groups from it; naively each is counted anew."""
    database = duckdb.connect(config={"threads": 1})
    database.execute(f"CREATE TABLE people AS {people(given.people)}")
    table = _table(database)
    began = time.perf_counter()
    gated = gated_table("bench", table, ())
    timed.answers["publishing"] = [time.perf_counter() - began]
    assert isinstance(gated, GatedTable)
    answering = CohortCounts(gated.told, bytes(32))
    groups = list(_groups(table))
    for name, ask in (
        ("ours", answering.count),
        ("naive", lambda group: naive_count(database, group)),
    ):
        timed.answers[name] = [_seconds(ask, group) for group in groups]
    database.close()


def _table(database: duckdb.DuckDBPyConnection) -> CountTable:
    named = ", ".join(_DIMENSIONS)
    rows = database.execute(
        f"SELECT {named}, list(hash(person)) FROM people GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    cells = {
        (area, band, sex): CellNow(len(who), frozenset(who), len(who))
        for area, band, sex, who in rows
    }
    margins = (("area",), ("band",), ("sex",), ())
    return CountTable("people", {"year": "2026"}, _DIMENSIONS, cells, margins)


def _groups(table: CountTable) -> Iterator[Mapping[str, frozenset[str]]]:
    """Give groups by chance: some areas and some bands, of one sex or of both."""
    chance = Random(1)
    areas, bands, sexes = (sorted(set(each)) for each in zip(*table.cells, strict=True))
    for _question in range(_QUESTIONS):
        some = {"area": areas, "band": bands, "sex": sexes}
        yield {
            name: frozenset(chance.sample(values, chance.randint(1, len(values))))
            for name, values in some.items()
        }


def _seconds(ask: Callable[[Any], object], group: object) -> float:
    began = time.perf_counter()
    ask(group)
    return time.perf_counter() - began


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measure the planning side.")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--rounds", type=int, default=5, help="how often each is done")
    parser.add_argument("--people", type=int, default=1_000_000, help="of the gate and the counts")
    parser.add_argument("--copies", type=int, default=4, help="of the sample, for two processes")
    parser.add_argument("--resources", type=int, default=None, help="how many of the sample")
    parser.add_argument("--cumulus", type=Path, default=None, help="cumulus-etl, in its own place")
    parser.add_argument("--into", type=Path, nargs="*", default=[], help="documents for the table")
    told = parser.parse_args()
    given = Given(told.rounds, told.people, told.copies, told.resources, told.cumulus)
    figures = figures_of(measure(given), given.people)
    table = as_table(figures)
    print(json.dumps(figures, indent=1) if told.json else table)
    for document in told.into:
        text = document.read_text(encoding="utf-8")
        whole = f"{measured_on(figures)}\n\n{table}"
        document.write_text(between(text, BEGIN, END, whole), encoding="utf-8")


if __name__ == "__main__":
    main()
