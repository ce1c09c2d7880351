"""A FHIR server of another maker is the hospital, loaded with published records; nothing in the adapter knows it."""

import asyncio
import bz2
import os
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest

from fhir_profiles.systems import NHS_NUMBER
from tests.clients.node import HERE, NODE, run_node
from tests.clients.serving import served
from tests.london import London
from tests.stack import Stack, running_stack

SAMPLES = Path(os.environ.get("SCR_SAMPLE_DATA", "../shared/data"))  # noqa: TID251 - a switch of the test run
SYNTHEA = SAMPLES / "synthea_r4_bundles"
RECORD = "83c9c542-0421-9ccb-34f6-8c6876fe04e5.json.bz2"
PERSON = "no-records"
SERVED = (
    "Condition",
    "Encounter",
    "Immunization",
    "MedicationRequest",
    "Observation",
    "Procedure",
)


def published(name: str) -> dict[str, Any]:
    """Read one published transaction, or skip where there is none."""
    if not SYNTHEA.is_dir():
        pytest.skip("The published records are not here.")
    with bz2.open(SYNTHEA / name) as opened:
        return orjson.loads(opened.read())


def traced(london: London, record: dict[str, Any]) -> dict[str, Any]:
    """Give a published person the number, name and birth date of somebody PDS knows."""
    person = london.cohort.people[london.people[PERSON]]
    patient = record["entry"][0]["resource"]
    patient["identifier"].append({"system": NHS_NUMBER, "value": person.nhs_number.digits})
    patient["name"] = [{"family": person.family_name, "given": [*person.given_names]}]
    patient["birthDate"] = person.born_on.isoformat()
    return record


@pytest.fixture
def record(london: London) -> dict[str, Any]:
    return traced(london, published(RECORD))


@pytest.fixture
async def hospital(
    node_packages: Path, record: dict[str, Any], tmp_path: Path
) -> AsyncIterator[str]:
    """Start the other maker's server with the record and the organisations it refers to."""
    assert node_packages == HERE
    shared = [published(each.name) for each in sorted(SYNTHEA.glob("0-*.bz2"))]
    files = [tmp_path / f"{place}.json" for place in range(len(shared) + 1)]
    for file, content in zip(files, [*shared, record], strict=True):
        file.write_bytes(orjson.dumps(content))
    async with serving(files) as address:
        yield address


@asynccontextmanager
async def serving(files: list[Path]) -> AsyncIterator[str]:
    pipe = asyncio.subprocess.PIPE
    server = await asyncio.create_subprocess_exec(
        NODE, str(HERE / "medplum_hospital.mjs"), *map(str, files), stdin=pipe, stdout=pipe
    )
    assert server.stdin is not None
    assert server.stdout is not None
    try:
        port = (await server.stdout.readline()).decode().strip()
        assert port, "The server did not start."
        yield f"http://127.0.0.1:{port}"
    finally:
        server.stdin.close()
        await server.wait()


@pytest.fixture
async def with_medplum(
    london: London, hospital: str, template: Path, tmp_path: Path, compiled: Mapping[str, Any]
) -> AsyncIterator[Stack]:
    elsewhere = replace(london, addresses={**london.addresses, "hospital": hospital})
    patient = {"deadlines": {"hospital": 20.0}, "overall_seconds": 25.0}
    async with running_stack(elsewhere, template, tmp_path, compiled, **patient) as running:
        yield running


async def test_everything_that_was_loaded_comes_from_a_server_of_another_maker(
    with_medplum: Stack, record: dict[str, Any]
):
    loaded = loaded_types(record)

    whole = await with_medplum.everything("ed-consultant", PERSON)

    assert whole.outcomes["hospital"] == "data"
    came = Counter(each["resourceType"] for each in whole.from_source("hospital"))
    assert {each: came[each] for each in SERVED} == {each: loaded[each] for each in SERVED}


async def test_the_whole_viewers_script_passes_with_that_server_as_the_hospital(
    with_medplum: Stack, record: dict[str, Any]
):
    number = with_medplum.london.people[PERSON].digits
    token = await with_medplum.token("ed-consultant")

    async with served(with_medplum) as address:
        task = {"base": f"{address}/fhir", "token": token, "number": number}
        saw = await run_node("fhir_kit_viewer.mjs", task)

    assert saw["pages"] == 2
    assert len(saw["encounters"]) == loaded_types(record)["Encounter"]
    assert saw["one"] == saw["encounters"][0]
    assert set(saw["sources"]) == {"gp", "hospital", "ambulance"}


def loaded_types(record: dict[str, Any]) -> Counter[str]:
    return Counter(each["resource"]["resourceType"] for each in record["entry"])
