"""Hold what planners are given against what is true of the planning population, as far as it may be told at all.

`SCR_PROVE_PEOPLE` sets the size of the population.
"""

import os
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from adapters.simulators.planning.lives import Circumstance, ContactKind, Life
from adapters.simulators.planning.population import PEOPLE as EVERYBODY
from adapters.simulators.planning.population import Population
from adapters.simulators.planning.rates import STATED
from adapters.simulators.planning.truth import month_of
from gateway.population.contents.loading import Loading
from gateway.population.contents.months import Months, months_before
from gateway.population.contents.table_making import count_tables
from gateway.population.contents.telling import told_lines
from gateway.population.engine import Engine, open_engine
from gateway.population.gate import GatedCounts, gate_counts
from gateway.population.release_order import ReleaseOrder
from tests.population.making.neighbours import TODAY, order_of, store_of
from tests.population.making.stores import pseudonym

MONTHS = months_before(TODAY, 12)
COUNTED_FROM = 50
DATASETS = ("linked-activity", "violence")
PEOPLE = int(os.environ.get("SCR_PROVE_PEOPLE", "1500"))  # noqa: TID251 - a switch of the test run
IS_WHOLE = PEOPLE >= EVERYBODY
# In a slice so few people are so often at hospital that cells of fifty are filled.
_OFTEN = {**STATED.contacts_a_year, ContactKind.EMERGENCY: 1.2}
_RATES = STATED if IS_WHOLE else replace(STATED, contacts_a_year=_OFTEN, assault_share=0.8)
POPULATION = Population(people=PEOPLE, rates=_RATES)


@dataclass
class Truths:
    """What is true of those who may be planned with, in the months of a release."""

    people: Counter[str]
    pounds: Counter[str]
    contacts: Counter[tuple[str, str]]
    assaults: Counter[str]

    @property
    def pounds_a_head(self) -> Mapping[str, float]:
        return {each: self.pounds[each] / people for each, people in self.people.items()}


def truths_of(lives: list[Life], months: Months = MONTHS) -> Truths:
    """Count what is true; of assaults only those whose place may be told."""
    truths = Truths(Counter(), Counter(), Counter(), Counter())
    for life in lives:
        if not is_told_of(life):
            continue
        practice = life.resident.practice
        truths.people[practice] += 1
        for contact in life.contacts:
            month = month_of(contact.starts_at)
            if months.first <= month <= months.last:
                truths.pounds[practice] += contact.cost_pence / 100
                truths.contacts[contact.kind.value, month] += 1
            assault = contact.assault
            is_attended = assault is not None and contact.kind is ContactKind.EMERGENCY
            if is_attended and months.first <= month_of(assault.at) <= months.last:
                truths.assaults[assault.lsoa] += assault.circumstance is Circumstance.OTHER
    return truths


def orders_of(lives: list[Life], folder: Path) -> Mapping[str, ReleaseOrder]:
    """Put lives at rest, and order a release of each dataset."""
    left_out = frozenset(pseudonym(life) for life in lives if not is_told_of(life))
    store = store_of(folder / "store", lives)
    return {name: order_of(store, name, left_out=left_out) for name in DATASETS}


def is_told_of(life: Life) -> bool:
    """Say whether somebody may be planned with, and is alive."""
    return life.resident.may_be_planned_with and life.resident.died_on is None


def tables_of(
    order: ReleaseOrder, work: Path, months: Months = MONTHS
) -> Mapping[str, Mapping[tuple[str, ...], str]]:
    """Give the published values of a dataset's tables, by table and by dimensions."""
    work.mkdir()
    with open_engine(Engine(1, 2048), [work]) as database:
        Loading(database, order, months, work).load()
        database.execute(f"CREATE TABLE facts AS {order.dataset.sql}")
        tables = count_tables(database, order.dataset.name, order.dataset.tables, months)
    gated = gate_counts(order.declaration, tables, order.ledger, order.today)
    assert isinstance(gated, GatedCounts)
    rules = order.dataset.tables
    told = {rule.name: each for rule, each in zip(rules, gated.tables, strict=True)}
    return {
        rule.name: {
            line[: len(rule.dimensions)]: line[-1 if rule.per_head else len(rule.dimensions)]
            for line in told_lines(rule, told)
        }
        for rule in rules
    }


def furthest_of_top(truth: Mapping, told: Mapping, most: int = 20) -> float:
    """Give how far, as a share, the largest counts of fifty and more are from the truth; 1 where one is not told."""
    top = sorted(truth, key=lambda each: (-truth[each], each))[:most]
    counted = [each for each in top if truth[each] >= COUNTED_FROM]
    assert counted
    return max(_off(truth[each], told.get(each, "*")) for each in counted)


def by_area(told: Mapping[tuple[str, ...], str]) -> Mapping[str, str]:
    """Give what is told of each area of London."""
    return {area: value for (area,), value in told.items() if area.startswith("E01")}


def mean_error(truth: Mapping, told: Mapping) -> float:
    """Give the mean absolute error, as a share."""
    return sum(_off(truth[each], told.get(each, "*")) for each in truth) / len(truth)


def hot_spots_kept(truth: Mapping, told: Mapping, most: int = 10) -> int:
    """Count how many of the true hot-spots are among the told ones."""
    shown = {each: int(value) for each, value in told.items() if value != "*"}
    return len(_top(truth, most) & _top(shown, most))


def _top(counts: Mapping, most: int) -> set:
    return set(sorted(counts, key=lambda each: (-counts[each], each))[:most])


def _off(truth: float, told: str) -> float:
    return 1.0 if told == "*" else abs(float(told) - truth) / truth
