"""What a head costs is told where both numbers are, and a margin says `all` for what it sums over."""

import pytest

from gateway.population.contents.telling import told_columns, told_lines
from gateway.population.counting import ToldTable
from gateway.population.datasets import TableRule, Unit
from gateway.population.small_numbers import SUPPRESSED, Rounded
from gateway.population.tables import CellName

HEADS = TableRule("heads", "Heads", Unit.PEOPLE, ("practice",))
COSTS = TableRule("costs", "Costs", Unit.POUNDS, ("practice",), per_head="heads", rounded_to=1000)


def told(measure, published):
    cells = {CellName.of(measure, {"practice": key}): value for key, value in published.items()}
    return ToldTable(("practice",), {}, (), cells, frozenset())


@pytest.mark.parametrize(
    ("pounds", "heads", "line"),
    [
        (5000, {"A": Rounded(10)}, ("A", "5000", "500")),
        (5000, {"A": SUPPRESSED}, ("A", "5000", "*")),
        (5000, {"A": Rounded(0)}, ("A", "5000", "*")),
        (5000, {}, ("A", "5000", "*")),
        (SUPPRESSED, {"A": Rounded(10)}, ("A", "*", "*")),
    ],
    ids=str,
)
def test_a_head_costs_what_is_published_by_how_many_are(pounds, heads, line):
    tables = {"costs": told("costs", {"A": pounds}), "heads": told("heads", heads)}

    assert told_lines(COSTS, tables) == (line,)
    assert told_columns(COSTS) == ("practice", "value", "pounds_per_head")


def test_margins_stand_after_cells_and_say_all():
    table = told("heads", {"B": Rounded(10), "A": SUPPRESSED})
    whole = {**table.published, CellName.of("heads", {}): Rounded(15)}
    tables = {"heads": ToldTable(("practice",), {}, (), whole, frozenset())}

    assert told_lines(HEADS, tables) == (("A", "*"), ("B", "10"), ("all", "15"))
