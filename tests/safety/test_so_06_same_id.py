"""One id, several things (SO-06): ids belong to their source, and no copy ever silently wins."""

from collections.abc import AsyncIterator, Mapping
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from tests.london import London
from tests.safety.hostile_source import Json, encounter, observation, patient_like, refer
from tests.safety.siege import ASKED_ABOUT, DOCTOR, Siege, person_of, safety_events
from tests.safety.two_hostiles import TwoHostiles, besieged_twice
from tests.stack import Bundle

OWN = refer("Patient/p1")


@pytest.fixture
async def two(
    london: London, template: Path, tmp_path: Path, compiled: Mapping[str, Any]
) -> AsyncIterator[TwoHostiles]:
    async with besieged_twice(london, template, tmp_path, compiled) as both:
        yield both


def words_of(answer: Bundle, source: str) -> list[str]:
    return sorted(each["type"][0]["text"] for each in answer.of("Encounter", source))


def conflicts_in(answer: Bundle) -> list[Json]:
    return [each for each in answer.of("DetectedIssue") if "different versions" in each["detail"]]


async def test_so_06_the_same_id_of_two_sources_is_two_items_and_each_source_means_its_own(
    two: TwoHostiles,
):
    person = person_of(two.stack, ASKED_ABOUT)
    for word, source in (("seen in hospital", two.hospital), ("seen at home", two.ambulance)):
        seen = observation("o1", OWN, word, encounter=refer("Encounter/1"))
        source.holds(patient_like(person), encounter("1", OWN, word), seen)

    answer = await two.stack.everything(DOCTOR, ASKED_ABOUT)

    of_hospital, of_ambulance = (answer.of("Encounter", name)[0] for name in SOURCES)
    assert of_hospital["id"] != of_ambulance["id"]
    for source, found in zip(SOURCES, (of_hospital, of_ambulance), strict=True):
        [seen] = answer.of("Observation", source)
        assert found["type"][0]["text"] == seen["valueString"]
        assert seen["encounter"] == {"reference": f"Encounter/{found['id']}"}
    assert (answer.outcomes["hospital"], answer.is_complete) == ("data", "true")
    assert conflicts_in(answer) == []


SOURCES = ("hospital", "ambulance")


@pytest.mark.parametrize("order", list(permutations(range(3))))
async def test_so_06_different_copies_of_one_id_are_all_shown_and_flagged_in_any_order(
    siege: Siege, order: tuple[int, ...]
):
    copies = [encounter("1", OWN, word) for word in ("first", "second", "third")]

    answer = await siege.asked(patient_like(siege.person), *(copies[each] for each in order))

    assert words_of(answer, "hospital") == ["first", "second", "third"]
    assert len({each["id"] for each in answer.of("Encounter", "hospital")}) == 3
    [conflict] = conflicts_in(answer)
    assert len(conflict["implicated"]) == 3
    await siege.told_truly(answer, "malformed", "conflicting-copies")
    assert await safety_events(siege.stack) == ()


async def test_so_06_a_later_version_does_not_put_out_an_earlier_one(siege: Siege):
    old = encounter("1", OWN, "old", meta={"versionId": "1", "lastUpdated": "2024-01-01T00:00:00Z"})
    new = encounter("1", OWN, "new", meta={"versionId": "2", "lastUpdated": "2025-01-01T00:00:00Z"})

    answer = await siege.asked(patient_like(siege.person), new, old)

    assert words_of(answer, "hospital") == ["new", "old"]
    assert len(conflicts_in(answer)) == 1


async def test_so_06_the_same_copy_twice_is_one_item(siege: Siege):
    once = encounter("1", OWN, "once")

    answer = await siege.asked(patient_like(siege.person), once, once)

    assert words_of(answer, "hospital") == ["once"]
    assert (answer.outcomes["hospital"], answer.is_complete) == ("data", "true")


async def test_so_06_a_reference_to_an_id_that_two_things_have_leads_to_neither(siege: Siege):
    seen = observation("o1", OWN, "seen", encounter=refer("Encounter/1"))
    copies = [encounter("1", OWN, word) for word in ("first", "second")]

    answer = await siege.asked(patient_like(siege.person), *copies, seen)

    [told] = answer.of("Observation", "hospital")
    assert "reference" not in told["encounter"]


@pytest.mark.parametrize(
    "full_url", ["urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0", "https://a/fhir/x"]
)
async def test_so_06_one_full_url_on_two_items_names_neither_and_both_are_shown(
    siege: Siege, full_url: str
):
    both = [(full_url, encounter(number, OWN, number)) for number in ("1", "2")]
    seen = observation("o1", OWN, "seen", encounter=refer(full_url))

    answer = await siege.asked(patient_like(siege.person), *both, seen)

    assert words_of(answer, "hospital") == ["1", "2"]
    [told] = answer.of("Observation", "hospital")
    assert "reference" not in told["encounter"]


async def test_so_06_an_item_under_the_full_url_of_the_patient_does_not_stand_for_the_patient(
    siege: Siege,
):
    address = "https://hospital.example/fhir/Patient/p1"
    posing = (address, encounter("1", OWN, "posing"))
    answer = await siege.asked(
        (address, patient_like(siege.person)), posing, encounter("2", refer(address), "plain")
    )

    person = {"reference": f"Patient/{siege.stack.patient(ASKED_ABOUT)}"}
    assert words_of(answer, "hospital") == ["plain", "posing"]
    assert [each["subject"] for each in answer.of("Encounter", "hospital")] == [person, person]
