"""The light planning population visits at its stated rates and places."""

from collections import defaultdict

import pytest

from adapters.simulators.planning import CAMDEN, ISLINGTON, lsoas, planning_visits
from adapters.simulators.truth import (
    SourceKind,
)


def test_planning_visits_are_deterministic_and_nobody_is_in_the_cohort(cohort):
    first = list(planning_visits(seed=1, people=500))

    assert first == list(planning_visits(seed=1, people=500))
    assert not {visit.nhs_number for visit in first} & cohort.people.keys()


def test_planning_visits_come_at_their_stated_rates():
    visits = list(planning_visits(seed=1, people=3_000))
    per_person = defaultdict(float)
    for visit in visits:
        per_person[visit.source, visit.visit_class] += 1 / 3_000

    assert per_person[SourceKind.GP, "AMB"] == pytest.approx(5.0, rel=0.05)
    assert per_person[SourceKind.HOSPITAL, "EMER"] == pytest.approx(0.44, rel=0.15)
    assert per_person[SourceKind.AMBULANCE, "FLD"] == pytest.approx(0.12, rel=0.25)


def test_planning_visits_are_in_two_boroughs_and_in_the_past(cohort):
    areas = {CAMDEN: set(lsoas(CAMDEN)), ISLINGTON: set(lsoas(ISLINGTON))}

    assert {borough: len(codes) for borough, codes in areas.items()} == {
        CAMDEN: 130,
        ISLINGTON: 126,
    }
    for visit in planning_visits(seed=1, people=300):
        assert visit.lsoa in areas[visit.borough]
        assert visit.starts_at < visit.ends_at
        assert visit.starts_at < cohort.reference_time


def test_assaults_gather_in_few_areas_on_weekend_nights():
    assaults = [v for v in planning_visits(seed=1, people=6_000) if v.assault]
    counted = defaultdict(int)
    for visit in assaults:
        counted[visit.assault.lsoa] += 1

    busiest = sorted(counted.values(), reverse=True)[:14]
    assert sum(busiest) / len(assaults) > 0.7
    assert {visit.starts_at.hour for visit in assaults} == {23}
