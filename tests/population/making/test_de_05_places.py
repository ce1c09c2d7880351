"""The place of an assault is told only where nothing on record speaks against it."""

import json
from copy import deepcopy
from dataclasses import replace

import pytest

from adapters.simulators.cohort import DEFAULT_REFERENCE_TIME
from adapters.simulators.planning.resources import lines_of
from adapters.simulators.truth import SourceKind
from gateway.population.gate import Refusal
from tests.population.making.neighbours import HERE, THERE, made, neighbours, order_of
from tests.population.making.reading import files_of
from tests.population.making.stores import PATIENT_FIRST, put_lines


def part_of(assault, item):
    return next(each for each in assault["component"] if each["code"]["coding"][0]["code"] == item)


def said_on_another_record(assault):
    other = {**deepcopy(assault), "id": f"{assault['id']}-2", "status": "preliminary"}
    part_of(other, "circumstance")["valueCodeableConcept"]["coding"][0]["code"] = "domestic"
    return [assault, other]


def in_two_places(assault):
    also = deepcopy(part_of(assault, "location-lsoa"))
    also["valueCodeableConcept"]["coding"][0]["code"] = THERE
    assault["component"].append(also)
    return [assault]


def lines_with(lives, alter):
    """Give what the hospital says of lives, each assault altered, by type."""
    found = {each: [] for each in PATIENT_FIRST}
    for life in lives:
        for line in lines_of(SourceKind.HOSPITAL, life, DEFAULT_REFERENCE_TIME):
            is_assault = line.resource_type == "Observation"
            told = alter(json.loads(line.body)) if is_assault else [json.loads(line.body)]
            found[line.resource_type] += [json.dumps(each).encode() for each in told]
    return found


def released(folder, alter, weaken=lambda sql: sql):
    """Give all bytes of a release of forty people of one area."""
    put_lines(folder / "store" / "hospital", lines_with(neighbours(40), alter))
    order = order_of(folder / "store", "violence")
    weak = replace(order.dataset, sql=weaken(order.dataset.sql))
    made_ = made(replace(order, dataset=weak), folder / "release")
    assert not isinstance(made_, Refusal)
    return b"".join(files_of(folder / "release").values())


@pytest.mark.parametrize("alter", [said_on_another_record, in_two_places])
def test_de_05_a_place_that_anything_speaks_against_is_in_no_file(tmp_path, alter):
    whole = released(tmp_path, alter)

    assert HERE.encode() not in whole
    assert b"street" not in whole or alter is in_two_places


def test_de_05_a_dataset_that_looks_at_one_record_alone_would_be_found(tmp_path):
    whole = released(
        tmp_path, said_on_another_record, lambda sql: sql.replace("bool_and", "bool_or")
    )

    assert HERE.encode() in whole
