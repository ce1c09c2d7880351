"""What was published is remembered as it was, in memory and in a file alike."""

from pathlib import Path

import pytest

from gateway.population.ledger import LedgerFile, LedgerInMemory, PublishedCell
from gateway.population.tables import CellName, CellNow
from tests.population.gate.samples import cell

NAME = CellName.of("assaults", {"year": "2025", "area": "E1"})
CELLS = (
    PublishedCell("r1", NAME, "40", cell(range(40))),
    PublishedCell(
        "r1", CellName.of("cost", {}), "*", CellNow(5_000, frozenset({2**64 - 1}), 9, (4_000, 3))
    ),
)


@pytest.fixture(params=["memory", "file"])
def ledger(request, tmp_path: Path):
    return LedgerInMemory() if request.param == "memory" else LedgerFile(tmp_path / "ledger")


def test_a_ledger_gives_back_what_it_was_given_in_order(ledger):
    later = PublishedCell("r2", NAME, "45", cell(range(45)))
    assert list(ledger.published()) == []

    ledger.remember(CELLS)
    ledger.remember([later])

    assert list(ledger.published()) == [*CELLS, later]


def test_a_cell_has_one_name_in_whatever_order_it_is_asked_for():
    assert CellName.of("assaults", {"area": "E1", "year": "2025"}) == NAME
    assert str(NAME) == '["assaults",{"area":"E1","year":"2025"}]'
    assert NAME.kind == ("assaults", "area", "year")


def test_no_one_can_see_who_was_counted_by_looking_at_a_cell():
    assert str(2**64 - 1) not in repr(CELLS)
    assert "5000" not in repr(CELLS)


@pytest.mark.parametrize(
    "line",
    [
        '{"half": ',
        "[[1, 2]]",
        '[["r","m",{},"*",["x"],""]]',
        '[["r","m",{},"*",[1,2],"?"]]',
        '[["r","m",{},"*",[1],""]]',
    ],
)
def test_a_file_that_is_not_whole_is_not_read(tmp_path: Path, line: str):
    path = tmp_path / "ledger"
    LedgerFile(path).remember(CELLS)
    path.write_text(f"{path.read_text()}{line}\n")

    with pytest.raises(ValueError):  # noqa: PT011 - of whatever reads a part of it
        list(LedgerFile(path).published())


def test_nobody_but_its_owner_reads_whom_cells_counted(tmp_path: Path):
    path = tmp_path / "ledger"

    LedgerFile(path).remember(CELLS)

    assert path.stat().st_mode & 0o777 == 0o600
