"""What is not served of `_include` is refused before anybody is asked; what comes along passes the same check (AZ-04)."""

import pytest

from tests.safety.hostile_source import CANARY, observation, patient_like, refer, somebody_else
from tests.safety.siege import ASKED_ABOUT, DOCTOR, Siege, holds_no_canary, rows
from tests.stack import Stack

INCLUDES = (
    "_include=*",
    "_include:iterate=*",
    "_include=Observation:focus",
    "_include=Encounter:part-of",
    "_include:iterate=Encounter:part-of",
    "_include=Observation:device",
    "_include=Observation:device:Device",
    "_include:recurse=Observation:subject",
    "_revinclude=*",
    "_revinclude=Provenance:target",
    "_revinclude:iterate=Observation:subject",
    "_contained=both",
)
OWN = refer("Patient/p1")


@pytest.mark.parametrize("asked", INCLUDES)
async def test_az_04_no_include_is_served_and_none_asks_a_source(stack: Stack, asked: str):
    person = stack.patient(ASKED_ABOUT)
    name, _, value = asked.partition("=")

    answers = [
        await stack.get(DOCTOR, f"/fhir/Observation?patient={person}&{asked}"),
        await stack.post(DOCTOR, "/fhir/Encounter/_search", {"patient": person, name: value}),
        await stack.get(DOCTOR, f"/fhir/Patient/{person}/$everything?{asked}"),
        await stack.get(DOCTOR, f"/fhir/Patient/{person}?{asked}"),
        await stack.post(DOCTOR, "/fhir/Patient/_search", {"family": "x", name: value}),
    ]

    assert [each.status_code for each in answers] == [400] * 5
    assert await rows(stack, "asked") == []


def device(whose: str, **changes: object) -> dict[str, object]:
    named = {"deviceName": [{"name": CANARY, "type": "other"}], "serialNumber": CANARY}
    return {"resourceType": "Device", "id": "d1", "patient": refer(whose), **named, **changes}


@pytest.mark.parametrize("named", ["device", "focus", "part-of"])
async def test_az_04_what_an_item_names_comes_along_only_if_it_is_the_persons(
    siege: Siege, named: str
):
    reference = {
        "device": {"device": refer("Device/d1")},
        "focus": {"focus": [refer("Device/d1")]},
        "part-of": {"partOf": [refer("Device/d1")]},
    }[named]
    own = observation("o1", OWN, "own", **reference)
    found = siege.hostile.found_bytes("Observation", own, device("Patient/p2"), somebody_else())
    siege.hostile.holds(patient_like(siege.person))
    siege.hostile.pages["Observation"] = found

    answer = await siege.stack.everything(DOCTOR, ASKED_ABOUT)

    assert answer.of("Device") == []
    assert answer.from_source("hospital") == []
    assert answer.outcomes["hospital"] == "refused"
    assert holds_no_canary(answer)


async def test_az_04_a_device_without_a_proven_owner_does_not_come_along(siege: Siege):
    own = observation("o1", OWN, "own", device=refer("Device/d1"))
    found = siege.hostile.found_bytes("Observation", own, device("Patient/unknown"))
    siege.hostile.holds(patient_like(siege.person))
    siege.hostile.pages["Observation"] = found

    answer = await siege.stack.everything(DOCTOR, ASKED_ABOUT)

    assert answer.of("Device") == []
    assert [each["valueString"] for each in answer.of("Observation", "hospital")] == ["own"]
    assert holds_no_canary(answer)
