"""What a Bundle's label says, it says of everything in that Bundle, and of nothing else."""

from dataclasses import replace

import pytest

from adapters.contract import Outcome, SourceAnswer
from fhir_profiles.vocabulary import Label
from gateway.patient.group import groups_of
from gateway.patient.items import Item
from gateway.patient.label import label
from gateway.patient.work import WorkMemory, read_work
from rbac.types import Level
from tests.patient.factories import (
    answer,
    bundle,
    coded,
    joined,
    labelled,
    levels,
    patient,
    resource,
    shown,
)

PLAIN = resource("Condition", "1", code={"text": "Asthma"})
OTHER = resource("Condition", "2", code={"text": "Eczema"})
SEXUAL = labelled("sexual-health")


def labels_of(*pages):
    """The labels of each resource of one source's pages, by its name."""
    read = WorkMemory(lambda: 0.0).read(SourceAnswer("hospital", Outcome.DATA, bodies=pages))
    items = [Item("hospital", each, is_own=False) for each in read.resources]
    found = label(items, groups_of(items))
    return {each.item.worked.local_name: set(each.labels) for each in found}


def test_a_label_on_a_bundle_is_on_every_entry_of_that_page_and_of_no_other():
    found = labels_of(bundle(PLAIN, patient(), meta=SEXUAL), bundle(OTHER))

    assert found == {
        "Condition/1": {Label.SEXUAL_HEALTH},
        "Patient/p1": {Label.SEXUAL_HEALTH},
        "Condition/2": set(),
    }


@pytest.mark.parametrize("word", ["R", "never heard of"])
def test_a_bundle_that_is_restricted_without_a_reason_seals_what_has_none(word):
    hiv = resource("Condition", "3", code=coded("86406008"))

    found = labels_of(bundle(PLAIN, hiv, meta=labelled(word)))

    assert found["Condition/1"] == {Label.SEALED}
    assert Label.SEXUAL_HEALTH in found["Condition/3"]


@pytest.mark.parametrize("metas", [(SEXUAL, {}), ({}, SEXUAL), (SEXUAL, SEXUAL)])
def test_what_came_on_two_pages_has_the_labels_of_both(metas):
    found = labels_of(*(bundle(PLAIN, meta=meta) for meta in metas))

    assert found == {"Condition/1": {Label.SEXUAL_HEALTH}}


def test_two_pages_may_say_different_things():
    found = labels_of(
        bundle(PLAIN, meta=SEXUAL), bundle(PLAIN, OTHER, meta=labelled("safeguarding"))
    )

    assert found == {
        "Condition/1": {Label.SEXUAL_HEALTH, Label.SAFEGUARDING},
        "Condition/2": {Label.SAFEGUARDING},
    }


def test_a_page_without_labels_leaves_its_resources_as_they_are():
    [read] = read_work(bundle(PLAIN, meta={"versionId": "1"})).resources

    assert read.page_security == ()


def test_who_may_not_see_the_label_sees_nothing_of_that_page():
    given = answer(source="hospital")
    given = replace(given, bodies=(*given.bodies, bundle(PLAIN, meta=SEXUAL), bundle(OTHER)))

    view = joined(given, levels=levels(sexual_health=Level.NONE))

    assert [each["code"]["text"] for each in shown(view, "Condition")] == ["Eczema"]
    assert view.withheld == {"problems": 1}
