"""Labels that are missing, at odds, only on the Patient, or late (SO-16): the strictest seen anywhere counts."""

import json
from collections.abc import AsyncIterator, Mapping
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from tests.london import London
from tests.safety.hostile_source import Json, encounter, observation, patient_like, refer
from tests.safety.siege import ASKED_ABOUT, Siege, person_of
from tests.safety.two_hostiles import TwoHostiles, besieged_twice
from tests.stack import Bundle

OWN = refer("Patient/p1")
READER = "gp"
"""Sees a hospital's encounters whole, and nothing of those that are about gender, sex or a sealed reason."""

ACT_CODE = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
CONFIDENTIALITY = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"
SYSTEMS = (ACT_CODE, ACT_CODE.upper(), CONFIDENTIALITY, "urn:of-nobody", "", None)
AT_ODDS = (
    ("GENDER",),
    ("N", "SEX"),
    ("SEX", "N"),
    ("sex",),
    (" SEX ",),
    ("HIV", "NOPAT"),
    ("V",),
    ("V", "N"),
    ("a-word-that-nobody-knows",),
    ("",),
    (None,),
)
GENDER = {"security": [{"system": ACT_CODE, "code": "GENDER"}]}
SECRET = "zq-secret-of-the-person"


def labelled(codes: tuple[str | None, ...], system: str | None) -> Json:
    stated = [{"system": system, "code": code} for code in codes]
    return {
        "meta": {
            "security": [
                {name: value for name, value in each.items() if value is not None}
                for each in stated
            ]
        }
    }


@pytest.fixture
async def two(
    london: London, template: Path, tmp_path: Path, compiled: Mapping[str, Any]
) -> AsyncIterator[TwoHostiles]:
    async with besieged_twice(london, template, tmp_path, compiled) as both:
        yield both


async def told(siege: Siege, *resources: Json, patient: Json | None = None) -> Bundle:
    siege.hostile.holds(patient or patient_like(siege.person), *resources)
    return await siege.stack.everything(READER, ASKED_ABOUT)


def words_of(answer: Bundle, source: str = "hospital") -> set[str]:
    return {each["type"][0]["text"] for each in answer.of("Encounter", source)}


async def test_so_16_without_a_label_an_item_is_told_and_a_harmless_one_changes_nothing(
    siege: Siege,
):
    normal = labelled(("N",), CONFIDENTIALITY)
    withheld_from_patient = labelled(("NOPAT",), ACT_CODE)

    answer = await told(
        siege,
        encounter("e1", OWN, "plain"),
        encounter("e2", OWN, "empty", meta={"security": []}),
        encounter("e3", OWN, "normal", **normal),
        encounter("e4", OWN, "nopat", **withheld_from_patient),
    )

    assert words_of(answer) == {"plain", "empty", "normal", "nopat"}


async def test_so_16_the_strictest_of_an_items_labels_counts_whatever_system_it_names(
    siege: Siege,
):
    items = [
        encounter(f"e{at}", OWN, f"{codes} of {system}", **labelled(codes, system))
        for at, (codes, system) in enumerate(product(AT_ODDS, SYSTEMS))
    ]

    answer = await told(siege, encounter("plain", OWN, "plain"), *items)

    assert words_of(answer) == {"plain"}


async def test_so_16_a_missing_label_does_not_open_what_the_items_own_code_closes(siege: Siege):
    clinic = {"coding": [{"system": "http://snomed.info/sct", "code": "86406008"}]}
    condition = {
        "resourceType": "Condition",
        "id": "c1",
        "subject": OWN,
        "code": {**clinic, "text": SECRET},
    }
    harmless = {**condition, "id": "c2", **labelled(("N",), CONFIDENTIALITY)}

    answer = await told(siege, condition, harmless)

    assert SECRET.encode() not in answer.response.content
    assert answer.of("Condition", "hospital") == []


async def test_so_16_a_label_on_the_patient_alone_covers_all_of_that_source(siege: Siege):
    items = encounter("e1", OWN, SECRET), observation("o1", OWN, SECRET)
    patient = patient_like(siege.person, meta=GENDER)

    answer = await told(siege, *items, patient=patient)

    assert SECRET.encode() not in answer.response.content
    assert answer.from_source("hospital") == []
    assert answer.from_source("gp")
    assert (answer.outcomes["hospital"], answer.is_complete) == ("empty", "true")


@pytest.mark.parametrize("labelled_page", [1, 2])
async def test_so_16_a_label_on_one_page_closes_the_item_on_the_other(
    siege: Siege, labelled_page: int
):
    pages = {
        number: encounter(
            "e1", OWN, SECRET, **({"meta": GENDER} if number == labelled_page else {})
        )
        for number in (1, 2)
    }

    answer = await told(siege, pages[1], encounter("e2", OWN, "plain"), pages[2])

    assert words_of(answer) == {"plain"}
    assert SECRET.encode() not in answer.response.content
    assert answer.of("DetectedIssue") == []


async def test_so_16_a_label_that_comes_between_two_pages_covers_the_page_that_had_come(
    siege: Siege,
):
    first, second = patient_like(siege.person), patient_like(siege.person, meta=GENDER)
    siege.hostile.holds(first, encounter("e1", OWN, SECRET))
    whole = json.loads(siege.hostile.found_bytes("Patient"))
    whole["link"] = [{"relation": "next", "url": "Encounter?of=patient"}]
    siege.hostile.pages["Patient"] = json.dumps(whole).encode()
    siege.hostile.pages["Encounter"] = siege.hostile.found_bytes("Encounter", second)

    answer = await siege.stack.everything(READER, ASKED_ABOUT)

    assert SECRET.encode() not in answer.response.content
    assert answer.of("Encounter", "hospital") == []


async def test_so_16_a_label_of_one_source_closes_the_same_item_of_another(two: TwoHostiles):
    person = person_of(two.stack, ASKED_ABOUT)
    shared = {"identifier": [{"system": "urn:incident", "value": "incident-77"}]}
    for source, more in ((two.hospital, {}), (two.ambulance, {"meta": GENDER})):
        item = encounter("e1", OWN, SECRET, **shared, **more)
        source.holds(patient_like(person), item, encounter("e2", OWN, "plain"))

    answer = await two.stack.everything(READER, ASKED_ABOUT)

    assert SECRET.encode() not in answer.response.content
    assert words_of(answer) == words_of(answer, "ambulance") == {"plain"}


async def test_so_16_a_label_inside_a_contained_resource_closes_what_holds_it(siege: Siege):
    inner = {"resourceType": "Location", "id": "l", "name": SECRET, "meta": GENDER}

    answer = await told(siege, encounter("e1", OWN, SECRET, contained=[inner]))

    assert SECRET.encode() not in answer.response.content
