"""One release after another, of one period or of two: what is told of a cell that has changed since, and of whom (T9, T20)."""

from dataclasses import replace

import pytest

from gateway.population.ledger import LedgerInMemory
from gateway.population.tables import CellNow, CountTable
from tests.population.gate.samples import by_area, cell, members, released


def opted_out(cells: dict[str, CellNow], *people: range, known: bool = True) -> CountTable:
    """Lay out what is left by area when these people have opted out, and whether the gate knows that they have."""
    gone = members(*people)
    left = {
        name: replace(each, count=len(each.members - gone), members=each.members - gone)
        for name, each in cells.items()
    }
    return replace(by_area(left), left_out=gone if known else frozenset())


@pytest.mark.parametrize(
    ("before", "gone"),
    [(range(8), range(7)), (range(42), range(1)), (range(5), range(1)), (range(5), range(5))],
    ids=str,
)
def test_t20_a_cell_is_not_told_as_before_with_people_who_have_opted_out(before, gone):
    ledger = LedgerInMemory()
    cells = {"E1": cell(before), "E2": cell(range(100, 150))}
    released(ledger, by_area(cells))

    for release in ("r2", "r3"):
        told = released(ledger, opted_out(cells, gone), release=release)

        assert (told["E1"], told["E2"]) == ("*", "50")
    now = [each.cell.members for each in ledger.cells if each.release != "r1"]
    assert not any(members(gone) & each for each in now)


def test_t20_a_gate_that_is_not_told_who_opted_out_would_count_them():
    ledger = LedgerInMemory()
    cells = {"E1": cell(range(8)), "E2": cell(range(100, 150))}
    released(ledger, by_area(cells))

    told = released(ledger, opted_out(cells, range(7), known=False), release="r2")

    assert told["E1"] == "10"


def test_t20_who_opted_out_is_not_told_of_by_the_thirty_who_came_meanwhile():
    ledger = LedgerInMemory()
    released(ledger, by_area({"E1": cell(range(40)), "E2": cell(range(100, 150))}))
    now = by_area({"E1": cell(range(1, 70)), "E2": cell(range(100, 150))})

    told = released(ledger, replace(now, left_out=members(range(1))), release="r2")

    assert told["E1"] == "*"


def test_a_cell_that_lost_who_opted_out_is_told_again_when_eight_have_gone():
    ledger = LedgerInMemory()
    cells = {"E1": cell(range(40)), "E2": cell(range(100, 150))}
    released(ledger, by_area(cells))
    released(ledger, opted_out(cells, range(3)), release="r2")

    assert released(ledger, opted_out(cells, range(8)), release="r3")["E1"] == "30"


def over(period: str, hot_spot: CellNow, **only: frozenset[str]) -> CountTable:
    """Lay out a hot-spot and another area, over a rolling year."""
    cells = {("E1",): hot_spot, ("E2",): cell(range(100, 150))}
    return CountTable("hot-spots", {"period": period}, ("area",), cells, only=only)


@pytest.mark.parametrize(
    "later", [range(40), range(41), range(39), range(3, 47), range(7, 40)], ids=str
)
def test_t09_a_rolling_year_a_month_later_does_not_tell_that_a_few_came_or_went(later: range):
    ledger = LedgerInMemory()
    first = released(ledger, over("2025", cell(range(40))))

    assert released(ledger, over("2026", cell(later)), release="r2") == first
    assert first["E1"] == "40"


def test_t09_a_rolling_year_is_told_anew_when_eight_came_and_eight_went():
    ledger = LedgerInMemory()
    released(ledger, over("2025", cell(range(40))))

    assert released(ledger, over("2026", cell(range(8, 53))), release="r2")["E1"] == "45"


def test_t09_who_asks_for_the_year_before_again_is_told_as_before():
    ledger = LedgerInMemory()
    first = released(ledger, over("2025", cell(range(40))))
    released(ledger, over("2026", cell(range(8, 53))), release="r2")

    assert released(ledger, over("2025", cell(range(41))), release="r3") == first


@pytest.mark.parametrize("left", [range(0), range(1)], ids=str)
def test_t09_a_small_cell_of_the_year_before_stays_so_when_its_last_one_goes(left: range):
    ledger = LedgerInMemory()
    released(ledger, over("2025", cell(range(5))))
    later = over("2026", cell(left))
    gone = later if left else replace(later, cells={("E2",): later.cells["E2",]})

    assert released(ledger, gone, release="r2")["E1"] == "*"


def test_t09_a_value_that_is_of_another_period_is_not_told_as_empty():
    ledger = LedgerInMemory()
    released(ledger, over("2025", cell(range(40))))
    later = over("2026", cell(), area=frozenset({"E2"}))

    told = released(ledger, replace(later, cells={("E2",): cell(range(100, 150))}), release="r2")

    assert told == {"E2": "50"}
