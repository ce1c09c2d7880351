"""What links the tables of one month to those of the month before: true sums that a reader may know, and no other (T12, T28)."""

from gateway.population.ledger import LedgerInMemory
from gateway.population.shares import shares_of
from gateway.population.tables import CellNow, CountTable
from tests.population.gate.samples import by_area, cell, released

EMPTY = cell(population=4)


def contacts(*people: range, each: int) -> CellNow:
    return CellNow.of(shares_of({who: each for span in people for who in span}), 1_000)


def by_month(period: str, months: dict[str, CellNow]) -> CountTable:
    cells = {(month,): each for month, each in months.items()}
    return CountTable("contacts", {"period": period}, ("month",), cells, ((),))


def told(*tables: CountTable) -> dict[str, str]:
    """Release tables one after the other, and give what is told by all of them."""
    ledger = LedgerInMemory()
    return {
        name: value
        for turn, table in enumerate(tables)
        for name, value in released(ledger, table, release=f"r{turn}").items()
    }


def test_t28_an_area_without_contacts_does_not_stop_the_next_month():
    """That nobody is in it is kept back; it is no part of the other areas, whose people are told as before."""
    areas = {"A": cell(range(102)), "B": cell(range(200, 302)), "Z": EMPTY}
    cells = {(area,): each for area, each in areas.items()}
    months = [
        CountTable("contacts", {"period": each}, ("area",), cells, ((),))
        for each in ("2025", "2026")
    ]

    assert told(*months) == {"A": "100", "B": "100", "Z": "*", "whole": "205"}


def test_t12_an_empty_cell_of_elsewhere_does_not_hide_what_sums_tell():
    """Less the others at most, C is 4 at least; a number that somebody adds for Z would make it any."""
    three = {"A": cell(range(22)), "B": cell(range(100, 122)), "C": cell(range(900, 907))}
    whole = cell(range(22), range(100, 122), range(900, 907))
    areas = {**three, "D": cell(range(3000, 3050)), "Z": EMPTY}

    values = told(
        CountTable("elsewhere", {}, ("sort",), {("x",): whole}), by_area(areas, margins=())
    )

    assert values["C"] == "*"
    assert "*" in {values["A"], values["B"]}


def test_t28_a_month_more_of_the_same_people_is_not_taken_for_a_few():
    """All of the year before but one are in the new months; what they had in the month that is gone is not that one's."""
    before = {"m1": contacts(range(20), each=2), "m2": contacts(range(19), each=2)}
    now = {"m2": before["m2"], "m3": contacts(range(19), each=1)}

    assert told(by_month("2025", before), by_month("2026", now))["m3"] == "20"


def test_t12_what_a_whole_has_more_is_one_persons_though_others_had_a_little_more_too():
    most, few = dict.fromkeys(range(40), 2), dict.fromkeys(range(8), 1)
    whole = CellNow.of(shares_of(most | {900: 300}), 1_000)
    part = CellNow.of(shares_of(most | few), 1_000)
    elsewhere = CountTable("elsewhere", {}, ("sort",), {("x",): whole})

    values = told(elsewhere, by_area({"A": part}, margins=()))

    assert values == {"x": "380", "A": "*"}
