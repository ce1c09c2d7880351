import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fhir_profiles.slots import template_of
from fhir_profiles.spans import read_resource
from fhir_profiles.vocabulary import Category
from gateway.patient.splice import SUBSETTED_TAG, ReferenceIndex, fill
from tests.resource_strategies import STUB

CATEGORY_SYSTEM = "https://shared-care-record.example/CodeSystem/category"


def span(resource_type="Observation", full_url=None, **members):
    body = json.dumps({"resourceType": resource_type, **members}, separators=(",", ":")).encode()
    found = read_resource(body)
    return type(found)(found.body, found.header, full_url)


def served(resource, resolve=lambda _text: None, **options):
    given_options = {"category": Category.RESULTS.value.encode()} | options
    pieces = fill(
        template_of(resource),
        new_id=b"n",
        source_uri=b"urn:scr:source:a",
        resolve=resolve,
        **given_options,
    )
    return json.loads(b"".join(pieces))


def test_a_resource_is_served_under_its_new_id_with_its_source_and_category():
    resource = served(span(id="1", meta={"versionId": "3", "source": "x", "tag": [{"code": "t"}]}))

    assert resource["id"] == "n"
    assert resource["meta"] == {
        "versionId": "3",
        "source": "urn:scr:source:a",
        "tag": [{"code": "t"}, {"system": CATEGORY_SYSTEM, "code": "results"}],
    }


def test_further_tags_follow_the_category():
    resource = served(span(id="1"), extra_tags=(SUBSETTED_TAG,))

    assert [tag["code"] for tag in resource["meta"]["tag"]] == ["results", "SUBSETTED"]


def test_a_resource_without_a_category_gets_no_empty_list_of_tags():
    assert served(span(id="1"), category=None)["meta"] == {"source": "urn:scr:source:a"}


def test_a_reference_in_view_is_swapped_and_keeps_its_words():
    resource = span(id="1", subject={"reference": "Patient/1", "display": "A"})

    shown = served(resource, {"Patient/1": b"Patient/p"}.get)

    assert shown["subject"] == {"reference": "Patient/p", "display": "A"}


def test_a_reference_out_of_view_reads_the_same_whatever_it_named():
    hidden = span(id="1", subject={"reference": "Condition/hidden", "display": "HIV"})
    unknown = span(id="1", subject={"reference": "urn:uuid:never", "identifier": {"value": "7"}})

    assert served(hidden) == served(unknown)
    assert served(hidden)["subject"] == STUB


def test_an_attachment_is_served_under_the_address_that_is_given():
    resource = span(id="1", presentedForm=[{"url": "http://source/1"}])

    shown = served(resource, address={"http://source/1": b"https://ours/1"}.get)

    assert shown["presentedForm"] == [{"url": "https://ours/1"}]


def index_of(*spans):
    index = ReferenceIndex()
    for number, each in enumerate(spans):
        index.add(each, f"n{number}".encode())
    return index


INDEX = index_of(
    span("Patient", id="1", full_url="https://a.example/fhir/Patient/1"),
    span("Encounter", id="e", full_url="urn:uuid:6a", identifier=[{"system": "s", "value": "7"}]),
    span("Location", identifier={"value": "bare"}),
    span("Organization", id="o", identifier=[{"system": "s"}]),
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Patient/1", b"Patient/n0"),
        ("Patient/1/_history/4", b"Patient/n0"),
        ("https://a.example/fhir/Patient/1", b"Patient/n0"),
        ("https://a.example/fhir/Patient/1/_history/4", b"Patient/n0"),
        ("https://b.example/fhir/Patient/1", None),
        ("urn:uuid:6a", b"Encounter/n1"),
        ("urn:uuid:6b", None),
        ("Encounter/e", b"Encounter/n1"),
        ("Encounter?identifier=s|7", b"Encounter/n1"),
        ("Encounter?identifier=7", b"Encounter/n1"),
        ("Encounter?identifier=|7", None),
        ("Patient?identifier=s|7", None),
        ("Location?identifier=|bare", b"Location/n2"),
        ("Location?name=x", None),
        ("#c", None),
        ("", None),
    ],
)
def test_each_form_of_reference_finds_the_resource_that_it_names(text, expected):
    assert INDEX.resolve(text) == expected
    assert INDEX.resolve(text) == expected  # and again from what it remembers


def test_a_name_that_two_resources_claim_names_neither():
    index = index_of(
        span("Encounter", id="1", identifier=[{"system": "s", "value": "7"}]),
        span("Encounter", id="1", identifier=[{"system": "s", "value": "7"}]),
    )

    assert index.resolve("Encounter/1") is None
    assert index.resolve("Encounter?identifier=s|7") is None


def test_a_settled_name_holds_whoever_else_claims_it():
    index = index_of(span("Patient", id="1"))
    index.add_name("Patient/1", b"Patient/p")
    index.add(span("Patient", id="1"), b"other")

    assert index.resolve("Patient/1") == b"Patient/p"


def test_what_comes_into_view_later_is_found_though_it_was_asked_for_before():
    index = ReferenceIndex()
    before = index.resolve("Encounter/e"), index.resolve("Encounter?identifier=s|7")

    index.add(span("Encounter", id="e", identifier=[{"system": "s", "value": "7"}]), b"n")

    assert before == (None, None)
    assert index.resolve("Encounter/e") == b"Encounter/n"
    assert index.resolve("Encounter?identifier=s|7") == b"Encounter/n"


@given(st.lists(st.integers(0, 5), max_size=8), st.sets(st.integers(0, 5)))
def test_no_reference_out_of_view_is_ever_served(targets, in_view):
    index = index_of(*(span("Encounter", id=f"secret{number}") for number in sorted(in_view)))
    resource = span(
        id="1", focus=[{"reference": f"Encounter/secret{number}"} for number in targets]
    )

    shown = served(resource, index.resolve)

    assert "secret" not in json.dumps(shown)
    assert [item == STUB for item in shown["focus"]] == [each not in in_view for each in targets]
