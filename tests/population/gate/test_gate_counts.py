"""Tables through the whole gate, one release after another (DE-03, T9, T11 to T13, T27)."""

from dataclasses import replace

import pytest

from gateway.population.gate import GatedCounts, Refusal, gate_counts
from gateway.population.ledger import LedgerInMemory
from gateway.population.shares import shares_of
from gateway.population.small_numbers import SUPPRESSED
from gateway.population.tables import CellName, CellNow, CountTable, summed
from tests.population.gate.samples import (
    DECLARATION,
    TODAY,
    by_area,
    cell,
    released,
)


def test_de_03_a_table_is_told_by_the_rule_and_no_total_tells_more():
    table = by_area({"E1": cell(range(40)), "E2": cell(range(40, 43)), "E3": cell()})

    assert released(LedgerInMemory(), table) == {"E1": "40", "E2": "*", "E3": "0", "whole": "45"}


def test_de_03_the_same_table_twice_is_told_alike():
    ledger = LedgerInMemory()
    table = by_area({"E1": cell(range(12)), "E2": cell(range(12, 19)), "E3": cell(range(30, 37))})

    assert released(ledger, table) == released(ledger, table, release="r2")


@pytest.mark.parametrize(
    "change", [range(13), range(11), range(3, 15), range(19), range(5, 12)], ids=str
)
def test_t09_a_release_that_differs_by_a_few_people_tells_no_difference(change: range):
    ledger = LedgerInMemory()
    first = released(ledger, by_area({"E1": cell(range(12)), "E2": cell(range(50, 95))}))

    assert first == released(
        ledger, by_area({"E1": cell(change), "E2": cell(range(50, 95))}), release="r2"
    )


def test_t09_the_plain_rule_would_have_told_the_thirteenth_person():
    one = released(LedgerInMemory(), by_area({"E1": cell(range(12))}))
    other = released(LedgerInMemory(), by_area({"E1": cell(range(13))}))

    assert (one["E1"], other["E1"]) == ("10", "15")


def test_t09_changes_add_up_until_they_are_of_eight():
    ledger = LedgerInMemory()
    told = [
        released(ledger, by_area({"E1": cell(range(12 + each))}), release=f"r{each}")["E1"]
        for each in range(10)
    ]

    assert told == ["10"] * 8 + ["20"] * 2


def test_t09_a_cell_that_is_left_out_later_is_taken_to_be_as_it_was():
    ledger = LedgerInMemory()
    released(ledger, by_area({"E1": cell(range(40)), "E2": cell(range(50, 54))}))

    assert released(ledger, by_area({"E1": cell(range(40))}), release="r2")["E2"] == "*"


def test_t09_a_cell_whose_many_people_have_all_left_is_told_as_empty():
    ledger = LedgerInMemory()
    released(ledger, by_area({"E1": cell(range(40)), "E2": cell(range(50, 90))}))

    assert released(ledger, by_area({"E1": cell(range(40))}), release="r2")["E2"] == "0"


def by_practice(**cells: CellNow) -> CountTable:
    return CountTable(
        "assaults", {"year": "2025"}, ("practice",), {(name,): each for name, each in cells.items()}
    )


@pytest.mark.parametrize("is_one_release", [True, False])
def test_t27_two_geographies_crossed_leave_nobody_alone(is_one_release: bool):
    """All of an area but three people are one practice's: less the practice, the area is these three."""
    areas = by_area({"E1": cell(range(40)), "E2": cell(range(40, 90))})
    practices = by_practice(P1=cell(range(37)), P2=cell(range(37, 90)))
    ledger = LedgerInMemory()

    if is_one_release:
        told = released(ledger, areas, practices)
    else:
        told = {**released(ledger, areas), **released(ledger, practices, release="r2")}

    assert (told["E1"], told["P1"], told["P2"]) == ("40", "*", "*")


def test_t27_geographies_that_cross_by_many_are_both_told():
    areas = by_area({"E1": cell(range(40)), "E2": cell(range(40, 90))})
    practices = by_practice(P1=cell(range(30)), P2=cell(range(30, 90)))

    assert "*" not in released(LedgerInMemory(), areas, practices).values()


def test_what_is_kept_back_once_stays_so_while_it_is_the_same():
    ledger = LedgerInMemory()
    areas = by_area({"E1": cell(range(40)), "E2": cell(range(40, 90))})
    practices = by_practice(P1=cell(range(37)), P2=cell(range(37, 90)))
    first = released(ledger, areas, practices)

    assert released(ledger, practices, areas, release="r2") == first


def test_what_was_told_once_is_told_again_though_another_table_kept_it_back():
    """The second table adds up to three more in E1, for another reason than that they came; it keeps its own sum back."""
    areas = by_area({"E1": cell(range(40)), "E2": cell(range(50, 90))})
    halves = CountTable(
        "assaults",
        {"year": "2025"},
        ("area", "half"),
        {("E1", "1"): cell(range(20)), ("E1", "2"): cell(range(20, 43))},
        (("area",),),
    )
    ledger = LedgerInMemory()

    first = gate_counts(DECLARATION, (areas, halves), ledger, TODAY)

    assert isinstance(first, GatedCounts)
    whole = CellName.of("assaults", {"year": "2025", "area": "E1"})
    assert first.tables[1].published[whole] == SUPPRESSED
    assert released(ledger, areas, release="r2")["E1"] == "40"


def test_nothing_is_told_of_an_area_with_fewer_than_eight_people_not_even_that_there_was_nothing():
    table = by_area({"E1": cell(range(40)), "E2": replace(cell(), population=7)})

    told = released(LedgerInMemory(), table)

    assert told["E2"] == "*"


def costs(**areas: list[int]) -> CountTable:
    """Lay out what people of each area cost; no two areas share a person."""
    cells, start = {}, 0
    for name, each in areas.items():
        amounts = dict(zip(range(start, start + len(each)), each, strict=True))
        cells[(name,)] = CellNow.of(shares_of(amounts), 1_000, are_costs=True)
        start += len(each)
    return CountTable("cost", {"year": "2025"}, ("area",), cells, ((),), rounded_to=100)


def test_t13_a_cost_that_is_mostly_one_persons_is_kept_back_with_what_would_tell_it():
    told = released(LedgerInMemory(), costs(E1=[100] * 20, E2=[9_000, *[5] * 20], E3=[100] * 30))

    assert told["E2"] == "*"
    assert [told["E1"], told["E3"], told["whole"]].count("*") == 1


def test_t09_a_cost_is_not_told_anew_for_one_more_person():
    ledger = LedgerInMemory()
    first = released(ledger, costs(E1=[100] * 20))

    assert (
        released(ledger, costs(E1=[100] * 20 + [900]), release="r2")
        == first
        == {"E1": "2000", "whole": "2000"}
    )


def test_t13_a_cost_that_what_was_told_before_would_tell_is_refused():
    """The whole and one of its two areas are out already; so the other cannot be hidden any more."""
    areas = costs(E1=[100] * 20, E2=[9_000, *[5] * 20])
    one = replace(areas, cells={("E1",): areas.cells[("E1",)]}, margins=())
    whole = summed(areas.cells.values())
    by_year = CountTable("cost", {}, ("year",), {("2025",): whole}, rounded_to=100)
    ledger = LedgerInMemory()
    assert released(ledger, one, by_year) == {"E1": "2000", "whole": "11100"}

    refused = gate_counts(replace(DECLARATION, release="r2"), (areas,), ledger, TODAY)

    assert refused == Refusal(("a total of cost tells a part of it, whatever is kept back",))


def refusal(*tables: CountTable, **said: object) -> tuple[str, ...]:
    refused = gate_counts(replace(DECLARATION, **said), tables, LedgerInMemory(), TODAY)
    assert isinstance(refused, Refusal)
    return refused.reasons


def test_costs_of_one_person_in_two_cells_are_refused_for_their_total():
    table = costs(E1=[100] * 20, E2=[100] * 20)
    shared = replace(table, cells=dict.fromkeys(table.cells, table.cells["E1",]))

    assert refusal(shared) == ("the gate could not judge this release: ValueError",)


@pytest.mark.parametrize(
    "blank", ["purpose", "legal_basis", "recipient", "agreement", "setting", "release"]
)
def test_no_declaration_no_release(blank: str):
    assert refusal(by_area({"E1": cell(range(9))}), **{blank: " "}) == (
        f"the declaration does not say its {blank.replace('_', ' ')}",
    )


def test_an_agreement_that_has_ended_refuses():
    ended = TODAY.replace(year=2025)

    assert refusal(by_area({"E1": cell(range(9))}), ends_on=ended) == (
        "the agreement ended on 2025-06-01",
    )


def test_no_table_and_an_empty_one_are_refused():
    assert refusal() == ("there is no table to release",)
    assert refusal(by_area({})) == ("assaults has no cell",)


def test_t11_a_count_of_nobody_is_refused():
    table = by_area({"E1": replace(cell(), count=50), "E2": cell(range(50))})

    assert refusal(table) == ("assaults counts something of nobody",)


class _FailingLedger(LedgerInMemory):
    def remember(self, cells):
        raise OSError(f"disk full: E1 has {list(cells)}")


def test_a_release_that_cannot_be_remembered_is_refused_and_the_reason_tells_nothing():
    refused = gate_counts(DECLARATION, (by_area({"E1": cell(range(40))}),), _FailingLedger(), TODAY)

    assert refused == Refusal(("the gate could not judge this release: OSError",))


def test_a_release_that_is_refused_is_not_remembered():
    ledger = LedgerInMemory()
    gate_counts(
        replace(DECLARATION, purpose=""), (by_area({"E1": cell(range(40))}),), ledger, TODAY
    )

    assert ledger.cells == ()


@pytest.mark.parametrize(
    "wrong",
    [
        {"dimensions": ("area", "sex")},
        {"margins": (("sex",),)},
        {"margins": (("area",),)},
        {"fixed": {"area": "E1"}},
    ],
    ids=str,
)
def test_a_table_that_is_not_laid_out_cannot_be_made(wrong):
    with pytest.raises(ValueError, match="a table has"):
        replace(by_area({"E1": cell(range(9))}), **wrong)
