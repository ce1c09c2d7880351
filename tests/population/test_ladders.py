"""Times, ages and places become coarser rung by rung."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.population.ladders import (
    LONDON,
    AgeRung,
    PlaceRung,
    Places,
    TimeRung,
    age_on,
    coarse_age,
    coarse_place,
    coarse_time,
    lsoa_at,
)
from gateway.population.london import read_london
from tests.required_parts import sample_data

PLACES = Places(
    {"NW10AA": "E01000842", "M11AA": "E01005000"},
    {"E01000842": "E02000166"},
    {"E01000842": "E09000007"},
)
MOMENT = datetime(2027, 1, 3, 23, 59, 59, tzinfo=UTC)
GEOGRAPHY = sample_data() / "geo_london"


@pytest.mark.parametrize(
    ("rung", "told"),
    [
        (TimeRung.HOUR, "2027-01-03T23"),
        (TimeRung.DAY, "2027-01-03"),
        (TimeRung.WEEK, "2026-W53"),
        (TimeRung.MONTH, "2027-01"),
    ],
)
def test_a_time_is_told_no_finer_than_its_rung(rung, told):
    assert coarse_time(MOMENT, rung) == told


@pytest.mark.parametrize(
    ("born", "day", "years"),
    [
        (date(1947, 3, 1), date(2026, 3, 14), 78),
        (date(1947, 3, 1), date(2026, 3, 15), 79),
        (date(1947, 12, 1), date(2026, 12, 31), 79),
        (date(2026, 6, 1), date(2026, 6, 1), 0),
    ],
)
def test_an_age_is_reached_in_the_middle_of_the_month_of_birth(born, day, years):
    assert age_on(born, day) == years


@pytest.mark.parametrize(
    ("years", "band", "stage", "adult"),
    [
        (0, "0–4", "0–17", "0–17"),
        (10, "10–15", "0–17", "0–17"),
        (17, "16–17", "0–17", "0–17"),
        (18, "18–19", "18–24", "18+"),
        (42, "40–44", "25–44", "18+"),
        (89, "85–89", "75–89", "18+"),
        (90, "90+", "90+", "18+"),
        (113, "90+", "90+", "18+"),
    ],
)
def test_de_08_an_age_is_a_band_and_all_from_ninety_are_one(years, band, stage, adult):
    assert [coarse_age(years, rung) for rung in AgeRung] == [band, stage, adult]


@given(st.integers(0, 130), st.integers(0, 130))
def test_whoever_share_a_band_share_every_coarser_one(one, other):
    told = [(coarse_age(one, rung), coarse_age(other, rung)) for rung in AgeRung]

    same = [left == right for left, right in told]
    assert same == sorted(same)


@given(st.datetimes(), st.timedeltas(timedelta(0), timedelta(days=40)))
def test_whatever_share_an_hour_share_every_coarser_time(moment, later):
    rungs = [TimeRung.HOUR, TimeRung.DAY, TimeRung.MONTH]
    same = [coarse_time(moment, rung) == coarse_time(moment + later, rung) for rung in rungs]

    assert same == sorted(same)


def test_a_place_climbs_from_area_to_london():
    climbed = [coarse_place("E01000842", rung, PLACES) for rung in PlaceRung]

    assert climbed == ["E01000842", "E02000166", "E09000007", LONDON]


@pytest.mark.parametrize("rung", list(PlaceRung))
def test_a_place_out_of_london_is_told_on_no_rung(rung):
    assert coarse_place("E01005000", rung, PLACES) is None


@pytest.mark.parametrize("postcode", ["NW1 0AA", "nw10aa", " NW1  0AA "])
def test_a_postcode_is_looked_up_however_it_is_written(postcode):
    assert lsoa_at(postcode, PLACES) == "E01000842"


@pytest.mark.parametrize("postcode", ["", "NW1 0AB", "M1 1AA"])
def test_a_postcode_that_is_not_of_london_has_no_area(postcode):
    assert lsoa_at(postcode, PLACES) is None


@pytest.mark.skipif(not GEOGRAPHY.exists(), reason="the published samples are not here")
def test_every_published_area_of_london_lies_in_another():
    places = read_london(GEOGRAPHY, {})

    assert places.msoa_of.keys() == places.borough_of.keys()
    assert len(places.msoa_of) == 4_994
    assert (len(set(places.msoa_of.values())), len(set(places.borough_of.values()))) == (1_002, 33)
