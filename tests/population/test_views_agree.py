"""Views compiled to SQL give the rows that a plain reading of their specification gives, over random views and resources.

The reading is `tests/reference/view_walker.py`, by somebody who had not seen the compiler. `SCR_PROVE_VIEWS` sets how many views
of each seed are compared, `SCR_PROVE_RESOURCES` over how many resources each, `SCR_PROVE_SEED` the second seed.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from itertools import count as numbers
from pathlib import Path
from random import Random
from typing import Any

import duckdb
import pytest

from gateway.population.engine import Engine, open_engine
from gateway.population.views.compiled import compile_view
from gateway.population.views.faults import UnfitResourcesError
from gateway.population.views.running import run_view, run_view_on_any
from tests.differential.seeds import SEEDS, chances, count
from tests.population.agreement import Row, columns_to_compare, compare
from tests.population.random_resources import parsed, random_resources, written
from tests.population.random_views import View, random_view
from tests.population.shapes import RESOURCES
from tests.reference import view_walker
from tests.reference.fhirpath_parser import ViewError
from tests.shares import SHARE, SHARES

VIEWS = count("SCR_PROVE_VIEWS", 30) // len(SEEDS)
PER_VIEW = count("SCR_PROVE_RESOURCES", 20)
AT_ONCE = 500
"""Resources in one file: the walker holds all rows of it."""

ENGINE = Engine(threads=1, memory_mib=1024)
Run = Callable[..., Any]
Rows = Sequence[Row] | None


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("agree")


@pytest.fixture(scope="module")
def connection(folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with open_engine(ENGINE, [folder]) as opened:
        yield opened


@pytest.mark.parametrize("seed", SEEDS)
def test_views_give_the_rows_of_their_specification(
    seed: int,
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    record_property: Callable[[str, object], None],
) -> None:
    record_property("seed", seed)
    views, ends = random_views(seed)[SHARE::SHARES], Counter[str]()

    for number in range(0, PER_VIEW, AT_ONCE):
        held = written_resources(chances(seed, f"resources {number}"), folder)
        ends += Counter(compared(connection, view, held[view["resource"]]) for view in views)

    record_property("of each kind", dict(sorted(ends.items())))
    assert ends.total() == len(views) * -(-PER_VIEW // AT_ONCE) > 0
    assert ends["rows"] > ends.total() / 5


@dataclass(frozen=True)
class Resources:
    """Resources of one type: in a file of their own, among others, and as the walker reads them."""

    alone: Path
    mixed: Path
    parsed: Sequence[Any]


def random_views(seed: int) -> list[View]:
    """Give the views of a seed, over all types in turn."""
    views = (
        random_view(f"{seed} {number} {kind}", kind) for number in numbers() for kind in RESOURCES
    )
    return [*islice(views, VIEWS)]


def written_resources(chance: Random, folder: Path) -> dict[str, Resources]:
    """Write resources of each type into files, and tell by type where they are."""
    made = {kind: random_resources(chance, kind, min(PER_VIEW, AT_ONCE)) for kind in RESOURCES}
    mixed = folder / "mixed.ndjson"
    mixed.write_text("\n".join(chain(*zip(*made.values(), strict=True))) + "\n", "utf-8")
    held = {}
    for kind, lines in made.items():
        (folder / f"{kind}.ndjson").write_text("\n".join(lines) + "\n", "utf-8")
        held[kind] = Resources(folder / f"{kind}.ndjson", mixed, parsed(lines))
    return held


def compared(connection: duckdb.DuckDBPyConnection, view: View, resources: Resources) -> str:
    """Compare a view, run in both ways, and say what came of it."""
    readings = walked(view, resources.parsed)
    for run, path in ((run_view, resources.alone), (run_view_on_any, resources.mixed)):
        difference = differs(view, compiled(connection, run, view, path), readings)
        assert not difference, f"{difference}\n{run.__name__} {written(view)}"
    return "refused" if readings[0] is None else "rows" if readings[0] else "no rows"


def walked(view: View, resources: Sequence[Any]) -> tuple[Rows, Rows]:
    """Give the walker's rows to the letter, and leniently; None where it refuses."""
    to_the_letter = read_by(view_walker.run_view, view, resources)
    if to_the_letter is not None:
        return to_the_letter, to_the_letter
    return None, read_by(view_walker.run_view_leniently, view, resources)


def read_by(run: Run, view: View, resources: Sequence[Any]) -> Rows:
    try:
        return run(view, resources)
    except ViewError:
        return None


def compiled(connection: duckdb.DuckDBPyConnection, run: Run, view: View, path: Path) -> Rows:
    ready = compile_view(view)
    try:
        return run(connection, ready, [path]).to_pylist()
    except UnfitResourcesError:
        return None


def differs(view: View, found: Rows, readings: tuple[Rows, Rows]) -> str:
    """Say in what rows differ from what may be read; nothing where they do not."""
    to_the_letter, leniently = readings
    if found is None or leniently is None:
        return "" if found is None and to_the_letter is None else "refused by one side alone"
    return str(compare(found, leniently, columns_to_compare(view)))
