"""Hours, days and months are those of London's clocks, and of a date without a time there is no hour."""

import duckdb
import pytest

from gateway.population.contents.loading import Loading
from gateway.population.contents.months import months_before
from gateway.population.contents.table_making import count_tables
from gateway.population.datasets import load_datasets
from gateway.population.pseudonyms import spell
from tests.population.making.neighbours import TODAY, order_of
from tests.population.making.test_reading import patient, put

MONTHS = months_before(TODAY, 12)
WHO = spell(bytes(16))


@pytest.fixture
def shaped(tmp_path):
    """Give a function that shapes one contact of one person, and an assault if it is told of one."""

    def shape(dataset, assaulted_at=None, **contact):
        put(tmp_path / "hospital", patient(WHO))
        database = duckdb.connect()
        (tmp_path / "work").mkdir()
        Loading(database, order_of(tmp_path, dataset), MONTHS, tmp_path / "work").load()
        insert(database, "contact", activity_id="c", activity_status="finished", **contact)
        if assaulted_at:
            insert(
                database,
                "assault",
                activity_id="c",
                assault_id="a",
                record_status="final",
                incident_date=assaulted_at,
            )
        database.execute(f"CREATE TABLE facts AS {load_datasets()[dataset].sql}")
        return database

    return shape


def insert(database, table, **values):
    who = database.execute("SELECT person_id FROM people").fetchone()[0]
    if table == "contact":
        values = {"source_kind": "hospital", "encounter_class_code": "EMER", **values}
    values["person_id"] = who
    named = ", ".join(f"? AS {each}" for each in values)
    database.execute(f"INSERT INTO {table} BY NAME SELECT {named}", list(values.values()))


def told(database, columns):
    return database.execute(f"SELECT {columns} FROM facts").fetchall()


ASSAULT = "assault_hour, assault_day, assault_week, assault_month, weekday, hour"


@pytest.mark.parametrize(
    ("at", "as_told"),
    [
        (
            "2026-07-04T00:00:00+01:00",
            ("2026-07-04T00", "2026-07-04", "2026-W27", "2026-07", "6", "00"),
        ),
        ("2026-07-31T23:00:00Z", ("2026-08-01T00", "2026-08-01", "2026-W31", "2026-08", "6", "00")),
        ("2026-01-31T23:00:00Z", ("2026-01-31T23", "2026-01-31", "2026-W05", "2026-01", "6", "23")),
        ("2026-10-25T00:00:00Z", ("2026-10-25T01", "2026-10-25", "2026-W43", "2026-10", "7", "01")),
        ("2026-10-25T01:00:00Z", ("2026-10-25T01", "2026-10-25", "2026-W43", "2026-10", "7", "01")),
        ("2026-07-04", ("2026-07-04", "2026-07-04", "2026-W27", "2026-07", "6", "unknown")),
        ("2026-07", ("2026-07", "2026-07", "2026-07", "2026-07", "unknown", "unknown")),
    ],
)
def test_an_assault_is_told_by_londons_clocks_as_finely_as_it_is_known(shaped, at, as_told):
    database = shaped("violence", at, start_date="2026-08-01")

    assert told(database, ASSAULT) == [as_told]
    assert told(database, "arrival_hour, arrival_quarter") == [("2026-08-01", "2026-Q3")]


@pytest.mark.parametrize("at", ["2026", "2026-07-04Tmorning", "2024-07-04"])
def test_an_assault_of_no_known_month_of_the_release_is_left_out(shaped, at):
    assert told(shaped("violence", at), ASSAULT) == []


def test_a_date_without_a_time_is_counted_at_no_hour(shaped):
    database = shaped("violence", "2026-07-04", start_date="2026-07-04")
    rules = {each.name: each for each in load_datasets()["violence"].tables}

    (table,) = count_tables(database, "violence", [rules["hour-by-weekday"]], MONTHS)

    assert set(table.cells) == {("6", "unknown")}


@pytest.mark.parametrize(
    ("start", "as_told"),
    [
        ("2026-06-30T23:00:00Z", [("2026-07", "2026-Q3")]),
        ("2026-06-30T22:00:00Z", [("2026-06", "2026-Q2")]),
        ("2026-06", [("2026-06", "2026-Q2")]),
        ("2026", []),
    ],
)
def test_a_contact_is_of_the_month_that_it_is_in_london(shaped, start, as_told):
    database = shaped("linked-activity", start_date=start)

    assert told(database, "calendar_month, month") == as_told


@pytest.mark.parametrize(
    ("end", "nights"), [("2026-07-02T22:00:00Z", 1), ("2026-07-02T23:00:00Z", 2), ("2026-07", 0)]
)
def test_a_night_is_one_of_london(shaped, end, nights):
    stay = {"encounter_class_code": "IMP", "start_date": "2026-07-01T22:00:00Z", "end_date": end}
    database = shaped("linked-activity", **stay)

    ((pounds,),) = told(database, "pounds")
    ((dearest, a_night),) = database.execute(
        "SELECT DISTINCT pounds, pounds_a_night FROM kind WHERE name = 'admission'"
    ).fetchall()
    assert pounds == dearest + nights * a_night
