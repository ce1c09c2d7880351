"""The invented cohort keeps its promises: deterministic, noisy at stated rates, with the named people."""

from collections import defaultdict
from datetime import datetime, timedelta, timezone
from itertools import combinations, islice
from random import Random

import pytest

from adapters.simulators.care import telling
from adapters.simulators.cohort import heavy_person, make_cohort, showcase, with_heavy_people
from adapters.simulators.invention import nhs_numbers, with_typo
from adapters.simulators.planning import CAMDEN, ISLINGTON, lsoas, planning_visits
from adapters.simulators.showcases import SHOWCASE_CARE
from adapters.simulators.truth import (
    DETAIL_KEYS,
    FactKind,
    Noise,
    SourceKind,
    document_content,
)
from fhir_profiles.nhs_number import NhsNumber
from fhir_profiles.vocabulary import Label

WITHOUT_RECORDS = {"no-records"}


@pytest.fixture(scope="module")
def cohort():
    return make_cohort(seed=1, people=200)


@pytest.fixture(scope="module")
def named(cohort):
    """Statements of the named people."""
    return {key: cohort.statements[number] for key, number in showcase(cohort).items()}


def all_statements(cohort):
    return [told for statements in cohort.statements.values() for told in statements]


def shared_statements(cohort):
    tellers = defaultdict(list)
    for told in all_statements(cohort):
        tellers[told.fact.key].append(told)
    return [told for group in tellers.values() if len(group) > 1 for told in group]


def encounters(statements, source):
    return [
        told
        for told in statements
        if told.source is source and told.fact.kind is FactKind.ENCOUNTER
    ]


def test_the_same_seed_makes_the_same_cohort(cohort):
    assert make_cohort(seed=1, people=200) == cohort


def test_another_seed_makes_other_people(cohort):
    other = make_cohort(seed=2, people=200)

    assert other.people.keys() != cohort.people.keys()
    assert other.facts != cohort.facts


def test_a_smaller_cohort_is_the_beginning_of_a_larger_one(cohort):
    smaller = make_cohort(seed=1, people=60)

    assert list(smaller.people) == list(cohort.people)[:60]
    assert all(smaller.statements[n] == cohort.statements[n] for n in smaller.people)


def test_every_number_is_of_the_test_range_and_nobody_shares_one(cohort):
    former = [number for person in cohort.people.values() for number in person.former_numbers]
    numbers = [*cohort.people, *former]

    assert len(cohort.people) == 200
    assert len(set(numbers)) == len(numbers)
    assert all(number.digits.startswith("999") for number in numbers)


def test_every_person_has_between_15_and_120_statements(cohort):
    names = {number: key for key, number in cohort.showcases.items()}
    counted = {
        names.get(number, "other"): len(statements)
        for number, statements in cohort.statements.items()
        if names.get(number) not in WITHOUT_RECORDS
    }

    assert min(counted.values()) >= 15
    assert max(counted.values()) <= 120


def test_every_detail_key_is_present_and_is_text(cohort):
    for told in all_statements(cohort):
        assert tuple(told.detail) == DETAIL_KEYS[told.fact.kind]
        assert all(isinstance(value, str) for value in told.detail.values())


def test_every_kind_of_fact_and_every_label_is_met(cohort):
    labels = {label for fact in cohort.facts for label in fact.labels}

    assert {fact.kind for fact in cohort.facts} == set(FactKind)
    assert labels >= set(Label) - {Label.NORMAL, Label.OWN}


def test_nothing_but_appointments_lies_ahead_and_nothing_precedes_birth(cohort):
    for told in all_statements(cohort):
        born_on = cohort.people[told.fact.nhs_number].born_on
        if told.fact.kind is not FactKind.APPOINTMENT:
            assert told.starts_at <= cohort.reference_time
        assert told.starts_at.date() >= born_on


def test_local_ids_are_unique_at_their_source_and_hold_no_nhs_number(cohort):
    statements = all_statements(cohort)
    ids = [(told.source, told.local_id) for told in statements]

    assert len(set(ids)) == len(ids)
    assert not any(told.fact.nhs_number.digits in told.local_id for told in statements)


def test_encounters_that_items_name_are_told_by_someone(cohort):
    told_keys = {told.fact.key for told in all_statements(cohort)}

    for told in all_statements(cohort):
        assert told.fact.encounter is None or told.fact.encounter in told_keys


def test_letters_have_the_size_and_hash_of_their_content(cohort):
    letter = next(t for t in all_statements(cohort) if t.fact.kind is FactKind.DOCUMENT)

    assert int(letter.detail["size"]) == len(document_content(letter))
    assert len(letter.detail["sha256"]) == 64


@pytest.mark.parametrize(
    ("noise", "rate"),
    [
        (Noise.NO_SHARED_IDENTIFIER, telling.NO_SHARED_IDENTIFIER_RATE),
        (Noise.OTHER_CODE_SYSTEM, telling.OTHER_CODE_SYSTEM_RATE),
        (Noise.SHIFTED_DATE, telling.SHIFTED_DATE_RATE),
        (Noise.TYPO, telling.TYPO_RATE),
    ],
)
def test_noise_is_met_at_its_stated_rate(cohort, noise, rate):
    shared = shared_statements(cohort)
    measured = sum(noise in told.noise for told in shared) / len(shared)

    assert measured == pytest.approx(rate, rel=0.25)


def test_withdrawn_statements_are_met_at_their_stated_rate(cohort):
    shared = shared_statements(cohort)
    measured = sum(told.is_retracted for told in shared) / len(shared)

    assert measured == pytest.approx(telling.RETRACTED_RATE, rel=0.5)


def test_true_repeats_are_other_facts_at_their_stated_rate(cohort):
    tests = {t.fact.key: t for t in all_statements(cohort) if t.fact.kind is FactKind.RESULT}
    repeats = [told for told in tests.values() if Noise.TRUE_REPEAT in told.noise]

    # Tests of an emergency attendance are never repeated, hence the width.
    assert 0.02 < len(repeats) / len(tests) < telling.TRUE_REPEAT_RATE * 1.25


def test_joining_by_identifier_alone_finds_under_seven_tenths_of_true_pairs(cohort):
    true_pairs = found_pairs = 0
    for statements in cohort.statements.values():
        for one, other in combinations(statements, 2):
            if one.fact.key == other.fact.key:
                true_pairs += 1
                found_pairs += one.business_identifier == other.business_identifier

    assert true_pairs > 1_000
    assert found_pairs / true_pairs < 0.7


def test_no_identifier_joins_two_different_facts(cohort):
    facts = defaultdict(set)
    for told in all_statements(cohort):
        facts[told.business_identifier].add(told.fact.key)

    assert all(len(keys) == 1 for keys in facts.values())


def test_a_twin_has_items_like_the_siblings_at_the_same_minute(cohort):
    number, sibling = showcase(cohort)["twin-b"], showcase(cohort)["twin-a"]
    alike = [t for t in cohort.statements[number] if Noise.TWIN in t.noise]
    theirs = {(t.fact.coding, t.fact.starts_at) for t in cohort.statements[sibling]}

    assert len(alike) == 3
    assert all((told.coding, told.starts_at) in theirs for told in alike)


def test_twins_share_birth_date_family_and_address(cohort):
    people = cohort.people
    one, other = (people[showcase(cohort)[key]] for key in ("twin-a", "twin-b"))

    assert other.twin_of == one.nhs_number
    assert (one.born_on, one.family_name, one.address_lines) == (
        other.born_on,
        other.family_name,
        other.address_lines,
    )
    assert one.given_names != other.given_names


def test_every_named_person_is_there(cohort):
    assert showcase(cohort).keys() == SHOWCASE_CARE.keys()
    assert len(set(showcase(cohort).values())) == len(SHOWCASE_CARE)
    assert set(showcase(cohort).values()) <= cohort.people.keys()


def test_everything_has_every_kind_from_all_three_sources(named):
    told = named["everything"]

    assert {statement.fact.kind for statement in told} == set(FactKind)
    assert {statement.source for statement in told} == set(SourceKind)
    assert 90 <= len(told) <= 120


def test_a_journey_runs_from_ambulance_to_practice_under_one_key(named):
    journeys = defaultdict(set)
    for told in named["everything"]:
        if told.fact.journey and told.fact.kind is FactKind.ENCOUNTER:
            journeys[told.fact.journey].add(told.detail["class"])

    assert {"FLD", "EMER", "IMP", "AMB"} in journeys.values()


def test_ambulance_and_emergency_department_know_the_same_incident(named):
    told = named["everything"]
    crews = {t.detail["ambulance_incident"] for t in encounters(told, SourceKind.AMBULANCE)}
    arrivals = {t.detail["ambulance_incident"] for t in encounters(told, SourceKind.HOSPITAL)}

    assert crews
    assert crews <= arrivals
    assert all(0 < len(incident) <= 20 for incident in crews)


def test_the_sexual_health_person_takes_an_antiretroviral_known_to_the_practice(named):
    labelled = [t for t in named["sexual-health"] if Label.SEXUAL_HEALTH in t.fact.labels]

    medicines = [t.source for t in labelled if t.fact.kind is FactKind.MEDICATION]
    assert medicines == [SourceKind.GP]
    assert {"RRV", "F84004"} == {told.organisation for told in labelled}


@pytest.mark.parametrize(
    ("key", "label"),
    [
        ("mental-health", Label.MENTAL_HEALTH),
        ("safeguarding", Label.SAFEGUARDING),
        ("unknown-label", "research-interest"),
    ],
)
def test_labelled_people_have_their_label(named, key, label):
    assert any(label in told.fact.labels for told in named[key])


def test_circumstances_of_the_named_people(cohort):
    people = {key: cohort.people[number] for key, number in showcase(cohort).items()}

    assert people["restricted"].is_restricted
    assert people["objects-to-gp"].objects_to == {"gp"}
    assert people["objects-to-all"].objects_to == {"gp", "hospital", "ambulance"}
    assert people["objects-no-exceptions"].objects_even_in_emergency
    assert people["deceased"].died_at < cohort.reference_time
    assert people["other-practice"].practice == "F84012"


def test_a_former_number_leads_to_the_one_that_replaced_it(cohort):
    current = showcase(cohort)["superseded"]
    former = cohort.people[current].former_numbers[0]

    assert cohort.current_number(former) == current
    assert cohort.current_number(current) == current
    assert cohort.current_number(NhsNumber("9990000018")) is None


@pytest.mark.parametrize(
    ("key", "ended_ago"),
    [
        ("ambulance-open", None),
        ("ambulance-2h", timedelta(hours=2)),
        ("ambulance-73h", timedelta(hours=73)),
    ],
)
def test_ambulance_contacts_end_when_their_name_says(cohort, named, key, ended_ago):
    (contact,) = encounters(named[key], SourceKind.AMBULANCE)

    expected = None if ended_ago is None else cohort.reference_time - ended_ago
    assert contact.ends_at == expected


def test_the_inpatient_is_still_in_and_the_other_left_ten_hours_ago(cohort, named):
    stays = encounters(named["inpatient-rrv"], SourceKind.HOSPITAL)
    visits = encounters(named["ed-ended-10h"], SourceKind.HOSPITAL)

    assert [t.detail["class"] for t in stays if t.ends_at is None] == ["IMP"]
    assert cohort.reference_time - timedelta(hours=10) in [told.ends_at for told in visits]


def test_some_people_of_the_whole_cohort_are_inpatients_now(cohort):
    open_stays = [t for t in all_statements(cohort) if t.detail.get("status") == "in-progress"]

    assert len({told.fact.nhs_number for told in open_stays}) > 5


def test_the_conflicted_person_has_an_allergy_and_none_known(named):
    allergies = {
        (told.source, told.detail["is_no_known_allergy"])
        for told in named["no-known-allergy-conflict"]
        if told.fact.kind is FactKind.ALLERGY
    }

    assert allergies == {(SourceKind.GP, ""), (SourceKind.HOSPITAL, "true")}


def test_two_sources_state_two_doses_of_one_medicine(named):
    doses = defaultdict(set)
    for told in named["everything"]:
        if told.fact.kind is FactKind.MEDICATION:
            doses[told.business_identifier].add(told.detail["dose_value"])

    assert any(len(values) == 2 for values in doses.values())


def test_a_withdrawn_item_keeps_a_stale_copy_elsewhere(named):
    told = named["retracted"]
    withdrawn = {t.fact.key: t.source for t in told if t.is_retracted}
    stale = {
        t.fact.key for t in told if t.fact.key in withdrawn and t.source != withdrawn[t.fact.key]
    }

    assert {SourceKind.GP, SourceKind.HOSPITAL} <= set(withdrawn.values())
    assert stale


def test_sources_of_the_two_odd_people(named):
    assert named["no-records"] == ()
    assert {told.source for told in named["hospital-only"]} == {SourceKind.HOSPITAL}
    assert {told.source for told in named["other-practice"]} == {SourceKind.GP}


def test_times_follow_the_reference_time():
    summer = datetime(2027, 6, 1, 9, tzinfo=timezone(timedelta(hours=1)))
    cohort = make_cohort(seed=1, people=0, reference_time=summer)

    (contact,) = encounters(
        cohort.statements[showcase(cohort)["ambulance-2h"]], SourceKind.AMBULANCE
    )

    assert contact.ends_at == summer - timedelta(hours=2)


def test_heavy_people_have_exactly_so_many_statements_over_three_sources():
    cohort = with_heavy_people(make_cohort(seed=1, people=0), 2, statements_each=1200)

    for key in ("heavy-1", "heavy-2"):
        told = cohort.statements[showcase(cohort)[key]]
        assert len(told) == 1200
        assert {statement.source for statement in told} == set(SourceKind)


def test_one_heavy_person_comes_with_the_named_people():
    cohort, number = heavy_person(cohort_seed=1, resources=300)

    assert len(cohort.statements[number]) == 300
    assert cohort.showcases["heavy-1"] == number


def test_made_up_numbers_are_distinct_and_never_ten_like_digits():
    numbers = list(islice(nhs_numbers(seed=1), 3_000))

    assert len(set(numbers)) == 3_000
    assert all(number.digits[:3] == "999" and number.digits[3:5] != "00" for number in numbers)


@pytest.mark.parametrize("text", ["aa", "a", ""])
def test_a_text_without_two_different_letters_cannot_be_misspelt(text):
    assert with_typo(Random(1), text) == text


def test_heavy_people_leave_the_others_as_they_were():
    before = make_cohort(seed=1, people=0)
    after = with_heavy_people(before, 1, statements_each=100)

    assert all(after.statements[number] == before.statements[number] for number in before.people)
    assert len(after.people) == len(before.people) + 1


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
