"""Time and place told as finely as the number of people allows."""

from datetime import datetime

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.population.anonymity import faults_of, measured
from gateway.population.climbing import (
    Climb,
    Ladder,
    TimeRung,
    climb,
    steps_of,
    told_moment,
    told_moment_sql,
)
from gateway.population.profile import DisclosureProfile, SensitiveColumn

AREA = Ladder("area", ("lsoa", "msoa", "borough", "london"))
TIME = Ladder("time", ("hour", "day", "week", "month"))
PROFILE = DisclosureProfile(
    "d", ("person",), ("area", "area_rung", "time", "time_rung"), (SensitiveColumn("kind"),)
)
PLAN = Climb("people", "told", (TIME, AREA), ("person", "kind"))
MOMENT = datetime.fromisoformat("2026-05-03T14:30")


def people(*groups: tuple[int, str, str, str]) -> duckdb.DuckDBPyConnection:
    """Make groups of so many people in one LSOA at one moment; the letter of an LSOA is its MSOA."""
    database = duckdb.connect()
    told = ", ".join(f"{told_moment_sql('moment', each)} AS {each}" for each in TimeRung)
    database.execute(
        "CREATE TABLE raw (person VARCHAR, lsoa VARCHAR, moment TIMESTAMP, kind VARCHAR)"
    )
    for number, (count, lsoa, at, kinds) in enumerate(groups):
        for each in range(count):
            row = [f"p{number}-{each}", lsoa, at, kinds[each % len(kinds)]]
            database.execute("INSERT INTO raw VALUES (?, ?, ?, ?)", row)
    database.execute(
        f"CREATE TABLE people AS SELECT *, left(lsoa, 1) AS msoa, 'Camden' AS borough, 'London' AS london, {told} FROM raw"
    )
    return database


def rungs(database: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], int]:
    told = database.execute("SELECT area, time, count(*) FROM told GROUP BY ALL").fetchall()
    return {(area, time): count for area, time, count in told}


@pytest.mark.parametrize(
    ("rung", "told"),
    [
        (TimeRung.HOUR, "2026-05-03T14"),
        (TimeRung.DAY, "2026-05-03"),
        (TimeRung.WEEK, "2026-W18"),
        (TimeRung.MONTH, "2026-05"),
    ],
)
def test_a_moment_is_told_as_finely_as_its_rung(rung: TimeRung, told: str):
    assert told_moment(MOMENT, rung) == told


@given(st.datetimes(datetime.fromisoformat("1990-01-01"), datetime.fromisoformat("2060-01-01")))
def test_the_database_tells_a_moment_as_we_do(moment: datetime):
    select = ", ".join(told_moment_sql("moment", each) for each in TimeRung)
    told = duckdb.execute(
        f"SELECT {select} FROM (SELECT ?::TIMESTAMP AS moment)", [moment]
    ).fetchone()

    assert told == tuple(told_moment(moment, each) for each in TimeRung)


def test_each_ladder_is_climbed_in_turn_to_its_top():
    assert list(steps_of((Ladder("a", ("1", "2")), Ladder("b", ("1", "2", "3"))))) == [
        (0, 0),
        (1, 0),
        (1, 1),
        (1, 2),
    ]


def test_eight_people_at_one_place_and_hour_are_told_so_and_others_climb():
    database = people(
        (8, "A1", "2026-05-04 10:00", "xy"),
        (5, "A2", "2026-05-04 12:00", "xy"),
        (4, "A2", "2026-05-04 13:00", "xy"),
    )

    assert climb(database, PLAN, PROFILE) == 0
    assert rungs(database) == {("A1", "2026-05-04T10"): 8, ("A2", "2026-05-04"): 9}


def test_who_is_among_too_few_at_the_top_is_left_out():
    database = people((8, "A1", "2026-05-04 10:00", "xy"), (7, "B1", "2026-07-04 10:00", "xy"))

    assert climb(database, PLAN, PROFILE) == 7
    assert rungs(database) == {("A1", "2026-05-04T10"): 8}


def test_people_who_share_a_secret_climb_until_they_do_not():
    database = people((8, "A1", "2026-05-04 10:00", "x"), (8, "A1", "2026-05-04 11:00", "y"))

    assert climb(database, PLAN, PROFILE) == 0
    assert rungs(database) == {("A1", "2026-05-04"): 16}


@settings(max_examples=6)
@given(
    st.lists(
        st.tuples(
            st.integers(1, 9),
            st.sampled_from(["A1", "A2", "B1"]),
            st.sampled_from(["2026-05-04 10:00", "2026-05-05 11:00", "2026-06-20 12:00"]),
            st.sampled_from(["xy", "x", "xyz"]),
        ),
        min_size=1,
        max_size=8,
    )
)
def test_whatever_has_climbed_keeps_to_its_profile(groups):
    database = people(*groups)
    before = sum(count for count, *_rest in groups)

    left_out = climb(database, PLAN, PROFILE)

    found = measured(database, "told", PROFILE)
    assert left_out + sum(rungs(database).values()) == before
    assert left_out == before or not [f for each in found for f in faults_of(each, PROFILE)]
