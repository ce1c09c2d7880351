"""The planning population lives at its stated rates and places."""

from collections import Counter

import pytest

from adapters.simulators.cohort import make_cohort
from adapters.simulators.planning.areas import (
    CAMDEN,
    ISLINGTON,
    borough_of_lsoa,
    lsoa_of_postcode,
    lsoas,
    postcodes_in,
)
from adapters.simulators.planning.lives import ContactKind
from adapters.simulators.planning.population import Population
from adapters.simulators.planning.rates import STATED

PEOPLE = 3_000


@pytest.fixture(scope="module")
def lives():
    return list(Population(people=PEOPLE).lives())


def share(lives, holds):
    return sum(map(holds, lives)) / len(lives)


def test_the_same_seed_gives_the_same_lives_and_fewer_people_are_the_first_of_more(lives):
    again = list(Population(people=300).lives())

    assert again == lives[:300]
    assert again != list(Population(seed=2, people=300).lives())


def test_nobody_is_in_the_clinical_cohort(lives):
    numbers = {life.resident.nhs_number for life in lives}

    assert len(numbers) == PEOPLE
    assert not numbers & make_cohort(people=200).people.keys()


@pytest.mark.parametrize("kind", ContactKind)
def test_contacts_come_at_their_stated_rates(lives, kind):
    counted = sum(
        contact.kind is kind and contact.reason is None and contact.assault is None
        for life in lives
        for contact in life.contacts
    )

    # The dead are seen for part of the year only, and assaults are told apart.
    assert counted / PEOPLE == pytest.approx(STATED.contacts_a_year[kind], rel=0.15)


@pytest.mark.parametrize("code", STATED.prevalence)
def test_conditions_are_as_common_as_stated(lives, code):
    with_it = share(lives, lambda life: any(each.code == code for each in life.problems))

    assert with_it == pytest.approx(STATED.prevalence[code], rel=0.5)


@pytest.mark.parametrize(
    ("stated", "holds"),
    [
        (STATED.opted_out_share, lambda who: who.is_opted_out),
        (STATED.restricted_share, lambda who: who.is_restricted),
        (STATED.objecting_locally_share, lambda who: who.objects_locally),
        (STATED.type_1_share, lambda who: who.objected_on is not None),
        (STATED.deceased_share, lambda who: who.died_on is not None),
    ],
)
def test_circumstances_are_as_common_as_stated_and_keep_their_holder_out(lives, stated, holds):
    holders = [life.resident for life in lives if holds(life.resident)]

    assert len(holders) / PEOPLE == pytest.approx(stated, rel=0.5)
    if stated != STATED.deceased_share:
        assert not any(each.may_be_planned_with for each in holders)


def test_nobody_is_seen_after_death_before_birth_or_in_the_future(lives):
    for resident, _, contacts in lives:
        for contact in contacts:
            assert contact.starts_at < contact.ends_at
            assert resident.born_on < contact.starts_at.date()
            assert resident.died_on is None or contact.ends_at.date() <= resident.died_on


def test_people_live_in_two_boroughs_in_the_area_of_their_postcode(lives):
    assert {len(lsoas(CAMDEN)), len(lsoas(ISLINGTON))} == {130, 126}
    for resident, *_ in lives:
        assert lsoa_of_postcode()[resident.postcode] == resident.lsoa
        assert borough_of_lsoa()[resident.lsoa] == resident.borough


def test_no_postcode_lies_in_two_areas():
    areas = [*lsoas(CAMDEN), *lsoas(ISLINGTON)]
    postcodes = Counter(postcode for lsoa in areas for postcode in postcodes_in(lsoa))

    assert len(postcodes) == 4 * len(areas)
    assert set(postcodes.values()) == {1}
