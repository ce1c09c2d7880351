import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.patient.group import groups_of
from tests.patient.factories import item, patient, resource


def identified(value, system="urn:s", resource_type="Condition", local_id="1", **members):
    identifiers = [{"system": system, "value": value}]
    return resource(resource_type, local_id, identifier=identifiers, **members)


def are_one(one, other, *more):
    groups = groups_of([one, other, *more])
    return groups[0] == groups[1]


def test_an_item_alone_is_a_group_of_its_own():
    assert groups_of([]) == []
    assert groups_of([item(resource("Condition")), item(resource("Procedure"))]) == [0, 1]


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (identified("ABC"), identified("ABC", note=[1]), True),
        (identified("ABC "), identified(" ABC", note=[1]), True),
        (identified("ABC"), identified("ABD", note=[1]), False),
        (identified("ABC"), identified("abc", note=[1]), False),
        (identified("ABC"), identified("ABC", "urn:t", note=[1]), False),
        (identified("ABC", None), identified("ABC", None, note=[1]), False),
        (identified("AB"), identified("AB", note=[1]), False),
        (identified(None), identified(None, note=[1]), False),
        (identified("ABC"), identified("ABC", resource_type="Procedure"), False),
    ],
)
def test_sources_mean_one_thing_by_one_business_identifier_of_one_type(one, other, expected):
    assert are_one(item(one, "gp"), item(other, "hospital")) is expected


def test_equal_content_is_one_thing_whatever_ids_and_references_say():
    one = resource("Condition", "1", note=[{"text": "same"}], meta={"versionId": "1"})
    other = resource("Condition", "x", note=[{"text": "same"}], meta={"versionId": "7"})

    assert are_one(item(one, "gp"), item(other, "hospital"))
    assert not are_one(item(one, "gp"), item({**other, "note": []}, "hospital"))


def test_what_one_source_holds_twice_is_not_thereby_one_thing():
    one = item(identified("ABC", local_id="1"), "gp")
    again = item(identified("ABC", local_id="2"), "gp")

    assert not are_one(one, again)


def test_an_identifier_that_a_source_gives_to_two_items_ties_it_to_no_other_source():
    one = item(identified("ABC", local_id="1"), "gp")
    again = item(identified("ABC", local_id="2", note=[1]), "gp")
    elsewhere = item(identified("ABC", note=[2]), "hospital")

    assert len(set(groups_of([one, again, elsewhere]))) == 3


def test_versions_of_one_resource_are_one_thing():
    one, later = resource("Condition"), resource("Condition", note=[1])

    assert are_one(item(one), item(later))
    assert not are_one(item(one, "gp"), item(later, "hospital"))
    assert not are_one(item(resource("Condition", None)), item(resource("Condition", None)))


def test_an_item_that_came_in_two_versions_is_still_found_elsewhere():
    versions = [item(identified("ABC", note=[number]), "gp") for number in (1, 2)]
    elsewhere = item(identified("ABC"), "hospital")

    assert groups_of([*versions, elsewhere]) == [0, 0, 0]


def test_ties_reach_over_a_third_item():
    middle = resource(
        "Condition",
        identifier=[{"system": "a", "value": "one"}, {"system": "b", "value": "two"}],
    )
    first, last = identified("one", "a", note=[1]), identified("two", "b", note=[2])
    items = [item(first, "gp"), item(last, "ambulance"), item(middle, "hospital")]

    assert groups_of(items) == [0, 0, 0]


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ({"class": {"code": "EMER"}}, {"class": {"code": "EMER"}}, True),
        ({"class": {"code": "EMER"}}, {"class": {"code": "FLD"}}, False),
        ({"class": [{"code": "EMER"}]}, {"class": {"code": "EMER"}}, True),
        ({"class": {"code": "EMER"}}, {}, False),
        ({}, {}, True),
    ],
)
def test_a_contact_and_the_attendance_it_led_to_share_a_number_and_stay_two(one, other, expected):
    first = identified("INC-1", resource_type="Encounter", **one)
    second = identified("INC-1", resource_type="Encounter", note=[1], **other)

    assert are_one(item(first, "ambulance"), item(second, "hospital")) is expected


def test_people_and_places_are_never_tied_across_sources():
    one = identified("ABC", resource_type="Practitioner")

    assert not are_one(item(one, "gp"), item(one, "hospital"))


def test_the_sources_patients_are_one_person():
    assert are_one(item(patient(), "gp"), item(patient("x", gender="male"), "hospital"))


SOURCES = st.sampled_from(["gp", "hospital", "ambulance"])
ITEMS = st.lists(
    st.tuples(SOURCES, st.sampled_from("123"), st.sampled_from(["AAA", "BBB", "AA"])), max_size=7
)


def partition(items):
    groups = groups_of(items)
    return {
        frozenset(id(each) for each, found in zip(items, groups, strict=True) if found == group)
        for group in groups
    }


@settings(max_examples=60)
@given(ITEMS, st.randoms())
def test_the_order_of_sources_and_items_never_matters(drawn, random):
    items = [
        item(identified(value, local_id=local_id, note=[number]), source)
        for number, (source, local_id, value) in enumerate(drawn)
    ]
    shuffled = random.sample(items, len(items))

    assert partition(shuffled) == partition(items)


@settings(max_examples=60)
@given(ITEMS)
def test_the_first_item_of_a_group_names_it(drawn):
    items = [
        item(identified(value, local_id=local_id), source) for source, local_id, value in drawn
    ]
    groups = groups_of(items)

    assert all(groups[group] == group <= place for place, group in enumerate(groups))
