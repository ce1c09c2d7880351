"""A table is kept between the job and those who answer, whole, for a while, and for its own declaration."""

from dataclasses import replace
from datetime import timedelta

import pytest

from gateway.errors import UnavailableError
from gateway.population.counting import GatedTable, gated_table
from gateway.population.counts.keeping import KeptTable, KeptTables
from gateway.population.tables import CountTable
from tests.population.counts.counting import BY_AREA, NOON
from tests.population.gate.samples import cell

CELLS = {
    ("gp", "E1"): cell(range(40)),
    ("gp", "E2"): cell(range(40, 43)),
    ("gp", "E3"): cell(),
    ("emergency", "E1"): cell(range(50, 80)),
    ("emergency", "E2"): cell(range(80, 99)),
    ("emergency", "E3"): cell(range(200, 204)),
}
WEEK = timedelta(days=7)


@pytest.fixture
def kept():
    table = CountTable("m", {"period": "p"}, ("kind", "msoa"), CELLS, (("msoa",), ()))
    gated = gated_table("r", table, ())
    assert isinstance(gated, GatedTable)
    return KeptTable("2025-11/2026-10", NOON, NOON + WEEK, gated.told, b"k" * 32)


@pytest.fixture
def tables(tmp_path, kept):
    tables = KeptTables(tmp_path)
    tables.keep(BY_AREA, kept)
    return tables


def test_a_table_is_read_as_it_was_kept(tables, kept):
    assert tables.table(BY_AREA, NOON) == kept


def test_nobody_else_reads_a_table_and_it_holds_no_true_number(tables, tmp_path):
    [path] = (tmp_path / ".counts").iterdir()

    assert path.stat().st_mode & 0o077 == 0
    assert not any(f'"told":{few},' in path.read_text() for few in range(1, 8))


@pytest.mark.parametrize("at", [NOON - timedelta(seconds=1), NOON + WEEK])
def test_a_table_is_not_told_before_it_was_made_nor_when_it_is_over(tables, at):
    with pytest.raises(UnavailableError):
        tables.table(BY_AREA, at)


def test_a_table_of_another_declaration_is_none(tables):
    changed = replace(BY_AREA, dataset=replace(BY_AREA.dataset, fingerprint="other"))

    with pytest.raises(UnavailableError):
        tables.table(changed, NOON)


def test_a_table_that_is_not_there_or_not_whole_is_none(tables, tmp_path):
    (tmp_path / ".counts" / f"{BY_AREA.name}.json").write_bytes(b'{"measure"')

    with pytest.raises(UnavailableError):
        tables.table(BY_AREA, NOON)
    with pytest.raises(UnavailableError):
        KeptTables(tmp_path / "elsewhere").table(BY_AREA, NOON)
