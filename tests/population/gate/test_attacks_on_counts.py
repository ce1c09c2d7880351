"""The attacks on tables find what a faulty gate would let pass (T11 to T13)."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from gateway.population.attacks import attacks_on_counts
from gateway.population.counting import GatedTable, gated_table
from gateway.population.ledger import PublishedCell
from gateway.population.small_numbers import SUPPRESSED, PublishedCount, Rounded
from gateway.population.tables import CellNow, CountTable
from tests.population.gate.samples import by_area, cell, members


def published(table: CountTable, told: Mapping[str, PublishedCount | int]) -> GatedTable:
    """Let a table pass as a faulty gate would, with what it tells of each area and of the `whole`."""
    honest = gated_table("r1", table, ())
    assert isinstance(honest, GatedTable)
    by_name = {name: told[dict(name.where).get("area", "whole")] for name in honest.told.published}
    remembered = tuple(
        PublishedCell("r1", each.name, str(by_name[each.name]), each.cell)
        for each in honest.remembered
    )
    return GatedTable(replace(honest.told, published=by_name), remembered, honest.are_costs)


def found(gated: GatedTable, earlier: tuple[PublishedCell, ...] = ()) -> dict[str, float]:
    return {each.attack: each.found for each in attacks_on_counts(gated, earlier)}


SMALL = by_area({"E1": cell(range(7)), "E2": cell(range(10, 17)), "E3": cell()})
WHOLE = by_area({"E1": cell(range(40)), "E2": cell(range(50, 57)), "E3": cell()})


@pytest.mark.parametrize("table", [SMALL, WHOLE])
def test_t11_t12_what_the_gate_lets_pass_withstands_both(table: CountTable):
    honest = gated_table("r1", table, ())

    assert isinstance(honest, GatedTable)
    assert found(honest) == {"T11": 0, "T12": 0}


def test_t11_a_small_cell_that_shows_a_number_is_found():
    told = {"E1": Rounded(40), "E2": Rounded(10), "E3": Rounded(0), "whole": SUPPRESSED}

    assert found(published(WHOLE, told))["T11"] == 1


def test_t12_a_total_that_tells_two_small_cells_is_found():
    told = {"E1": SUPPRESSED, "E2": SUPPRESSED, "E3": Rounded(0), "whole": SUPPRESSED}
    assert found(published(SMALL, told))["T12"] == 0

    assert (
        found(published(SMALL, {**told, "E2": Rounded(10), "whole": Rounded(10)}))["T12"] == 0 + 0
    )
    assert found(published(WHOLE, {**told, "E1": Rounded(0), "whole": Rounded(0)}))["T12"] == 1


def test_t13_a_cost_of_mostly_one_person_is_found():
    dear = CellNow(9_100, members(range(21)), 1_000, (9_000, 5))
    few = CellNow(700, members(range(30, 37)), 1_000, (100, 100))
    table = CountTable("cost", {}, ("area",), {("E1",): dear, ("E2",): few}, rounded_to=100)

    assert found(published(table, {"E1": 9_100, "E2": 700})) == {"T13": 2}
    assert found(published(table, {"E1": SUPPRESSED, "E2": SUPPRESSED})) == {"T13": 0}
