"""The comparison beside cumulus-etl sees every probe that comes out of a pipeline, and none out of ours."""

import json

import pytest

from tests.population.deidentification.beside_cumulus import (
    as_table,
    every_probe,
    found_in,
    ours,
    write_export,
)
from tests.population.deidentification.r4_paths import IS_THERE

pytestmark = pytest.mark.skipif(not IS_THERE, reason="the published samples are not here")


@pytest.fixture(scope="module")
def probes():
    return [*every_probe(40, 1, of_cases=2_000)]


def test_a_pipeline_that_keeps_everything_lets_every_probe_out(probes):
    lines = [json.dumps(each.resource) for each in probes]

    assert found_in(lines, probes) == {*range(len(probes))}


def test_no_probe_comes_out_of_ours_though_most_resources_do(probes):
    lines = [*ours(probes)]

    assert found_in(lines, probes) == set()
    assert sum(line.startswith("{") for line in lines) > 0.9 * len(probes)


def test_the_table_counts_what_came_out_by_place(probes):
    heading = probes[0].heading
    tried = sum(each.heading == heading for each in probes)

    table = as_table(probes, {"a pipeline": {0}}, {"a pipeline": 1})

    assert f"| {heading} | {tried:,} | 1 |" in table
    assert f"| **all** | {len(probes):,} | 1 |" in table


def test_an_export_has_a_file_for_each_type_and_an_id_for_each_resource(probes, tmp_path):
    write_export(tmp_path / "in", probes)
    ids = [
        json.loads(line)["id"]
        for path in (tmp_path / "in").iterdir()
        for line in path.read_text("utf-8").splitlines()
    ]

    assert len(ids) == len(probes) + 1
    assert {path.stem for path in (tmp_path / "in").iterdir()} > {"Patient", "Encounter"}
