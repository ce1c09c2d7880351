"""Views compiled to SQL give the rows that a plain reading of their specification gives, over random views and resources.

The reading is `tests/reference/view_walker.py`, by somebody who had not seen the compiler. `SCR_PROVE_VIEWS` sets how many views
of each seed are compared, `SCR_PROVE_RESOURCES` over how many resources each, `SCR_PROVE_SEED` the second seed.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import count as numbers
from itertools import islice
from json import loads
from pathlib import Path
from random import Random
from typing import Any

import duckdb
import pytest

from gateway.population.engine import Engine, open_engine
from gateway.population.views.compiled import compile_view
from gateway.population.views.faults import UnfitResourcesError
from gateway.population.views.running import run_view
from tests.differential.seeds import SEEDS, chances, count
from tests.population.agreement import Row, columns_to_compare, compare
from tests.population.open_disagreements import (
    OPEN,
    Disagreement,
    is_clear_of_them,
    without_rows_of_nothing,
)
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
    """Resources of one type, as a file has them and as the walker reads them."""

    path: Path
    parsed: Sequence[Any]


def random_views(seed: int) -> list[View]:
    """Give views that keep clear of what is known to be open."""
    views = (
        random_view(f"{seed} {number} {kind}", kind) for number in numbers() for kind in RESOURCES
    )
    clear = (view for view in views if is_clear_of_them(written(view)))
    return [without_rows_of_nothing(view) for view in islice(clear, VIEWS)]


def written_resources(chance: Random, folder: Path) -> dict[str, Resources]:
    """Write resources of each type into a file, and tell by type where they are."""
    held = {}
    for kind in RESOURCES:
        lines = random_resources(chance, kind, min(PER_VIEW, AT_ONCE))
        path = folder / f"{kind}.ndjson"
        path.write_text("".join(f"{line}\n" for line in lines), "utf-8")
        held[kind] = Resources(path, parsed(lines))
    return held


def compared(connection: duckdb.DuckDBPyConnection, view: View, resources: Resources) -> str:
    """Compare a view, and say what came of it."""
    readings = walked(view, resources.parsed)
    difference = differs(view, compiled(connection, view, resources.path), readings)
    assert not difference, f"{difference}\n{written(view)}"
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


def compiled(connection: duckdb.DuckDBPyConnection, view: View, path: Path) -> Rows:
    ready = compile_view(view)
    try:
        return run_view(connection, ready, [path]).to_pylist()
    except UnfitResourcesError:
        return None


def differs(view: View, found: Rows, readings: tuple[Rows, Rows]) -> str:
    """Say in what rows differ from what may be read; nothing where they do not."""
    to_the_letter, leniently = readings
    if found is None or leniently is None:
        return "" if found is None and to_the_letter is None else "refused by one side alone"
    return str(compare(found, leniently, columns_to_compare(view)))


@pytest.mark.parametrize("one", OPEN, ids=lambda one: one.name)
@pytest.mark.xfail(
    raises=AssertionError, strict=False, reason="open: the specification says otherwise"
)
def test_what_was_open_is_mended(
    one: Disagreement, connection: duckdb.DuckDBPyConnection, folder: Path
) -> None:
    path = folder / "one.ndjson"
    path.write_text(f"{one.resource}\n", "utf-8")

    found = compiled(connection, one.view, path)

    assert differs(one.view, found, (one.rows, one.rows)) == ""


@pytest.mark.parametrize("one", OPEN, ids=lambda one: one.name)
def test_the_walker_gives_what_the_specification_says_of_what_is_open(one: Disagreement) -> None:
    readings = walked(one.view, [loads(one.resource, parse_float=Decimal)])

    assert differs(one.view, one.rows, readings) == ""
