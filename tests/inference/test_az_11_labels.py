"""A labelled item is not there for who may not see its label: no byte of any answer is another for it (AZ-11, IL-02)."""

import asyncio
import json
from collections.abc import Callable

import pytest

from tests.inference.answers import Told, told
from tests.inference.scripted import says
from tests.safety.hostile_source import (
    Json,
    encounter,
    observation,
    patient_like,
    refer,
    searchset,
)
from tests.safety.siege import person_of
from tests.safety.two_hostiles import TwoHostiles

READER = "receptionist"
"""Of a labelled encounter a practice's desk sees nothing at all."""

OWN = refer("Patient/p1")
SECRET = "zq-secret-of-the-person"
ACT_CODE = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
CONFIDENTIALITY = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"
CODES = ("R", "V", "SEX", "HIV", "PSY", "sex", " Psy ", "never-heard-of", "")
SYSTEMS = (ACT_CODE, CONFIDENTIALITY, ACT_CODE.upper(), "urn:of-nobody", None)
LABELS = [(code, SYSTEMS[at % len(SYSTEMS)]) for at, code in enumerate(CODES)]
"""Every code once; that no code means less under another system is shown by SO-16."""

NAMED = "no-records"
"""A person of whom the other sources know nothing: all that differs is the hospital's."""


def meta(code: str, system: str | None) -> Json:
    coding = {"code": code} if system is None else {"system": system, "code": code}
    return {"security": [coding]}


def on_the_resource(label: Json) -> list[Json]:
    return [encounter("e1", OWN, SECRET, meta=label)]


def on_what_it_contains(label: Json) -> list[Json]:
    inner = {"resourceType": "Location", "id": "l", "name": SECRET, "meta": label}
    return [encounter("e1", OWN, SECRET, contained=[inner])]


def on_a_list_alone(label: Json) -> list[Json]:
    naming = {"status": "current", "mode": "working", "entry": [{"item": refer("Encounter/e1")}]}
    listed = {"resourceType": "List", "id": "l1", "subject": OWN, "meta": label, **naming}
    return [encounter("e1", OWN, SECRET), listed]


PLACES = (on_the_resource, on_what_it_contains, on_a_list_alone)


async def ways_of_asking(two: TwoHostiles) -> list[Told]:
    """Ask in every way in which something hidden could show."""
    person = two.stack.patient(NAMED)
    searched = f"/fhir/Encounter?patient={person}"
    paths = (
        f"/fhir/Patient/{person}/$everything",
        f"/fhir/Patient/{person}/$everything?_type=Encounter,List,Linkage",
        searched,
        f"{searched}&status=finished&date=2024-03-04",
        f"{searched}&_sort=-date&_count=1",
        f"{searched}&_sort=_id",
        f"{searched}&class=AMB&type=none",
        f"{searched}&date=lt2024-03-04T10:30:00Z",
    )
    await two.stack.token(READER)
    answers = await asyncio.gather(*(two.stack.get(READER, path) for path in paths))
    assert {each.status_code for each in answers} == {200}
    return [told(each) for each in answers]


async def with_more(two: TwoHostiles, *more: Json) -> list[Told]:
    """Let the hospital hold two plain items and these, and ask."""
    patient = patient_like(person_of(two.stack, NAMED))
    plain = encounter("e9", OWN, "plain", period={"start": "2024-03-04T09:00:00Z"})
    says(two.hospital, [patient, plain, observation("o9", OWN, "plain"), *more])
    says(two.ambulance, [patient])
    return await ways_of_asking(two)


@pytest.mark.parametrize("place", PLACES)
async def test_az_11_il_02_an_item_of_any_label_anywhere_is_as_if_it_were_not_there(
    two: TwoHostiles, place: Callable[[Json], list[Json]]
):
    without = await with_more(two)

    for code, system in LABELS:
        assert await with_more(two, *place(meta(code, system))) == without, (code, system)
    assert SECRET.encode() not in b"".join(each.body for each in without)


async def test_az_11_a_label_of_a_whole_page_covers_what_is_on_it(two: TwoHostiles):
    await with_more(two)
    page = searchset([encounter("e9", OWN, "plain"), encounter("e1", OWN, SECRET)])
    two.hospital.pages["Encounter"] = json.dumps(searchset([])).encode()
    without = await ways_of_asking(two)

    for code in ("R", "HIV", "never-heard-of"):
        labelled = {**page, "meta": meta(code, ACT_CODE)}
        two.hospital.pages["Encounter"] = json.dumps(labelled).encode()
        assert await ways_of_asking(two) == without


async def test_az_11_without_a_label_the_same_item_is_there(two: TwoHostiles):
    without = await with_more(two)

    with_it = await with_more(two, encounter("e1", OWN, SECRET))

    # In all but the search for a type that it has not.
    alike = [one == other for one, other in zip(with_it, without, strict=True)]
    assert alike == [*[False] * 6, True, False]
