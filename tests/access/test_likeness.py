"""Who asks is compared with whom they ask about: only yes or no comes of it."""

from dataclasses import dataclass

import pytest

from gateway.access.likeness import Alike, Mark, folded, home_of, is_same_surname, marks_of
from tests.patient.factories import person, principal

KEY, HOME, OTHER = "k" * 64, "h" * 64, "o" * 64
ALIKE = Alike(frozenset({KEY}), HOME)


@dataclass(frozen=True)
class Member:
    organisation: str = "F84004"
    user_id: str = "u1"
    patient_key: str | None = None
    household_key: str | None = None


def marks(*staff, family_name="Example", alike=ALIKE):
    return marks_of(principal(family_name=family_name), person(), alike, staff)


@pytest.mark.parametrize(
    ("staff", "found"),
    [
        ((), set()),
        ((Member(patient_key=KEY),), {Mark.OWN_RECORD}),
        ((Member(patient_key=OTHER),), set()),
        ((Member(household_key=HOME),), {Mark.SAME_HOUSEHOLD}),
        ((Member(household_key=OTHER),), set()),
        ((Member(organisation="RRV", household_key=HOME),), {Mark.SAME_HOUSEHOLD}),
        ((Member(user_id="u2", patient_key=KEY),), {Mark.COLLEAGUE}),
        ((Member(user_id="u2", patient_key=OTHER),), set()),
        ((Member(user_id="u2", patient_key=KEY, organisation="RRV"),), set()),
        ((Member(user_id="u2", household_key=HOME),), set()),
        (
            (Member(household_key=HOME), Member(user_id="u2", patient_key=KEY)),
            {Mark.SAME_HOUSEHOLD, Mark.COLLEAGUE},
        ),
        ((Member(patient_key=KEY, household_key=HOME),), {Mark.OWN_RECORD}),
        ((Member(organisation="RRV", patient_key=KEY),), {Mark.OWN_RECORD}),
    ],
)
def test_staff_are_compared_with_the_person(staff, found):
    assert marks(*staff) == found


def test_a_namesake_is_marked_and_oneself_is_no_namesake():
    assert marks(family_name="OKAFOR") == {Mark.SAME_SURNAME}
    assert marks(Member(patient_key=KEY), family_name="Okafor") == {Mark.OWN_RECORD}


def test_homes_that_nobody_knows_are_not_one_home():
    assert marks(Member(), alike=Alike(frozenset({KEY}), None)) == set()


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("Okafor", "okafor", True),
        ("O'Brien", "OBrien", True),
        ("Zoë", "Zoe", True),
        ("Smith-Jones", "Jones", True),
        ("Smith-Jones", "Jones-Taylor", True),
        ("Smith\N{EN DASH}Jones", "Smith", True),
        ("Smith Jones", "Smith", True),
        ("Smithjones", "Smith", False),
        ("van Dijk", "van Berg", False),
        ("Ali", "Ali", True),
        ("Lee-Ali", "Ali", False),
        ("Khan", "Khan-Malik", True),
        ("Patel", "Patil", False),
        ("", "", False),
        ("-", "'", False),
    ],
)
def test_a_surname_is_the_same_however_it_is_written(one, other, is_same):
    assert is_same_surname(one, other) is is_same_surname(other, one) is is_same


@pytest.mark.parametrize(
    ("postcode", "lines", "home"),
    [
        ("NW1 1AA", ("12 Albion Road", "London"), "NW11AA|12ALBIONROAD"),
        ("nw11aa", ("12, albion road",), "NW11AA|12ALBIONROAD"),
        ("NW1 1AA", ("", " ", "Flat 2"), "NW11AA|FLAT2"),
        ("NW1 1AA", (), None),
        ("NW1 1AA", ("-",), None),
        (None, ("12 Albion Road",), None),
        ("", ("12 Albion Road",), None),
    ],
)
def test_a_home_is_written_in_one_way(postcode, lines, home):
    assert home_of(postcode, lines) == home


def test_folding_keeps_letters_alone():
    assert folded("Éva-Mária O'Neill 3rd") == "evamariaoneillrd"
