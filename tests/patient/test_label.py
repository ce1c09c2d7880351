import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fhir_profiles.vocabulary import Label
from gateway.patient.group import groups_of
from gateway.patient.label import label
from tests.patient.factories import coded, item, labelled, named_by, patient, resource

HIV_TEST = coded("165816005")
IDENTIFIED = {"identifier": [{"system": "urn:s", "value": "ABC"}]}


def labels(*items, groups=None):
    return [set(each.labels) for each in label(items, groups or groups_of(items))]


def test_an_item_of_which_nothing_is_said_has_no_label():
    assert labels(item(resource("Condition"))) == [set()]


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("sexual-health", Label.SEXUAL_HEALTH),
        ("mental-health", Label.MENTAL_HEALTH),
        ("R", Label.SEALED),
        ("never heard of", Label.SEALED),
    ],
)
def test_a_source_says_why_an_item_is_sensitive(word, expected):
    assert labels(item(resource("Condition", meta=labelled(word)))) == [{expected}]


def test_every_member_of_a_group_carries_the_labels_of_all():
    members = [
        item(resource("Condition", **IDENTIFIED, meta=labelled("sexual-health")), "gp"),
        item(resource("Condition", **IDENTIFIED, meta=labelled("mental-health")), "hospital"),
        item(resource("Condition", **IDENTIFIED), "ambulance"),
    ]

    assert labels(*members) == [{Label.SEXUAL_HEALTH, Label.MENTAL_HEALTH}] * 3


def test_a_label_that_only_one_version_carries_is_on_all_of_them():
    versions = resource("Condition"), resource("Condition", meta=labelled("sexual-health"))

    assert labels(*map(item, versions)) == [{Label.SEXUAL_HEALTH}] * 2


def test_a_label_stays_within_its_group():
    one = resource("Condition", "1", meta=labelled("sexual-health"))

    assert labels(item(one), item(resource("Condition", "2", note=[1]))) == [
        {Label.SEXUAL_HEALTH},
        set(),
    ]


def shared(local_id, source, **members):
    return item(resource("Condition", local_id, **IDENTIFIED, note=[local_id], **members), source)


@pytest.mark.parametrize("labelled_one", range(3))
def test_where_an_identifier_may_mean_several_items_a_label_is_on_all_of_them(labelled_one):
    metas = [labelled("sexual-health") if each == labelled_one else {} for each in range(3)]
    places = [("1", "gp"), ("2", "hospital"), ("3", "hospital")]
    items = [shared(*place, meta=meta) for place, meta in zip(places, metas, strict=True)]
    alone = item(resource("Condition", "4", note=["4"]), "hospital")

    assert len(set(groups_of(items))) == 3
    assert labels(*items, alone) == [{Label.SEXUAL_HEALTH}] * 3 + [set()]


def test_a_source_that_holds_one_thing_twice_may_label_it_once():
    twice = shared("1", "gp", meta=labelled("mental-health")), shared("2", "gp")

    assert labels(*twice) == [{Label.MENTAL_HEALTH}] * 2


def test_a_label_reaches_the_copies_of_what_it_may_be_about():
    one, other = shared("1", "gp", meta=labelled("sexual-health")), shared("2", "gp")
    again = {"system": "urn:t", "value": "DEF"}
    third = item(resource("Condition", "3", identifier=[*IDENTIFIED["identifier"], again]), "gp")
    copy = item(resource("Condition", "4", identifier=[again]), "hospital")

    assert labels(one, other, third, copy) == [{Label.SEXUAL_HEALTH}] * 4


def test_own_belongs_to_one_item_and_never_spreads():
    mine = item(resource("Condition", **IDENTIFIED), "gp", is_own=True)
    theirs = item(resource("Condition", **IDENTIFIED, meta=labelled("sexual-health")), "hospital")

    assert labels(mine, theirs) == [{Label.OWN, Label.SEXUAL_HEALTH}, {Label.SEXUAL_HEALTH}]


def test_a_source_cannot_call_an_item_the_callers_own():
    assert labels(item(resource("Condition", meta=labelled("own")))) == [{Label.SEALED}]


def test_a_label_on_the_patient_covers_everything_from_that_source():
    found = labels(
        item(patient(meta=labelled("mental-health")), "gp"),
        item(resource("Condition"), "gp"),
        item(resource("Procedure"), "hospital"),
    )

    assert found == [{Label.MENTAL_HEALTH}, {Label.MENTAL_HEALTH}, set()]


def test_a_label_on_the_patient_reaches_the_copies_of_what_it_covers():
    found = labels(
        item(patient(meta=labelled("mental-health")), "gp"),
        item(resource("Condition", **IDENTIFIED), "gp"),
        item(resource("Condition", **IDENTIFIED), "hospital"),
    )

    assert found[2] == {Label.MENTAL_HEALTH}


def medicine(reference, source="gp"):
    return item(resource("MedicationRequest", medicationReference=reference), source)


def product(source="gp", **members):
    return item({"resourceType": "Medication", "id": "x", **members}, source)


def test_what_a_medicine_refers_to_says_why_the_medicine_is_sensitive():
    sensitive = product(meta=labelled("sexual-health"))

    assert labels(medicine(named_by("Medication")), sensitive)[0] == {Label.SEXUAL_HEALTH}
    assert labels(sensitive, medicine({"reference": "Medication/x/_history/2"}))[1] == {
        Label.SEXUAL_HEALTH
    }


def test_every_version_of_a_product_counts():
    versions = product(meta=labelled("sexual-health")), product(form=coded("1"))

    assert labels(medicine(named_by("Medication")), *versions)[0] == {Label.SEXUAL_HEALTH}


@pytest.mark.parametrize(
    "reference", [None, {"display": "x"}, named_by("Medication", "y"), {"reference": "#x"}]
)
def test_a_medicine_that_names_no_product_has_its_own_labels_alone(reference):
    sensitive = product(meta=labelled("sexual-health"))

    assert labels(medicine(reference), sensitive)[0] == set()


def test_a_product_of_another_source_says_nothing():
    sensitive = product("hospital", meta=labelled("sexual-health"))

    assert labels(medicine(named_by("Medication"), "gp"), sensitive)[0] == set()


WORDS = st.sampled_from([None, "sexual-health", "mental-health", "safeguarding"])
ITEMS = st.lists(st.tuples(WORDS, st.integers(0, 2), st.booleans()), min_size=1, max_size=6)


def drawn_items(drawn):
    return [
        item(
            resource("Condition", str(place), meta=labelled(word) if word else None),
            f"s{place}",
            is_own,
        )
        for place, (word, _group, is_own) in enumerate(drawn)
    ]


@settings(max_examples=60)
@given(ITEMS)
def test_labels_only_grow_with_a_group_and_own_never_spreads(drawn):
    items = drawn_items(drawn)

    alone = label(items, range(len(items)))
    together = label(items, [group for _word, group, _own in drawn])

    assert all(one.labels <= other.labels for one, other in zip(alone, together, strict=True))
    assert [Label.OWN in each.labels for each in together] == [own for *_rest, own in drawn]
    by_group = {}
    for each in together:
        by_group.setdefault(each.group, set()).add(each.labels - {Label.OWN})
    assert all(len(found) == 1 for found in by_group.values())


def listing(*references, **members):
    entries = [{"item": reference} for reference in references]
    return item({"resourceType": "List", "id": "l", "entry": entries, **members})


def test_a_label_on_a_list_is_on_everything_it_lists_and_on_nothing_else():
    sensitive = listing(named_by("Condition", "1"), meta=labelled("sexual-health"))

    found = labels(
        item(resource("Condition", "1")),
        item(resource("Condition", "2", note=[1])),
        item(resource("Condition", "1", note=[2]), "gp"),
        sensitive,
        groups=[0, 1, 2, 3],
    )

    assert found == [{Label.SEXUAL_HEALTH}, set(), set(), {Label.SEXUAL_HEALTH}]


def test_what_two_lists_say_of_one_item_are_both_on_it():
    lists = [
        listing(named_by("Condition", "1"), note=[place], meta=labelled(word))
        for place, word in enumerate(["sexual-health", "mental-health"])
    ]

    found = labels(item(resource("Condition", "1")), *lists, groups=[0, 1, 2])

    assert found[0] == {Label.SEXUAL_HEALTH, Label.MENTAL_HEALTH}


def test_what_only_refers_to_an_item_and_is_no_list_does_not_label_it():
    referring = resource(
        "Encounter",
        meta=labelled("sexual-health"),
        diagnosis=[{"condition": named_by("Condition", "1")}],
    )

    assert labels(item(referring), item(resource("Condition", "1")))[1] == set()


def test_a_list_without_a_label_says_nothing_of_what_it_lists():
    assert labels(listing(named_by("Condition", "1")), item(resource("Condition", "1")))[1] == set()


def test_the_labels_of_every_copy_of_the_patient_cover_the_source():
    words = ["mental-health", "sexual-health", "safeguarding"]
    copies = [item(patient(str(each), meta=labelled(each)), "gp") for each in words]

    assert labels(*copies, item(resource("Condition"), "gp"))[3] == {
        Label.MENTAL_HEALTH,
        Label.SEXUAL_HEALTH,
        Label.SAFEGUARDING,
    }


@pytest.mark.parametrize("groups", [[0], [0, 1, 2]])
def test_items_and_groups_that_do_not_match_are_not_labelled(groups):
    two = [item(resource("Condition", each, meta=labelled("R"))) for each in ("1", "2")]

    with pytest.raises(ValueError, match="zip"):
        label(two, groups)


def test_a_label_on_a_list_is_not_one_on_its_subject():
    sensitive = listing(
        named_by("Condition", "1"),
        subject=named_by("Patient", "p1"),
        meta=labelled("sexual-health"),
    )

    assert labels(item(patient()), sensitive, item(resource("Procedure"))) == [
        set(),
        {Label.SEXUAL_HEALTH},
        set(),
    ]


@pytest.mark.parametrize("told", [None, set(), "normal"])
def test_labels_that_are_no_set_of_labels_are_not_taken_for_none(told):
    found = [item(resource("Condition"))]

    with pytest.raises(TypeError, match=r"^Labels are a set\.$"):
        label(found, groups_of(found), lambda _evidence: told)
