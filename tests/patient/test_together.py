"""How an item is shown tells of no hidden one of its group: what others lend an own item counts where they are told of."""

import pytest

from fhir_profiles.vocabulary import Label
from gateway.patient.group import groups_of
from gateway.patient.label import label
from gateway.patient.narrow import narrow
from rbac.types import Level
from tests.patient.factories import item, labelled, resource
from tests.patient.test_narrow import terms
from tests.patient.test_narrow_words import RETRACTED, numbered, told, visit

ONE_THING = {"identifier": [{"system": "urn:s", "value": "ABC"}]}
RECENT = {"effectiveDateTime": "2026-02-01"}
OLD = {"effectiveDateTime": "2019-01-01"}


def result(source, *words, is_own=False, **members):
    meta = {"security": [code for word in words for code in labelled(word)["security"]]}
    content = resource("Observation", source, meta=meta, **ONE_THING, **members)
    return item(content, source, is_own)


def kept(*items, **by_word):
    found = narrow(label(items, groups_of(items)), terms(**by_word))
    told = {each.item.source_id: each.level.value for each in found.kept}
    assert sum(found.withheld.values()) == len(items) - len(found.kept)
    return told


def test_what_no_level_opens_stays_hidden_though_another_of_its_group_is_told_of():
    told = kept(
        result("gp", "sexual-health", **OLD),
        result("hospital", is_own=True, **RECENT),
        sexual_health=Level.NONE,
    )

    assert told == {"hospital": "all"}


@pytest.mark.parametrize(
    "others", [("sexual-health", "safeguarding"), ("sexual-health", "mental-health")]
)
def test_an_own_item_is_shown_by_its_own_labels_where_the_others_are_hidden(others):
    told = kept(
        result("gp", *others, **RECENT),
        result("hospital", is_own=True, **RECENT),
        sexual_health=Level.NONE,
        safeguarding=Level.MASK,
        mental_health=Level.SUMMARY,
    )

    assert told == {"hospital": "all"}


def test_an_own_item_is_as_restricted_as_the_others_where_they_are_told_of():
    told = kept(
        result("gp", "safeguarding", **RECENT),
        result("hospital", is_own=True, **RECENT),
        safeguarding=Level.MASK,
    )

    assert told == {"gp": "mask", "hospital": "mask"}


def test_an_own_items_own_labels_always_count():
    told = kept(
        result("gp", "sexual-health", **RECENT),
        result("hospital", "safeguarding", is_own=True, **RECENT),
        sexual_health=Level.NONE,
        safeguarding=Level.MASK,
    )

    assert told == {"hospital": "mask"}


def test_a_hard_bar_of_another_source_stands_for_an_own_item_too():
    told = kept(result("gp", "R", **RECENT), result("hospital", is_own=True, **RECENT))

    assert told == {}


def test_labels_are_lent_to_own_items_by_others_alone():
    items = [
        result("gp", "safeguarding", **RECENT),
        result("hospital", "mental-health", is_own=True, **RECENT),
        result("ambulance", **RECENT),
    ]

    lent = [set(each.lent) for each in label(items, groups_of(items))]

    assert lent == [set(), {Label.SAFEGUARDING}, set()]


@pytest.mark.parametrize("status", RETRACTED)
def test_il_02_an_own_item_is_shown_alike_whether_a_hidden_retraction_ties_it_to_anothers(status):
    own = visit("hospital", "x", "sexual-health", is_own=True, identifier=numbered("ABC"))
    hidden = visit("gp", "y", "sexual-health", "safeguarding", identifier=numbered("ABC"))
    others = visit("gp", "z", identifier=numbered("DEF"))
    tying = visit("gp", "r", "adoption", status=status, identifier=numbered("ABC", "DEF"))
    levels = {"sexual_health": Level.NONE, "safeguarding": Level.MASK, "adoption": Level.NONE}

    shown = told(own, hidden, others, tying, **levels)

    assert shown == {"Encounter/x": "all", "Encounter/z": "all"}
    assert shown == told(own, hidden, others, **levels)


@pytest.mark.parametrize("status", RETRACTED)
def test_il_02_a_retraction_is_shown_alike_whether_a_hidden_one_ties_it_to_what_is_sensitive(
    status,
):
    told_of = visit("gp", "r", status="cancelled", identifier=numbered("ABC"))
    sensitive = visit("gp", "y", "safeguarding", identifier=numbered("DEF"))
    tying = visit("gp", "h", "adoption", status=status, identifier=numbered("ABC", "DEF"))
    levels = {"safeguarding": Level.NONE, "adoption": Level.NONE}

    assert told(told_of, sensitive, tying, **levels) == {"Encounter/r": "all"}


@pytest.mark.parametrize("status", RETRACTED)
def test_what_may_be_one_of_two_things_is_not_taken_for_a_stale_copy(status):
    stands, elsewhere = visit("gp", "x"), visit("hospital", "y", status="cancelled")
    replaced = visit("gp", "r", "adoption", status=status)

    assert told(stands, elsewhere, adoption=Level.NONE) == {"Encounter/y": "all"}
    assert told(stands, elsewhere, replaced, adoption=Level.NONE) == {
        "Encounter/x": "all",
        "Encounter/y": "all",
    }
