from dataclasses import replace

import pytest

from fhir_profiles.nhs_number import NhsNumber
from fhir_profiles.vocabulary import Category, Label
from gateway.errors import RefusedError
from gateway.patient.banner import Whereabouts, age_in_years, banner_of
from gateway.web.people_words import banner_in_words
from rbac.types import Level, Levels
from tests.patient.factories import OTHER_NUMBER, encoded, patient
from tests.web.factories import EVERYTHING, NOW, PERSON, permit


def words(name="", **other):
    banner = banner_in_words(banner_of(permit(**other), NOW), name or None)
    return banner, {fact.term: fact.words for fact in banner.facts}


def test_the_banner_says_who_the_person_is():
    banner, facts = words("Camden Road Surgery")

    assert (banner.name, banner.died) == ("O'BRIEN, Ann May (Ms)", "")
    assert facts == {
        "Born": "3 March 1980 (age 45)",
        "NHS number": "999 000 0018 (status not stated)",
        "Gender": "Female",
        "Address": "1 High Street, N1 1AA",
        "GP practice": "Camden Road Surgery (F84004)",
    }


def test_a_restricted_persons_whereabouts_are_in_no_field():
    banner = banner_of(permit(hides_whereabouts=True), NOW)

    _banner, facts = words(hides_whereabouts=True)
    assert (banner.practice, banner.address_lines) == (None, ())
    assert facts["Address"] == facts["GP practice"] == "Restricted"


def test_a_role_without_demographics_sees_who_but_not_where():
    levels = Levels(
        {**EVERYTHING.view, (Category.DEMOGRAPHICS, Label.NORMAL): Level.SUMMARY}, frozenset()
    )

    assert banner_of(permit(levels=levels), NOW).whereabouts is Whereabouts.NOT_FOR_ROLE
    assert words(levels=levels)[1]["Address"] == "Not shown in your role"


def test_where_nothing_may_be_told_of_who_the_person_is_there_is_no_banner():
    levels = Levels(
        {**EVERYTHING.view, (Category.DEMOGRAPHICS, Label.NORMAL): Level.NONE}, frozenset()
    )

    with pytest.raises(RefusedError, match="may not be told"):
        banner_of(permit(levels=levels), NOW)


def test_a_death_and_a_replaced_number_are_told():
    person = replace(PERSON, died_at="2026-02-01", superseded=(NhsNumber("9434765919"),))

    banner, facts = words(person=person)

    assert banner.died == "1 February 2026"
    assert facts["Born"] == "3 March 1980 (died at 45)"
    assert facts["Replaces NHS number"] == "943 476 5919"


def test_what_the_demographics_service_does_not_know_is_said_to_be_not_recorded():
    person = replace(
        PERSON,
        gender=None,
        born_on=None,
        address_lines=(),
        postcode=None,
        given_names=(),
        prefix=None,
    )

    banner, facts = words(person=person)

    assert banner.name == "O'BRIEN"
    assert facts["Born"] == facts["Gender"] == facts["Address"] == "Not recorded"


@pytest.mark.parametrize(
    ("born_on", "died_at", "expected"),
    [
        ("1980-03-02", None, 46),
        ("1980-03-03", None, 45),
        ("1980-03-03", "2000-03-03T10:00:00+00:00", 20),
        ("1980-03", None, None),
        (None, None, None),
        ("2027-01-01", None, 0),
    ],
)
def test_an_age_is_in_whole_years_and_only_from_a_full_date(born_on, died_at, expected):
    assert age_in_years(born_on, died_at, NOW) == expected


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("01", "verified"),
        ("04", "traced without one match"),
        ("99", "status not known"),
        (None, "status not stated"),
    ],
)
def test_the_banner_says_what_the_demographics_service_states_of_the_number(status, said):
    person = replace(PERSON, body=encoded(patient(number=PERSON.nhs_number, status=status)))

    assert words(person=person)[1]["NHS number"] == f"999 000 0018 ({said})"


@pytest.mark.parametrize(
    "body", [encoded(patient(number=OTHER_NUMBER)), b'{"identifier": 5}'], ids=["other", "unread"]
)
def test_the_status_of_another_number_or_of_one_that_cannot_be_read_is_not_told(body):
    facts = words(person=replace(PERSON, body=body))[1]

    assert facts["NHS number"] == "999 000 0018 (status not stated)"
