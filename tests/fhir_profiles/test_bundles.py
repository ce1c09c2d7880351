"""Bundles of resources that are bytes already."""

import json

from fhir.resources.R4B.bundle import Bundle

from fhir_profiles.bundles import Entry, Links, SearchMode, collection, searchset
from fhir_profiles.outcomes import source_outcome

PATIENT = (b'{"resourceType":"Patient",', b'"id":"a","multipleBirthInteger":', b"1}")
WEIGHT = b'{"resourceType":"Observation","valueQuantity":{"value":1.50}}'
HERE = Links("https://example.org/fhir/Patient/a/$everything")


def test_a_searchset_holds_its_entries_in_order() -> None:
    entries = [
        Entry("urn:uuid:1", PATIENT),
        Entry("urn:uuid:2", (WEIGHT,), SearchMode.INCLUDE),
        Entry(None, (source_outcome("data", "gp"),), SearchMode.OUTCOME),
    ]

    read = json.loads(searchset(entries, HERE))

    assert [entry["search"]["mode"] for entry in read["entry"]] == ["match", "include", "outcome"]
    assert read["entry"][0]["resource"]["id"] == "a"
    assert "fullUrl" not in read["entry"][2]


def test_a_resource_keeps_its_bytes() -> None:
    joined = searchset([Entry("urn:uuid:2", (WEIGHT,))], HERE)

    assert WEIGHT in joined


def test_a_bundle_satisfies_the_model() -> None:
    joined = searchset([Entry("urn:uuid:1", PATIENT)], HERE, total=1)

    assert Bundle.model_validate_json(joined).total == 1


def test_an_empty_searchset_has_no_entry_at_all() -> None:
    read = json.loads(searchset([], HERE, total=0))

    assert read == {
        "resourceType": "Bundle",
        "type": "searchset",
        "total": 0,
        "link": [{"relation": "self", "url": HERE.self_link}],
    }


def test_a_total_that_may_not_be_told_is_left_out() -> None:
    assert "total" not in json.loads(searchset([], HERE))


def test_a_further_page_is_linked() -> None:
    links = Links("https://example.org/a", 'https://example.org/b?c="x"')

    relations = json.loads(searchset([], links))["link"]

    assert relations[1] == {"relation": "next", "url": 'https://example.org/b?c="x"'}


def test_a_collection_has_neither_search_nor_links() -> None:
    read = json.loads(collection([Entry("urn:uuid:1", PATIENT), Entry(None, (WEIGHT,))]))

    assert read["type"] == "collection"
    assert [sorted(entry) for entry in read["entry"]] == [["fullUrl", "resource"], ["resource"]]


def test_an_empty_collection_is_a_bundle_too() -> None:
    assert collection([]) == b'{"resourceType":"Bundle","type":"collection"}'
