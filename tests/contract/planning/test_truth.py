"""What is true of the planning population is counted exactly, and has the shape that was stated."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest

from adapters.simulators.planning.areas import CAMDEN, ISLINGTON
from adapters.simulators.planning.assaults import (
    ASSAULT_METHODS,
    LOCATION_TYPES,
    hot_spots,
)
from adapters.simulators.planning.lives import Circumstance, Contact, ContactKind, Life, Problem
from adapters.simulators.planning.population import Population
from adapters.simulators.planning.rates import HEART_FAILURE, ROUTES, STATED
from adapters.simulators.planning.truth import Cell, Chain, may_be_planned_with, truth_of

AT = datetime(2026, 3, 6, 22, tzinfo=UTC)


@pytest.fixture(scope="module")
def lives():
    return list(Population(people=6_000).lives())


@pytest.fixture(scope="module")
def attended(lives):
    contacts = (each for life in lives for each in life.contacts)
    return [each for each in contacts if each.assault and each.kind is ContactKind.EMERGENCY]


@pytest.fixture
def resident(lives):
    return lives[0].resident


def test_a_life_is_counted_once_in_each_table(resident):
    seen = Contact(ContactKind.GP, "F83021", AT, AT + timedelta(hours=1), 4_200, HEART_FAILURE)
    later = seen._replace(kind=ContactKind.OUTPATIENT, starts_at=AT + timedelta(days=30))
    life = Life(resident, (Problem(HEART_FAILURE, date(2026, 3, 1)),), (seen, later))

    truth = truth_of([life])

    assert truth.contacts[Cell(ContactKind.GP, resident.lsoa, "2026-03")] == 1
    assert truth.contacts[Cell(ContactKind.OUTPATIENT, resident.lsoa, "2026-04")] == 1
    assert truth.pence_a_head() == {resident.practice: 8_400}
    assert truth.problems == {(resident.practice, HEART_FAILURE): 1}
    chain = Chain(HEART_FAILURE, (ContactKind.GP, ContactKind.OUTPATIENT))
    assert truth.journeys == {chain: 1}


def test_those_kept_out_of_planning_are_in_no_count(lives):
    kept_out = [life for life in lives if not life.resident.may_be_planned_with]

    assert kept_out
    assert truth_of(kept_out, may_be_planned_with) == truth_of([])


def test_assaults_follow_their_stated_share_of_attendances(lives, attended):
    contacts = (each for life in lives for each in life.contacts)
    attendances = sum(each.kind is ContactKind.EMERGENCY for each in contacts)

    assert len(attended) / attendances == pytest.approx(STATED.assault_share, rel=0.25)
    assert truth_of(lives).assaults.total() == truth_of(lives).heat.total() == len(attended)


def test_the_true_hot_spots_are_those_that_were_made(lives):
    made = {*hot_spots(CAMDEN, STATED), *hot_spots(ISLINGTON, STATED)}

    assert len(made) == 10
    assert set(truth_of(lives).hot_spots()) == made


def test_assaults_peak_at_night_at_the_end_of_the_week(lives):
    peak = {hour for hour, _ in truth_of(lives).heat.most_common(12)}

    nights = {(4, 21), (4, 22), (4, 23), (5, 0), (5, 1), (5, 2)}
    assert peak <= nights | {(day + 1, hour) for day, hour in nights}


def test_assaults_are_told_by_the_hour_and_by_the_projects_own_lists(attended):
    for contact in attended:
        assault = contact.assault
        assert (assault.at.minute, assault.at.second) == (0, 0)
        assert assault.at < contact.starts_at
        assert assault.method in ASSAULT_METHODS
        assert assault.location_type in LOCATION_TYPES


def test_some_assaults_are_at_home_and_some_descriptions_tell_who(lives, attended):
    circumstances = Counter(each.assault.circumstance for each in attended)
    everybody = {life.resident.nhs_number.grouped for life in lives}
    told = "".join(each.assault.location_description for each in attended)

    assert set(circumstances) == set(Circumstance)
    assert any(number in told for number in everybody)


@pytest.mark.parametrize("diagnosis", ROUTES)
def test_nearly_everybody_takes_a_route_that_was_stated(lives, diagnosis):
    journeys = truth_of(lives).journeys
    of_it = {chain.steps: n for chain, n in journeys.items() if chain.diagnosis == diagnosis}
    on_a_route = sum(of_it.get(path, 0) for _, path in ROUTES[diagnosis])

    assert on_a_route / sum(of_it.values()) > 0.95
