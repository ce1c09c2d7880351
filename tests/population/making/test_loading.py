"""A person's place, age and practice are told as far as they are known, by the practice's own word first."""

import duckdb
import pytest

from gateway.population.contents.loading import Loading
from gateway.population.contents.months import months_before
from gateway.population.contents.table_making import count_tables
from gateway.population.datasets import TableRule, Unit
from gateway.population.pseudonyms import spell
from tests.population.making.neighbours import HERE, THERE, TODAY, order_of
from tests.population.making.test_reading import patient, put

MONTHS = months_before(TODAY, 12)
WHO = spell(bytes(16))
LSOA = "https://shared-care-record.example/StructureDefinition/lsoa"


def living_in(lsoa):
    return {"extension": [{"url": LSOA, "valueCode": lsoa}]}


def loaded(store, tmp_path):
    database = duckdb.connect()
    (tmp_path / "work").mkdir()
    order = order_of(store, "linked-activity")
    Loading(database, order, MONTHS, tmp_path / "work").load()
    return database


def people(database, columns):
    return database.execute(f"SELECT {columns} FROM people").fetchall()


@pytest.mark.parametrize(
    ("born", "told"),
    [
        ({}, ("unknown", "unknown")),
        ({"birthDate": "1980-05"}, ("45–49", "45–64")),
        ({"birthDate": "1990"}, ("35–39", "25–44")),
        ({"birthDate": "1901-01"}, ("90+", "90+")),
    ],
    ids=str,
)
def test_an_age_is_told_at_the_end_of_the_period_as_far_as_it_is_known(tmp_path, born, told):
    put(tmp_path / "gp", patient(WHO, **born))

    assert people(loaded(tmp_path, tmp_path), "age_band, age_stage") == [told]


def test_what_is_not_known_of_somebody_is_told_as_such(tmp_path):
    put(tmp_path / "gp", patient(WHO))

    assert people(loaded(tmp_path, tmp_path), "sex, practice, lsoa, london") == [
        ("unknown", "unknown", "elsewhere", "elsewhere")
    ]


def test_the_practice_knows_best_where_somebody_lives(tmp_path):
    put(tmp_path / "hospital", patient(WHO, **living_in(HERE)))
    put(tmp_path / "gp", patient(WHO, **living_in(THERE)))

    assert people(loaded(tmp_path, tmp_path), "lsoa") == [(THERE,)]


def test_a_store_without_rows_has_no_people_and_no_cells(tmp_path):
    put(tmp_path / "gp")
    rule = TableRule("people", "People", Unit.PEOPLE, ("practice",), of="people")

    database = loaded(tmp_path, tmp_path)

    (table,) = count_tables(database, "linked-activity", [rule], MONTHS)
    assert people(database, "*") == []
    assert table.cells == {}


def test_a_cell_that_counts_nobody_is_told_as_0_beside_those_who_might_be_in_it(tmp_path):
    others = [spell(bytes([each] * 16)) for each in range(1, 4)]
    put(tmp_path / "gp", *(patient(each, gender="female") for each in others), patient(WHO))
    rule = TableRule("people", "People", Unit.PEOPLE, ("sex", "practice"), of="people")

    (table,) = count_tables(loaded(tmp_path, tmp_path), "d", [rule], MONTHS)

    assert {values: (cell.count, cell.population) for values, cell in table.cells.items()} == {
        ("female", "unknown"): (3, 3),
        ("unknown", "unknown"): (1, 1),
    }
