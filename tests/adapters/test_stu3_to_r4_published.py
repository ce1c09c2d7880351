"""Run the mapping over every published GP Connect record and account for every scalar."""

import gzip
import json
import os
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from fhir.resources.R4B import get_fhir_model_class as r4_model_of
from fhir.resources.STU3 import get_fhir_model_class as stu3_model_of
from pydantic import ValidationError

from adapters.stu3_to_r4 import LossReason, MappedRecord, map_bundle
from tests.adapters.scalar_account import unaccounted

REPOSITORY = Path(__file__).parents[2]
BESIDE = REPOSITORY.parent / "shared" / "data"
SAMPLES = Path(os.environ.get("SCR_SAMPLE_DATA", BESIDE))  # noqa: TID251
FOLDERS = [SAMPLES / "gpconnect_stu3", SAMPLES / "gpconnect_stu3_nopat"]
# As counted on the published records; a rise means that the mapping began to lose something.
MOST_LOSSES_A_RECORD = {
    LossReason.UNKNOWN_ELEMENT: 0,
    LossReason.UNREADABLE: 0,
    LossReason.NO_PLACE_IN_R4: 1,
}


@cache
def _read(path: Path) -> bytes:
    return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()


@cache
def _record(path: Path) -> MappedRecord:
    return map_bundle(_read(path))


def _bundles() -> list[Path]:
    files = sorted(path for folder in FOLDERS for path in folder.glob("*.json*"))
    return [path for path in files if json.loads(_read(path))["resourceType"] == "Bundle"]


def _parameters():
    if all(folder.is_dir() for folder in FOLDERS):
        return [pytest.param(path, id=path.name.partition(".")[0]) for path in _bundles()]
    reason = "the published sample data is not here (SCR_SAMPLE_DATA)"
    if "data" in os.environ.get("SCR_REQUIRE", ""):  # noqa: TID251
        pytest.fail(reason, pytrace=False)
    return [pytest.param(None, marks=pytest.mark.skip(reason))]


every_published_record = pytest.mark.parametrize("path", _parameters())


@every_published_record
def test_every_scalar_of_a_published_record_is_found_or_listed(path):
    body = _read(path)

    record = _record(path)

    assert unaccounted(body, record) == Counter()


@every_published_record
def test_a_published_record_loses_no_more_than_was_agreed(path):
    record = _record(path)

    lost = Counter(LossReason(item.reason) for item in record.listed)
    assert record.unreadable == 0
    assert {
        reason: lost[reason] for reason, most in MOST_LOSSES_A_RECORD.items() if lost[reason] > most
    } == {}


@every_published_record
def test_a_mapped_record_has_every_resource_and_keeps_its_original(path):
    body = _read(path)
    source = [entry["resource"] for entry in json.loads(body)["entry"]]
    lifted = [held for resource in source for held in resource.get("contained", [])]
    sent = {json.dumps(resource) for resource in [*source, *lifted]}

    record = _record(path)

    mapped = [entry["resource"] for entry in json.loads(record.body)["entry"]]
    assert len(mapped) == len(source) + len(lifted)
    assert record.originals.keys() <= {(one["resourceType"], one["id"]) for one in mapped}
    assert {json.dumps(json.loads(one)) for one in record.originals.values()} <= sent


@every_published_record
def test_a_mapped_record_fails_r4_only_where_its_source_fails_stu3(path):
    record = _record(path)
    faulty = [
        (one, fault)
        for one in (entry["resource"] for entry in json.loads(record.body)["entry"])
        if (fault := _fault(r4_model_of, one))
    ]

    ours = [
        (one["resourceType"], fault)
        for one, fault in faulty
        if not _is_faulty_at_source(record, one)
    ]

    assert ours == []


def _is_faulty_at_source(record, mapped) -> bool:
    original = record.originals.get((mapped["resourceType"], mapped["id"]))
    # Without its own id an original cannot be told apart: the mapping made the id.
    return original is not None and _fault(stu3_model_of, json.loads(original)) is not None


def _fault(model_of, resource) -> str | None:
    try:
        model_of(resource["resourceType"]).model_validate(resource)
    except ValidationError as error:
        return "; ".join(f"{fault['loc']} {fault['msg']}" for fault in error.errors())[:300]
    return None
