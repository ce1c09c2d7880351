"""What was published is remembered as it was, in memory and in a file alike."""

import fcntl
from pathlib import Path

import pytest

from gateway.population.ledger import Attempt, LedgerFile, LedgerInMemory, PublishedCell
from gateway.population.shares import shares_of
from gateway.population.tables import CellName, CellNow
from tests.population.gate.samples import cell

NAME = CellName.of("assaults", {"year": "2025", "area": "E1"})
DEAR = shares_of({2**64 - 1: 5_000, 7: 1, 2**63: 1})
CELLS = (
    PublishedCell("r1", NAME, "40", cell(range(40))),
    PublishedCell("r1", CellName.of("cost", {}), "*", CellNow.of(DEAR, 9, are_costs=True)),
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


def test_a_cell_is_kept_with_its_attempt_and_the_mark_of_its_key(ledger):
    stamped = PublishedCell("r1", NAME, "40", cell(range(40)), Attempt(5, 1), "a mark")

    ledger.remember([stamped])

    assert list(ledger.published()) == [stamped]


def test_a_cell_has_one_name_in_whatever_order_it_is_asked_for():
    assert CellName.of("assaults", {"area": "E1", "year": "2025"}) == NAME
    assert str(NAME) == '["assaults",{"area":"E1","year":"2025"}]'
    assert NAME.kind == ("assaults", "area", "year")


def test_no_one_can_see_who_was_counted_by_looking_at_a_cell():
    assert str(2**64 - 1) not in repr(CELLS)
    assert "5000" not in repr(CELLS)


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ('{"half": ', "delimiter|Expecting"),
        ("[[1, 2]]", "not one of its own"),
        ('[[["r",1,1,"k"],"m",{},"*",[1,2],""]]', "not one of its own"),
        ('[[["r",1,1,"k"],"m",{},"*",[1,2],"AAAAAAAAAAE=",""],0]', "not one of its own"),
        ('[[["r",0,"x",""],"m",{},"*",[1,2],"",""]]', "of no release"),
        ('[[["r",0,0,""],"m",{},"*",["x"],"",""]]', "no whole number"),
        ('[[["r",0,0,""],"m",{},"*",[1,2],"?",""]]', "base64|padding"),
        ('[[["r",0,0,""],"m",{},"*",[1],"",""]]', "not enough values"),
        (
            '[[["r",1,1,"k"],"m",{},"*",[1,2],"AAAAAAAAAAEAAAAAAAAAAg==","AAAAAg=="]]',
            "not each somebody's",
        ),
    ],
)
def test_a_file_that_is_not_whole_is_not_read(tmp_path: Path, line: str, fault: str):
    path = tmp_path / "ledger"
    LedgerFile(path).remember(CELLS)
    path.write_text(f"{path.read_text()}{line}\n")

    with pytest.raises(ValueError, match=fault):
        list(LedgerFile(path).published())


def test_nobody_but_its_owner_reads_whom_cells_counted(tmp_path: Path):
    path = tmp_path / "ledger"

    LedgerFile(path).remember(CELLS)

    assert path.stat().st_mode & 0o777 == 0o600


def test_nobody_else_judges_by_a_ledger_until_what_is_judged_is_remembered(tmp_path):
    ledger = LedgerFile(tmp_path / "ledger")

    with (tmp_path / "ledger.lock").open("w") as another:
        with ledger.alone(), pytest.raises(BlockingIOError):
            fcntl.flock(another, fcntl.LOCK_EX | fcntl.LOCK_NB)
        fcntl.flock(another, fcntl.LOCK_EX | fcntl.LOCK_NB)

    with LedgerInMemory().alone():
        assert LedgerInMemory().cells == ()
