"""People, places, products, lists: seen where something that is shown speaks of them."""

from dataclasses import replace

import pytest

from gateway.access.agreements import coverage_of
from gateway.patient.narrow import narrow
from gateway.store.words import DataItem
from rbac.types import Level
from tests.patient.factories import (
    EVERYTHING_AGREED,
    coded,
    named_by,
    patient,
    resource,
)
from tests.patient.test_narrow import about, kept, narrowed, terms

ENCOUNTER = resource("Encounter", performer=named_by("Practitioner"))


def nobodys(resource_type="Practitioner", local_id="x", *labels, source="hospital", **members):
    return about(
        {"resourceType": resource_type, "id": local_id, **members},
        *labels,
        group=local_id,
        source=source,
    )


def names(*items, **of_terms):
    return [name for name, _level in kept(*items, **of_terms)]


def test_who_is_named_by_something_shown_is_shown():
    assert names(about(ENCOUNTER), nobodys()) == ["Encounter/1", "Practitioner/x"]


def test_who_is_named_by_something_hidden_or_by_nothing_is_not():
    assert names(about(ENCOUNTER, "sealed"), nobodys()) == []
    assert names(nobodys()) == []


def test_who_is_named_only_by_a_hidden_element_is_not_shown():
    assert names(about(ENCOUNTER), nobodys(), encounters=Level.SUMMARY) == ["Encounter/1"]


def test_the_same_name_in_another_source_names_somebody_else():
    assert names(about(ENCOUNTER), nobodys(source="gp")) == ["Encounter/1"]


def test_one_names_another_and_a_ring_ends():
    role = nobodys("PractitionerRole", about=named_by("Organization"))
    ring = nobodys("Organization", about=named_by("PractitionerRole"))
    encounter = about(resource("Encounter", performer=named_by("PractitionerRole")))

    assert names(ring, role, encounter) == [
        "Encounter/1",
        "Organization/x",
        "PractitionerRole/x",
    ]


def test_both_claimants_of_a_name_are_shown_in_the_records_order():
    both = nobodys(active=True), nobodys()

    assert names(*both, about(ENCOUNTER)) == ["Encounter/1", "Practitioner/x", "Practitioner/x"]


def test_one_that_carries_a_hard_bar_is_shown_nowhere():
    assert names(about(ENCOUNTER), nobodys("Practitioner", "x", "sealed")) == ["Encounter/1"]


@pytest.mark.parametrize(
    ("level", "is_shown"),
    [(Level.ALL, True), (Level.SUMMARY, False), (Level.MASK, False), (Level.NONE, False)],
)
def test_one_that_carries_a_label_is_shown_where_the_label_takes_nothing_from_what_names_it(
    level, is_shown
):
    clinic = nobodys("Location", "x", "sexual-health")
    encounter = about(resource("Encounter", location=named_by("Location")))

    found = names(encounter, clinic, sexual_health=level)

    assert ("Location/x" in found) is is_shown


def test_a_label_is_judged_beside_each_category_that_names_it():
    clinic = nobodys("Location", "x", "sexual-health")
    encounter = about(resource("Encounter", location=named_by("Location")))
    flag = about(resource("Flag", "2", author=named_by("Location")), group=2)

    assert "Location/x" in names(flag, encounter, clinic, encounters=Level.NONE)
    assert "Location/x" not in names(encounter, clinic, encounters=Level.MASK)
    assert names(clinic, flag, encounter, encounters=Level.MASK)[-1] == "Location/x"


LISTED = {"entry": [{"item": named_by("Condition", "1")}, {"item": named_by("Condition", "2")}]}


def conditions():
    return [about(resource("Condition", number), group=number) for number in ("1", "2")]


@pytest.mark.parametrize("resource_type", ["List", "Provenance"])
def test_a_list_is_shown_where_everything_on_it_is(resource_type):
    listing = nobodys(resource_type, **LISTED)
    first, second = conditions()

    assert names(first, second, listing)[-1] == f"{resource_type}/x"
    assert names(first, listing) == ["Condition/1"]


def test_a_list_about_the_person_needs_the_person_in_view():
    listing = about(resource("List", entry=[{"item": named_by("Condition", "1")}]), group="x")

    assert "List/1" in names(about(patient(), group="p"), conditions()[0], listing)
    assert "List/1" not in names(conditions()[0], listing)


def test_a_list_on_a_list_goes_when_the_other_does():
    inner = nobodys("List", "inner", **LISTED)
    outer = nobodys("List", "outer", entry=[{"item": named_by("List", "inner")}])
    first, second = conditions()

    assert names(first, second, outer, inner)[2:] == ["List/outer", "List/inner"]
    assert names(first, outer, inner) == ["Condition/1"]


def test_a_list_may_name_people_who_are_shown():
    listing = nobodys("List", source="hospital", author=named_by("Practitioner"))

    assert names(about(ENCOUNTER), nobodys(), listing)[-1] == "List/x"


def test_lists_do_not_bring_into_view_what_they_name():
    listing = nobodys("List", author=named_by("Practitioner"))

    assert names(listing, nobodys()) == []


@pytest.mark.parametrize(
    ("labels", "of_label", "is_shown"),
    [
        (("own",), Level.ALL, True),
        (("mental-health",), Level.ALL, True),
        (("mental-health",), Level.SUMMARY, False),
        (("sealed",), Level.ALL, False),
        (("sexual-health", "own"), Level.ALL, True),
    ],
)
def test_a_list_with_labels_is_shown_where_they_take_nothing_away(labels, of_label, is_shown):
    listing = nobodys("List", "x", *labels, entry=[{"item": named_by("Condition", "1")}])

    found = names(conditions()[0], listing, mental_health=of_label, sexual_health=Level.NONE)

    assert ("List/x" in found) is is_shown


@pytest.mark.parametrize("of_problems", [Level.SUMMARY, Level.MASK, Level.NONE])
@pytest.mark.parametrize("resource_type", ["List", "Provenance"])
def test_a_list_that_holds_a_problem_inside_is_shown_to_who_sees_problems_whole(
    resource_type, of_problems
):
    inside = [resource("Condition", "c", subject=None, code=coded("1"))]
    holder = nobodys(resource_type, "x", contained=inside, entry=[{"item": {"reference": "#c"}}])

    assert names(holder) == [f"{resource_type}/x"]
    assert names(holder, problems=of_problems) == []


@pytest.mark.parametrize("of_problems", [Level.SUMMARY, Level.NONE])
def test_a_place_that_a_summary_names_brings_no_problem_along_inside_it(of_problems):
    encounter = about(resource("Encounter", serviceProvider=named_by("Organization")))
    inside = [resource("Condition", "c", subject=None, code=coded("1"))]
    holder = nobodys("Organization", contained=inside)

    found = names(encounter, holder, encounters=Level.SUMMARY, problems=of_problems)

    assert names(encounter, holder) == ["Encounter/1", "Organization/x"]
    assert found == ["Encounter/1"]


@pytest.mark.parametrize("resource_type", ["List", "Provenance"])
def test_a_list_with_a_label_that_its_source_does_not_share_is_not_shown(resource_type):
    """Another source's agreement frees the label for this reader, so that no level takes it away."""
    listing = nobodys(resource_type, "x", "sexual-health", **LISTED)
    bound = {"hospital": coverage_of(set(DataItem) - {DataItem.SEX_LIFE}), "gp": EVERYTHING_AGREED}

    found = narrow((*conditions(), listing), replace(terms(), shared=bound)).kept

    assert [each.item.worked.local_name for each in found] == ["Condition/1", "Condition/2"]


@pytest.mark.parametrize("labels", [(), ("mental-health",)])
def test_a_list_is_shown_where_its_source_shares_nothing_only_if_that_takes_nothing(labels):
    """A list has no category of its own: what it lists is not shared, so that it goes with that."""
    listing = nobodys("List", "x", *labels, **LISTED)

    assert narrow((*conditions(), listing), replace(terms(), shared={})).kept == ()


def test_a_list_of_a_restricted_person_tells_no_whereabouts():
    listing = nobodys("List", custodian={"display": "The Clinic"}, **LISTED)

    found = narrowed(*conditions(), listing, hides_whereabouts=True).kept

    assert b"The Clinic" not in found[-1].worked.body
    assert found[-1].level is Level.ALL
