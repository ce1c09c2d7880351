"""What scopes mean, as a table from SMART App Launch 2.2 and from the version before it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fhir_profiles.vocabulary import Category
from gateway.access.scopes import EVERYTHING, NOTHING, Granted, Interaction, Wanted, scopes_in
from rbac.types import Level
from tests.patient.factories import levels

TYPES = ("Condition", "Observation", "Patient", "Practitioner")
CONTEXTS = ("patient", "user")


def granted(read="", searched=""):
    return Granted(frozenset(read.split()), frozenset(searched.split()))


@pytest.mark.parametrize(
    ("letters", "expected"),
    [
        ("rs", granted("Condition", "Condition")),
        ("r", granted("Condition")),
        ("s", granted("", "Condition")),
        ("cruds", granted("Condition", "Condition")),
        ("cud", NOTHING),
        ("read", granted("Condition", "Condition")),
        ("write", NOTHING),
        ("*", granted("Condition", "Condition")),
    ],
)
@pytest.mark.parametrize("context", CONTEXTS)
def test_a_scope_grants_what_its_letters_say_and_writing_grants_nothing(context, letters, expected):
    found = scopes_in(f"openid {context}/Condition.{letters} launch/patient")

    mine = {"patient": found.for_patient, "user": found.for_user}
    assert mine.pop(context) == expected
    assert [*mine.values()] == [NOTHING]
    assert found.are_clinical


@pytest.mark.parametrize(
    "scope",
    [
        "user/Condition.",
        "user/Condition",
        "user/.rs",
        "user/Condition.sr",
        "user/Condition.rr",
        "user/Condition.Read",
        "user/Condition.rs?category=http://loinc.org|1",
        "user/Condition.?category=x",
        "user/Condition.rs#",
        "user/condition.rs",
        "user/Con*.rs",
        "user/*Condition.rs",
        "user/Condition/1.rs",
        "user/Condition.rs,user/*.rs",
        "USER/*.rs",
        "User/*.read",
        "system/*.rs",
        "system/Condition.read",
        "user/\uff23ondition.rs",
    ],
)
def test_what_is_not_understood_or_is_about_no_user_grants_nothing_and_counts_as_a_scope(scope):
    found = scopes_in(f"openid {scope}")

    assert (found.for_user, found.for_patient) == (NOTHING, NOTHING)
    assert found.are_clinical


@pytest.mark.parametrize(
    "text", ["", "openid", "openid fhirUser launch/patient offline_access", "launch", "users/*.rs"]
)
def test_other_scopes_are_not_about_records(text):
    assert not scopes_in(text).are_clinical


def test_a_star_means_every_type():
    every = scopes_in("user/*.rs").for_user

    assert every == EVERYTHING
    assert all(every.may_read(each) and every.may_search(each) for each in TYPES)


@pytest.mark.parametrize(
    ("wanted", "is_covered"),
    [
        (Wanted(Interaction.READ, frozenset({"Patient"})), True),
        (Wanted(Interaction.SEARCH, frozenset({"Patient"})), False),
        (Wanted(Interaction.READ, frozenset({"Patient", "Observation"})), False),
        (Wanted(Interaction.SEARCH, frozenset({"Condition"})), True),
        (Wanted(Interaction.SEARCH), True),
        (Wanted(Interaction.READ), True),
    ],
)
def test_a_request_is_covered_when_every_type_that_it_names_is(wanted, is_covered):
    held = scopes_in("user/Patient.r user/Condition.s").for_user

    assert held.covers(wanted) is is_covered


@pytest.mark.parametrize("interaction", Interaction)
def test_nothing_covers_no_request(interaction):
    assert not NOTHING.covers(Wanted(interaction))


@pytest.mark.parametrize(
    ("scope", "categories"),
    [
        ("user/Observation.rs", {Category.RESULTS, Category.END_OF_LIFE, Category.SOCIAL_CARE}),
        ("user/AllergyIntolerance.r", {Category.ALLERGIES}),
        ("user/Patient.s", {Category.DEMOGRAPHICS}),
        ("user/Practitioner.rs", set()),
    ],
)
def test_levels_are_left_for_categories_that_the_types_can_have(scope, categories):
    given_levels = levels()

    narrowed = scopes_in(scope).for_user.narrowed(given_levels)

    assert {category for category, _label in narrowed.view} == categories
    assert all(given_levels.view[pair] is level for pair, level in narrowed.view.items())
    assert (narrowed.acts, narrowed.digest) == (given_levels.acts, given_levels.digest)


def test_every_type_leaves_the_levels_themselves():
    given_levels = levels(problems=Level.NONE)

    assert EVERYTHING.narrowed(given_levels) is given_levels


SCOPES = st.builds(
    "{}/{}.{}".format,
    st.sampled_from((*CONTEXTS, "system")),
    st.sampled_from((*TYPES, "*")),
    st.sampled_from(["r", "s", "rs", "cruds", "read", "write", "cud", "rs?x=y"]),
)


@given(st.lists(SCOPES), SCOPES, st.sampled_from(TYPES))
def test_another_scope_never_shows_less(scopes, another, resource_type):
    before, after = scopes_in(" ".join(scopes)), scopes_in(" ".join([*scopes, another]))

    for fewer, more in (
        (before.for_user, after.for_user),
        (before.for_patient, after.for_patient),
        (before.for_user.and_also(before.for_patient), after.for_user.and_also(after.for_patient)),
    ):
        assert fewer.may_read(resource_type) <= more.may_read(resource_type)
        assert fewer.may_search(resource_type) <= more.may_search(resource_type)
        assert fewer.narrowed(levels()).view.items() <= more.narrowed(levels()).view.items()


@given(st.text(), st.sampled_from(TYPES))
def test_no_text_makes_trouble(text, resource_type):
    found = scopes_in(text)

    assert found.for_user.shows(resource_type) in {True, False}


def test_what_may_be_read_and_what_may_be_searched_are_told_apart():
    reads, searches = granted("Condition"), granted("", "Condition")

    assert (reads.may_read("Condition"), reads.may_search("Condition")) == (True, False)
    assert (searches.may_read("Condition"), searches.may_search("Condition")) == (False, True)
    assert not reads.may_read("Observation")
    assert not searches.may_search("Observation")
    assert EVERYTHING.may_read("Observation")
    assert EVERYTHING.may_search("Observation")


@pytest.mark.parametrize("mine", [granted("Condition"), granted("", "Condition")])
def test_what_may_be_read_or_searched_may_be_told_of(mine):
    assert mine.shows("Condition")
    assert not mine.shows("Observation")


def test_levels_that_scopes_narrow_are_of_the_same_policy():
    whole = levels(Level.ALL)

    assert granted("Condition").narrowed(whole).digest == whole.digest
