"""The published sources serve what was published; only what has to be changed is."""

import json
from collections.abc import Mapping
from pathlib import Path

import httpx2
import pytest

from adapters.contract import Outcome
from adapters.simulators.faults import FaultKind
from adapters.simulators.published.bundles import resources_in
from adapters.simulators.published.patients import (
    Identity,
    with_identity,
    with_number,
    with_number_everywhere,
)
from adapters.simulators.published.people import World
from adapters.simulators.published.samples import VARIABLE, NoSamplesError, Samples, samples_in
from adapters.simulators.published.table import Row
from fhir_profiles.nhs_number import NhsNumber
from fhir_profiles.systems import NHS_NUMBER
from tests.adapters.scalar_account import leaves_of
from tests.london import London
from tests.published.account import read_answer
from tests.published.asking import asked
from tests.published.samples import SAMPLES, needs_samples
from tests.published.table import small_first

NUMBER = NhsNumber("9990000018")
STRANGER = NhsNumber("9990000026")


def someone(published: World) -> Row:
    return next(row for row in small_first(published.rows.values()) if len(row.files) == 3)


async def resource_at(london: London, source: str, path: str) -> httpx2.Response:
    async with httpx2.AsyncClient(trust_env=False) as client:
        return await client.get(f"{london.addresses[source]}{path}")


@needs_samples
async def test_a_practice_changes_the_number_and_nothing_else(published: World):
    row = someone(published)
    record = SAMPLES.read(str(row.gp))
    served = with_number_everywhere(record, row.number)

    before, after = list(leaves_of(json.loads(record))), list(leaves_of(json.loads(served)))
    changed = {
        (path, new) for (path, old), (_path, new) in zip(before, after, strict=True) if old != new
    }

    assert changed == {("entry.resource.identifier.value", f'"{row.number.digits}"')}


@needs_samples
async def test_a_practice_knows_nobody_else(london: London):
    assert (await asked(london, "gp", STRANGER)).outcome is Outcome.REFUSED


@needs_samples
@pytest.mark.parametrize("source", ["gp", "hospital", "ambulance"])
async def test_a_published_source_can_mix_people_up(published: World, london: London, source: str):
    row = someone(published)
    london.faults[source].set(FaultKind.WRONG_PATIENT)

    try:
        answer = await asked(london, source, row.number)
    finally:
        london.clear_faults()

    assert read_answer(answer, published.cohort.people[row.number]).outcome == "wrong-patient"


@needs_samples
async def test_a_hospital_leads_every_reference_to_a_resource_that_can_be_read(
    published: World, london: London
):
    answer = await asked(london, "hospital", someone(published).number)
    served = b"".join(answer.bodies)

    encounter = next(
        entry["resource"]
        for entry in json.loads(answer.bodies[0])["entry"]
        if entry["resource"]["resourceType"] == "Encounter"
    )
    provider = encounter["serviceProvider"]["reference"]
    found = await resource_at(london, "hospital", f"/fhir/{provider}")
    again = await resource_at(london, "hospital", f"/fhir/Encounter/{encounter['id']}")

    assert b'"reference":"urn:uuid:' not in served
    assert (found.status_code, again.json()) == (200, encounter)


@needs_samples
async def test_a_hospital_leads_conditional_references_to_its_directory(
    published: World, london: London
):
    row = next(row for row in published.rows.values() if "085e81c0" in str(row.hospital))
    answer = await asked(london, "hospital", row.number)

    assert b"?identifier=" in SAMPLES.read(str(row.hospital))
    assert b"?identifier=" not in b"".join(answer.bodies)


@needs_samples
async def test_an_ambulance_service_serves_its_message_as_published(
    published: World, london: London
):
    row = next(row for row in published.rows.values() if "REFREQ01" in str(row.ambulance))
    answer = await asked(london, "ambulance", row.number)
    served = {
        entry["fullUrl"]: entry["resource"]
        for body in answer.bodies
        for entry in json.loads(body)["entry"]
    }

    published_there = {
        each.full_url: each for each in resources_in(SAMPLES.read(str(row.ambulance)))
    }

    assert served.keys() <= published_there.keys()
    # They are nobody's own: they came because something about the person leads to them.
    assert {"Organization", "Practitioner"} <= {each["resourceType"] for each in served.values()}
    for address, resource in served.items():
        if resource["resourceType"] != "Patient":
            assert resource == json.loads(published_there[address].raw)


@needs_samples
async def test_what_has_no_id_cannot_be_read_by_one(london: London):
    assert (await resource_at(london, "ambulance", "/fhir/Encounter/1")).status_code == 404
    assert (await resource_at(london, "hospital", "/fhir/Encounter/none-such")).status_code == 404


@needs_samples
def test_the_birth_date_that_does_not_exist_is_the_months_first_to_pds(published: World):
    row = next(
        row for row in published.rows.values() if "TPP" in str(row.gp) and "PWTP6" in str(row.gp)
    )

    assert b'"1961-04-93"' in SAMPLES.read(str(row.gp))
    assert published.cohort.people[row.number].born_on.isoformat() == "1961-04-01"


def test_a_number_takes_the_published_ones_place_with_everything_beside_it():
    patient = {"id": "p", "identifier": [{"use": "official", "system": NHS_NUMBER, "value": "1"}]}

    changed = json.loads(with_number(json.dumps(patient).encode(), NUMBER))

    assert changed["identifier"] == [
        {"use": "official", "system": NHS_NUMBER, "value": NUMBER.digits}
    ]


def test_a_patient_without_a_number_is_given_a_verified_one_and_keeps_every_other_value():
    identity = Identity(NUMBER, "Okafor", ("Ada",), "1980-02-03")
    patient = b'{"id":"p","identifier":[{"value":"local"}],"extension":[{"valueDecimal":1.50}]}'

    changed = with_identity(patient, identity)

    held = json.loads(changed)
    assert b"1.50" in changed
    assert (held["birthDate"], held["name"][0]["family"]) == ("1980-02-03", "Okafor")
    assert [each["value"] for each in held["identifier"]] == ["local", NUMBER.digits]


def test_samples_are_found_where_they_are_said_to_be(tmp_path: Path):
    said: Mapping[str, str] = {VARIABLE: str(tmp_path)}

    assert samples_in(None, said) == samples_in(tmp_path, {}) == Samples(tmp_path)
    with pytest.raises(NoSamplesError, match=VARIABLE):
        samples_in(tmp_path / "nowhere", {})
    with pytest.raises(NoSamplesError, match=r"a\.json"):
        Samples(tmp_path).read("a.json")
