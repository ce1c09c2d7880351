"""Releases of a rolling year, month after month, stay as useful as the first (T28), and are settled by one another (T9)."""

from datetime import date

import pytest

from gateway.population.contents.months import months_before
from gateway.population.tables import CellName
from tests.population.making.floor import (
    COUNTED_FROM,
    POPULATION,
    by_area,
    furthest_of_top,
    hot_spots_kept,
    orders_of,
    tables_of,
    truths_of,
)

DAYS = tuple(date(2026, month, 20) for month in (9, 10, 11))


@pytest.fixture(scope="module")
def releases(tmp_path_factory):
    """What is true of each rolling year and what is told of it, one release after another."""
    lives, folder = list(POPULATION.lives()), tmp_path_factory.mktemp("months")
    orders, found = orders_of(lives, folder), []
    for day in DAYS:
        months, tables = months_before(day, 12), {}
        for name, order in orders.items():
            tables |= tables_of(order, folder / f"{name} {day}", months)
        found.append((truths_of(lives, months), tables))
    return found


@pytest.mark.parametrize("turn", range(len(DAYS)))
def test_t28_cells_of_fifty_and_more_stay_shown_and_near_month_after_month(releases, turn):
    truths, tables = releases[turn]
    contacts, spots = tables["contacts-by-kind-and-month"], by_area(tables["hot-spots"])
    large = [each for each in truths.contacts if truths.contacts[each] >= COUNTED_FROM]
    worst = [each for each in truths.assaults if truths.assaults[each] >= COUNTED_FROM]

    assert len(large) >= 20
    assert len(worst) >= 2
    assert "*" not in [*(contacts[each] for each in large), *(spots[each] for each in worst)]
    assert furthest_of_top(truths.contacts, contacts) <= 0.05
    assert hot_spots_kept(truths.assaults, spots) >= 8


def test_t28_a_gate_that_knew_each_month_alone_would_empty_the_hot_spots(tmp_path, monkeypatch):
    """The weakness: what was told of another period settles nothing, and a few who come or go are a `*`."""
    monkeypatch.setattr(CellName, "whenever", property(lambda name: name))
    order = orders_of(list(POPULATION.lives()), tmp_path)["violence"]

    first, second = (
        by_area(tables_of(order, tmp_path / f"{day}", months_before(day, 12))["hot-spots"])
        for day in DAYS[:2]
    )

    shown = [area for area, value in first.items() if value not in ("*", "0")]
    assert sum(second.get(area, "*") != "*" for area in shown) < 0.8 * len(shown)
