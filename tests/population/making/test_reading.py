"""What a release reads of the store is the newest of each row, of nobody who is left out."""

import json
from dataclasses import replace

import pytest

from fhir_profiles.systems import LABEL, V3_CONFIDENTIALITY
from gateway.population.contents.reading import Reader
from gateway.population.pull_manifest import Partition, pull_folder, write_partition
from tests.population.making.neighbours import order_of
from tests.population.making.stores import put_manifest


def patient(who="a", **more):
    return {"resourceType": "Patient", "id": who, **more}


def contact(name="c", who="a", **more):
    subject = {"subject": {"reference": f"Patient/{who}"}}
    return {"resourceType": "Encounter", "id": name, **subject, **more}


def security(code, system=LABEL):
    return {"meta": {"security": [{"system": system, "code": code}]}}


RESTRICTED = security("R", V3_CONFIDENTIALITY)


def put(folder, *rows, pull=1, gone=()):
    parts = []
    for number, (each, is_deletions) in enumerate([(rows, False), (gone, True)]):
        by_type = {}
        for row in each:
            by_type.setdefault(row["resourceType"], []).append(json.dumps(row).encode() + b"\n")
        for kind, lines in by_type.items():
            part = Partition(f"{number}-{kind}.ndjson", kind, is_deletions=is_deletions)
            parts.append(write_partition(pull_folder(folder, pull), part, b"".join(lines)))
    put_manifest(folder, tuple(parts), pull)


def read(store, tmp_path, resource_type="Encounter", **changes):
    order = order_of(store, "linked-activity", **changes)
    reader = Reader(order)
    for source in order.sources:
        reader.write(source, resource_type, tmp_path / "rows")
    return [json.loads(line)["id"] for line in (tmp_path / "rows").read_bytes().splitlines()]


@pytest.mark.parametrize(
    ("person", "row", "left_out"),
    [
        ({}, {}, set()),
        (RESTRICTED, {}, {"a"}),
        ({"deceasedBoolean": True}, {}, {"a"}),
        ({}, security("safeguarding"), {"a"}),
    ],
)
def test_t20_whoever_is_left_out_is_known_to_be(tmp_path, person, row, left_out):
    put(tmp_path / "store" / "gp", patient(**person), contact(**row), patient("b"))
    order = order_of(tmp_path / "store", "linked-activity", left_out=frozenset({"c"}))
    reader = Reader(order)

    for each in ("Patient", "Encounter"):
        reader.write(order.sources[0], each, tmp_path / each)

    assert reader.left_out == left_out | {"c"}


@pytest.mark.parametrize(
    ("person", "row", "is_read"),
    [
        ({}, {}, True),
        (RESTRICTED, {}, False),
        (security("safeguarding"), {}, False),
        ({"deceasedBoolean": True}, {}, False),
        ({"deceasedBoolean": False}, {}, True),
        ({"deceasedDateTime": "2026-01"}, {}, False),
        ({}, RESTRICTED, False),
        ({}, security("mental-health"), False),
        ({}, security("normal"), True),
        ({}, security("unheard-of"), False),
        ({}, security("normal", "urn:other"), False),
    ],
    ids=str,
)
def test_flags_labels_and_deaths_keep_rows_out(tmp_path, person, row, is_read):
    put(tmp_path / "hospital", patient(**person), contact(**row))

    assert read(tmp_path, tmp_path) == (["c"] if is_read else [])


def test_a_row_of_nobody_whom_the_store_knows_is_not_read(tmp_path):
    put(tmp_path / "hospital", patient("a"), contact("c", "b"), patient("d"))
    put(tmp_path / "hospital", patient("a"), contact("x", "gone"), pull=2)

    assert read(tmp_path, tmp_path) == []


def test_t20_whoever_the_order_leaves_out_is_not_read(tmp_path):
    put(tmp_path / "hospital", patient("a"), patient("b"), contact("c", "a"), contact("d", "b"))

    assert read(tmp_path, tmp_path, left_out=frozenset({"a"})) == ["d"]
    assert read(tmp_path, tmp_path, "Patient", left_out=frozenset({"a"})) == ["b"]


def test_a_flag_in_one_source_counts_in_all(tmp_path):
    put(tmp_path / "gp", patient(**RESTRICTED))
    put(tmp_path / "hospital", patient(), contact())

    assert read(tmp_path, tmp_path) == []


def test_de_05_what_a_source_deleted_is_not_read(tmp_path):
    put(tmp_path / "hospital", patient(), contact("c"), contact("d"))
    put(tmp_path / "hospital", patient(), pull=2, gone=[contact("c")])

    assert read(tmp_path, tmp_path) == ["d"]


def test_pulls_that_finished_after_the_order_do_not_count(tmp_path):
    put(tmp_path / "hospital", patient(), contact("c"))
    sources = order_of(tmp_path, "violence").sources
    put(tmp_path / "hospital", patient(), contact("d"), pull=2)

    assert read(tmp_path, tmp_path, sources=sources) == ["c"]
    assert sorted(read(tmp_path, tmp_path)) == ["c", "d"]


def test_the_newest_version_of_a_row_is_the_one_that_is_read(tmp_path):
    put(tmp_path / "hospital", patient(), contact("c", status="planned"))
    put(tmp_path / "hospital", patient(), contact("c", status="finished"), pull=2)

    assert read(tmp_path, tmp_path) == ["c"]
    assert b"finished" in (tmp_path / "rows").read_bytes()


def test_a_dataset_that_has_the_dead_reads_them(tmp_path):
    put(tmp_path / "hospital", patient(deceasedBoolean=True), contact())
    dataset = order_of(tmp_path, "linked-activity").dataset
    rule = replace(dataset.opt_out_rule, has_the_dead=True)

    assert read(tmp_path, tmp_path, dataset=replace(dataset, opt_out_rule=rule)) == ["c"]
