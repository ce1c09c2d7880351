"""Allow-lists are read strictly, and account for every element that FHIR R4 has."""

import gzip
import json
from functools import cache
from itertools import chain

import pytest

from gateway.population import allow_list
from gateway.population.allow_list import (
    MEANINGS,
    AllowListError,
    Kind,
    load_allow_lists,
    read_allow_list,
)
from tests.population.deidentification.grounds import ALLOW_LISTS, CODE_LISTS
from tests.required_parts import sample_data

DEFINITIONS = sample_data() / "r4_definitions" / "structuredefinitions-subset.json.gz"
GOOD = """
type = "Flag"
purpose = "To be read."
refuse = ["modifierExtension"]
[keep.id]
kind = "resource-id"
why = "It is needed."
[keep.status]
kind = "code"
codes = ["flag-status"]
why = "It is needed."
[drop]
free-text = ["text"]
"""
TYPES = {
    *("Patient", "Encounter", "Condition", "Observation", "Procedure", "MedicationRequest"),
    *("MedicationStatement", "Immunization", "AllergyIntolerance", "Organization", "Location"),
}


def test_every_type_that_planners_need_has_a_list():
    assert {one.resource_type for one in ALLOW_LISTS} == TYPES


def test_a_list_is_read_as_it_stands():
    read = read_allow_list(GOOD)

    assert [(one.path, one.kind) for one in read.kept] == [
        ("id", Kind.RESOURCE_ID),
        ("status", Kind.CODE),
    ]
    assert read.left_out_of("") == ("text",)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ('kind = "code"', 'kind = "free"'),
        ("free-text =", "because ="),
        ('why = "It is needed."\n[keep.status]', 'why = "It is needed."\nhow = "so"\n[keep.status]'),
        ('purpose = "To be read."', ""),
        ('why = "It is needed."\n[drop]', 'why = " "\n[drop]'),
        ('codes = ["flag-status"]', ""),
        ('kind = "code"', 'kind = "boolean"'),
        ('kind = "code"\ncodes = ["flag-status"]', 'kind = "reference"'),
        ("[keep.status]", '[keep."group.status"]'),
        ('free-text = ["text"]', 'free-text = ["status"]'),
        ("[keep.id]", "[keep.identity]"),
        ("[drop]", "[drop"),
    ],
)  # fmt: skip
def test_a_word_that_is_not_known_or_has_no_place_is_refused(one, other):
    assert one in GOOD

    with pytest.raises(AllowListError):
        read_allow_list(GOOD.replace(one, other))


def test_a_reference_to_a_type_without_a_list_is_refused(tmp_path, monkeypatch):
    reference = 'kind = "reference"\nto = ["Person"]'
    text = GOOD.replace('kind = "code"\ncodes = ["flag-status"]', reference)
    (tmp_path / "Flag.toml").write_text(text)
    monkeypatch.setattr(allow_list, "_FOLDER", tmp_path)

    with pytest.raises(AllowListError, match="Flag refers to Person"):
        load_allow_lists()


def test_every_kind_is_explained():
    assert set(MEANINGS) == set(Kind)


def test_every_code_list_that_is_asked_for_is_there():
    asked = {name for one in ALLOW_LISTS for kept in one.kept for name in kept.codes}

    assert asked - CODE_LISTS.keys() == {"london-areas"}


@cache
def defined() -> dict[str, list[dict[str, object]]]:
    bundle = json.loads(gzip.decompress(DEFINITIONS.read_bytes()))
    return {
        entry["resource"]["id"]: entry["resource"]["snapshot"]["element"]
        for entry in bundle["entry"]
    }


def names_in(resource_type: str, group: str) -> set[str]:
    """Give the paths directly inside a group, each choice under all the names that it has."""
    start = f"{resource_type}.{group}." if group else f"{resource_type}."
    inside = [one for one in defined()[resource_type] if one["path"].startswith(start)]
    direct = [one for one in inside if "." not in one["path"][len(start) :]]
    return set(chain.from_iterable(map(names_of, direct)))


def names_of(element: dict[str, object]) -> list[str]:
    path = element["path"].partition(".")[2]
    if not path.endswith("[x]"):
        return [path]
    return [path[:-3] + kind["code"][0].upper() + kind["code"][1:] for kind in element["type"]]


@pytest.mark.skipif(not DEFINITIONS.exists(), reason="the published samples are not here")
@pytest.mark.parametrize("allowed", ALLOW_LISTS, ids=lambda one: one.resource_type)
def test_every_element_that_fhir_has_is_kept_left_out_or_refused(allowed):
    groups = ["", *(one.path for one in allowed.kept if one.kind is Kind.GROUP)]
    fhir = set().union(*(names_in(allowed.resource_type, group) for group in groups))

    dropped = set(chain.from_iterable(allowed.dropped.values()))
    assert {one.path for one in allowed.kept} | dropped | set(allowed.refused) == fhir
