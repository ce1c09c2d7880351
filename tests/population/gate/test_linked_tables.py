"""A table is protected together with what readers have: sums across tables tell no count of few (T11, T12, T27)."""

from dataclasses import replace
from random import Random

import pytest

from gateway.population.attacks import attacks_on_counts
from gateway.population.counting import GatedTable, gated_table
from gateway.population.gate import GatedCounts, gate_counts
from gateway.population.intervals import Interval, Known, Sum, feasible_intervals
from gateway.population.ledger import LedgerInMemory, PublishedCell
from gateway.population.linked_tables import linked_to
from gateway.population.small_numbers import Rounded, possible_counts
from gateway.population.suppression import CannotProtect
from gateway.population.tables import CellName, CellNow, CountTable
from tests.population.gate.samples import DECLARATION, TODAY, by_area, cell, members


def by_kind(cells: dict[str, CellNow], measure: str = "by kind") -> CountTable:
    laid = {(kind, "m1"): each for kind, each in cells.items()}
    return CountTable(measure, {"year": "2025"}, ("kind", "month"), laid, (("kind",), ()))


def by_kind_and_area(areas: dict[str, CellNow]) -> CountTable:
    others = {area: cell(range(2000 + 200 * at, 2200 + 200 * at)) for at, area in enumerate(areas)}
    laid = {
        (kind, area): each
        for kind, cells in (("ambulance", areas), ("gp", others))
        for area, each in cells.items()
    }
    return CountTable("by area", {"year": "2025"}, ("kind", "area"), laid, (("area",),))


def linked(areas: dict[str, CellNow]) -> tuple[CountTable, CountTable]:
    """Lay ambulance contacts out as a whole, and by area; `areas` has them all."""
    whole = CellNow(
        sum(each.count for each in areas.values()),
        frozenset[int]().union(*(each.members for each in areas.values())),
        1_000,
    )
    return (
        by_kind({"ambulance": whole, "gp": cell(range(2000, 2000 + 200 * len(areas)))}),
        by_kind_and_area(areas),
    )


def published(*tables: CountTable) -> dict[CellName, str]:
    """Put each table through the gate as a release of its own; all share a ledger."""
    ledger, told = LedgerInMemory(), {}
    for number, table in enumerate(tables):
        named = replace(DECLARATION, release=f"r{number}")
        gated = gate_counts(named, (table,), ledger, TODAY)
        assert isinstance(gated, GatedCounts), gated
        told |= {name: str(each) for name, each in gated.tables[0].published.items()}
    return told


def known_of(told: dict[CellName, str], area: str, fewest: int = 1) -> Interval:
    """Solve for an area's ambulance contacts as a reader does: the areas add up to the whole."""
    cells = {
        dict(name.where).get("area", "whole"): value
        for name, value in told.items()
        if dict(name.where).get("kind") == "ambulance"
    }
    bounds = {name: _bounds(value) for name, value in cells.items()} | {
        area: Interval(fewest, 7 if fewest == 1 else 10_000)
    }
    sums = (Sum({name: 1 if name == "whole" else -1 for name in cells}, Interval(0, 0)),)
    return feasible_intervals(Known(bounds, sums), [area])[area]


def _bounds(told: str) -> Interval:
    if told == "*":
        return Interval(8, 10_000)
    possible = possible_counts(Rounded(int(told)))
    return Interval(possible[0], possible[-1])


BOTH_WAYS = pytest.mark.parametrize("way", [1, -1], ids=["whole first", "parts first"])
THREE = {"A": cell(range(23)), "B": cell(range(100, 123)), "C": cell(range(900, 901))}


@BOTH_WAYS
def test_t12_an_earlier_whole_does_not_tell_a_small_part(way: int):
    told = published(*linked(THREE)[::way])

    assert known_of(told, "C").count_of_values >= 5


def test_t12_tables_that_forget_each_other_tell_the_one_person():
    alone = [published(table) for table in linked(THREE)]

    assert known_of(alone[0] | alone[1], "C") == Interval(1, 1)


@BOTH_WAYS
@pytest.mark.parametrize("seed", range(4))
def test_t12_no_small_part_is_told_in_any_world(way: int, seed: int):
    random = Random(seed)
    sizes = {"A": random.randint(16, 60), "B": random.randint(16, 60), "C": random.randint(1, 7)}
    cells = {
        name: cell(range(at * 100, at * 100 + size))
        for at, (name, size) in enumerate(sizes.items())
    }

    assert known_of(published(*linked(cells)[::way]), "C").count_of_values >= 5


@BOTH_WAYS
@pytest.mark.parametrize("also_in_a", [False, True])
def test_t12_how_many_contacts_one_person_had_is_not_told(way: int, also_in_a: bool):
    one = members(range(900, 901))
    areas = {
        "A": CellNow(250, members(range(200)) | (one if also_in_a else frozenset()), 1_000),
        "B": CellNow(250, members(range(200, 400)), 1_000),
        "C": CellNow(300, one, 1_000),
    }

    told = known_of(published(*linked(areas)[::way]), "C", fewest=0)

    assert told.most - told.least >= 300


@BOTH_WAYS
def test_t12_another_dataset_that_calls_all_otherwise_does_not_tell_it(way: int):
    whole = cell(range(23), range(100, 123), range(900, 901))
    elsewhere = CountTable("elsewhere", {}, ("sort",), {("x",): whole})

    told = published(*(elsewhere, by_area(THREE, margins=()))[::way])

    values = {dict(name.where).get("area", "whole"): each for name, each in told.items()}
    assert values["C"] == "*"
    assert [values["A"], values["B"], values["whole"]].count("*") == 1


@BOTH_WAYS
def test_t12_a_whole_that_no_table_tells_does_not_tell_it_either(way: int):
    """Two halves by sex and three areas have no cell in common; both add up to everybody."""
    halves = CountTable(
        "people",
        {"year": "2025"},
        ("sex",),
        {("f",): cell(range(23)), ("m",): cell(range(100, 122), range(900, 903))},
    )
    areas = {
        "A": cell(range(22)),
        "B": cell(range(22, 23), range(100, 122)),
        "C": cell(range(900, 903)),
    }
    told = published(*(halves, by_area(areas, "people", ()))[::way])

    values = {value: each for name, each in told.items() for _key, value in name.where}
    assert values["C"] == "*"
    assert "*" in {values["A"], values["B"], values["f"], values["m"]}


def test_t12_one_newcomer_does_not_undo_what_links_two_tables():
    whole, _parts = linked(THREE)
    later = {**THREE, "A": cell(range(23), range(500, 501))}

    told = published(whole, by_kind_and_area(later))

    values = {
        dict(name.where)["area"]: each
        for name, each in told.items()
        if dict(name.where).get("area") and dict(name.where).get("kind") == "ambulance"
    }
    assert [values["A"], values["B"]].count("*") >= 1


def test_t27_a_few_people_whom_no_part_has_are_not_told():
    """One of the whole lives nowhere: less all areas it would be that one."""
    whole = cell(range(23), range(100, 123), range(900, 901))

    told = published(
        by_kind({"ambulance": whole}),
        by_area({"A": THREE["A"], "B": THREE["B"]}, margins=()),
    )

    assert "*" in {each for name, each in told.items() if "area" in dict(name.where)}


def found(
    table: CountTable, earlier: tuple[PublishedCell, ...], known: tuple[PublishedCell, ...]
) -> float:
    """Attack a table that was made in the light of some earlier cells, with those that readers have."""
    gated = gated_table("r2", table, known)
    assert isinstance(gated, GatedTable)
    return {each.attack: each.found for each in attacks_on_counts(gated, earlier)}["T12"]


@BOTH_WAYS
def test_t12_the_attack_finds_what_a_gate_that_forgets_would_tell(way: int):
    first, second = linked(THREE)[::way]
    gated = gated_table("r1", first, ())
    assert isinstance(gated, GatedTable)

    assert found(second, gated.remembered, known=gated.remembered) == 0
    assert found(second, gated.remembered, known=()) > 0


def test_t12_what_was_told_in_full_before_does_not_stop_what_comes_after():
    """Two tables that forgot each other are out; nothing that is kept back now protects what they told."""
    out = tuple(
        each
        for number, table in enumerate(linked(THREE))
        if isinstance(gated := gated_table(f"r{number}", table, ()), GatedTable)
        for each in gated.remembered
    )

    assert (
        found(by_kind({"ambulance": linked(THREE)[0].cells["ambulance", "m1"]}, "again"), out, out)
        == 0
    )


def test_cells_that_have_nothing_to_do_with_each_other_are_not_linked():
    gated = gated_table("r1", by_area({"A": cell(range(40)), "B": cell(range(50, 90))}), ())
    assert isinstance(gated, GatedTable)
    name = CellName.of("other", {"kind": "x"})

    beside = linked_to({name: cell(range(30, 60))}, [name], ("kind",), gated.remembered)

    assert (beside.cells, beside.sums) == ({}, ())


@pytest.mark.parametrize("elsewhere", [range(0), range(25, 100)])
def test_cells_that_hold_too_few_of_an_earlier_one_are_not_linked_to_it(elsewhere):
    """Nor where the others are counted in a cell that is mostly of somebody else."""
    gated = gated_table("r1", by_area({"A": cell(range(40))}, margins=()), ())
    assert isinstance(gated, GatedTable)
    cells = {"x": cell(range(30)), "y": cell(range(30)), "z": cell(elsewhere)}
    kinds = {CellName.of("other", {"kind": each}): found for each, found in cells.items()}

    beside = linked_to(kinds, list(kinds), ("kind",), gated.remembered)

    assert (beside.cells, beside.sums) == ({}, ())


def test_t12_a_few_people_whom_all_that_is_out_would_tell_are_refused():
    """The whole, and all of it but one person, are out; so that there is one cannot be hidden any more."""
    areas = {each: by_area({each: THREE[each]}, each, ()) for each in THREE}
    whole = by_kind({"ambulance": cell(range(23), range(100, 123), range(900, 901))})
    out = tuple(
        each
        for table in (whole, areas["A"], areas["B"])
        if isinstance(gated := gated_table("r1", table, ()), GatedTable)
        for each in gated.remembered
    )
    again = by_area(THREE, "all of them", ())

    assert isinstance(gated_table("r2", again, out), CannotProtect)
