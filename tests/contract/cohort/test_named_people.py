"""Each named person of the cohort shows the one thing that the name says."""

from collections import defaultdict
from datetime import timedelta

import pytest

from adapters.simulators.cohort import showcase
from adapters.simulators.showcases import SHOWCASE_CARE
from adapters.simulators.truth import (
    FactKind,
    SourceKind,
)
from fhir_profiles.nhs_number import NhsNumber
from fhir_profiles.vocabulary import Label
from tests.contract.cohort.statements import all_statements, encounters


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
