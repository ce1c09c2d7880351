"""The invented cohort keeps its promises: deterministic, and noisy at stated rates."""

from collections import defaultdict
from datetime import datetime, timedelta, timezone
from itertools import combinations, islice
from random import Random

import pytest

from adapters.simulators.care import telling
from adapters.simulators.cohort import heavy_person, make_cohort, showcase, with_heavy_people
from adapters.simulators.invention import nhs_numbers, with_typo
from adapters.simulators.truth import (
    DETAIL_KEYS,
    FactKind,
    Noise,
    SourceKind,
    document_content,
)
from fhir_profiles.vocabulary import Label
from tests.contract.cohort.statements import all_statements, encounters, shared_statements

WITHOUT_RECORDS = {"no-records"}


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
