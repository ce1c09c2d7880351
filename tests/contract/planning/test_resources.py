"""Sources export the planning population as FHIR, each what it knows."""

import json
from collections import Counter
from datetime import timedelta

import pytest
from fhir.resources.R4B import get_fhir_model_class

from adapters.simulators.planning.lives import ContactKind
from adapters.simulators.planning.population import Population
from adapters.simulators.planning.resources import lines_of
from adapters.simulators.truth import SourceKind

WORLD = Population(people=1_500)
NOW = WORLD.reference_time


@pytest.fixture(scope="module")
def lives():
    return list(WORLD.lives())


def exported(source, lives):
    return [line for life in lives for line in lines_of(source, life, NOW)]


@pytest.mark.parametrize("source", SourceKind)
def test_what_is_exported_is_valid_and_each_id_is_met_once(lives, source):
    lines = exported(source, lives[:300])

    assert len({(line.resource_type, line.id) for line in lines}) == len(lines) > 0
    for line in lines:
        model = get_fhir_model_class(line.resource_type).model_validate_json(line.body)
        assert model.id == line.id
        assert line.updated_at <= NOW + timedelta(hours=6)


@pytest.mark.parametrize("source", SourceKind)
def test_every_contact_of_a_source_is_in_its_export_and_no_other(lives, source):
    made = Counter(
        each.kind.encounter_class
        for life in lives
        if lines_of_anything(source, life)
        for each in life.contacts
        if each.kind.source is source
    )
    sent = (json.loads(line.body) for line in exported(source, lives))

    assert Counter(each["class"]["code"] for each in sent if "class" in each) == made


def lines_of_anything(source, life):
    return next(lines_of(source, life, NOW), None) is not None


def test_a_practice_keeps_objectors_back_unless_they_objected_after_its_extract(lives):
    objectors = [life for life in lives if life.resident.objected_on]
    sent = [life for life in objectors if lines_of_anything(SourceKind.GP, life)]

    assert 0 < len(sent) < len(objectors)
    cut_on = (NOW - timedelta(days=7)).date()
    assert all(life.resident.objected_on > cut_on for life in sent)


def test_an_assault_is_exported_with_its_items_and_its_careless_description(lives):
    lines = exported(SourceKind.HOSPITAL, lives)
    told = [json.loads(line.body) for line in lines if line.resource_type == "Observation"]
    items = {part["code"]["coding"][0]["code"] for each in told for part in each["component"]}

    assert items == {
        *("method", "location-type", "circumstance"),
        *("location-lsoa", "location-venue", "location-description"),
    }
    attended = {ContactKind.EMERGENCY}
    made = [c for life in lives for c in life.contacts if c.assault and c.kind in attended]
    assert len(told) == len(made)


def test_restricted_people_and_the_dead_are_marked_as_sources_mark_them(lives):
    lines = exported(SourceKind.GP, lives)
    patients = [json.loads(line.body) for line in lines if line.resource_type == "Patient"]

    marked = [each for each in patients if each["meta"].get("security")]
    dead = [each for each in patients if "deceasedDateTime" in each]
    assert marked
    assert dead
    assert len(marked) + len(dead) < len(patients) / 10
