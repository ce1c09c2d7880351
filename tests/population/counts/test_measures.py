"""Which counts may be asked for is declared, and a declaration that does not hold together stops the start."""

import pytest

from gateway.population.datasets import Unit, load_datasets
from gateway.population.measures import MeasureError, load_measures, read_measure

DATASETS = load_datasets()
DECLARED = {
    "name": "contacts",
    "title": "Contacts",
    "dataset": "linked-activity",
    "table": "contacts-by-kind-and-month",
    "why": "a reason",
}


def written(**changes: object) -> str:
    return "\n".join(f'{name} = "{value}"' for name, value in {**DECLARED, **changes}.items())


def test_every_declared_measure_is_of_a_table_of_counts_and_says_why():
    measures = load_measures(DATASETS)

    assert len(measures) >= 4
    for name, each in measures.items():
        assert name == each.name
        assert each.why.strip()
        assert each.table in DATASETS[each.dataset.name].tables
        assert each.table.unit is not Unit.POUNDS


def test_a_declaration_is_read():
    measure = read_measure(written(), DATASETS)

    assert (measure.name, measure.dataset.name) == ("contacts", "linked-activity")
    assert measure.table.dimensions == ("kind", "calendar_month")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (written(dataset="none"), "no dataset declares"),
        (written(table="none"), "no dataset declares"),
        (written(table="cost-by-practice"), "of costs"),
        (written(why=" "), "does not say all"),
        (written(name=""), "does not say all"),
        (written(further="more"), "further"),
        ("name =", "cannot be read"),
    ],
)
def test_a_declaration_that_does_not_hold_together_is_refused(text, told):
    with pytest.raises(MeasureError, match=told):
        read_measure(text, DATASETS)
