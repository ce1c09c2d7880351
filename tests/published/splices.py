"""Splice two published GP records: what a practice sends whose system mixes two people up.

The truth is the files': whatever has a subject and came from the other file is the other person's.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

import orjson

from adapters.contract import AddressUse, Demographics
from adapters.simulators.published.patients import with_number_everywhere
from adapters.simulators.published.people import World
from adapters.simulators.published.table import Row

Json = dict[str, Any]

NOBODYS = frozenset(
    {
        "Binary",
        "Device",
        "HealthcareService",
        "Location",
        "Medication",
        "Organization",
        "Practitioner",
        "PractitionerRole",
        "Schedule",
        "Slot",
    }
)
"""Types without a subject: two people's records may rightly name the same."""


@dataclass(frozen=True)
class Record:
    """One person's published GP record under the person's own number."""

    row: Row
    bundle: Json

    @property
    def patient(self) -> Json:
        return next(each for each in self.resources() if each["resourceType"] == "Patient")

    def resources(self) -> list[Json]:
        return [each["resource"] for each in self.bundle["entry"]]

    def about_the_person(self) -> list[Json]:
        return [each for each in self.resources() if each["resourceType"] not in NOBODYS]


def record_of(world: World, row: Row) -> Record | None:
    """Read a record; None when it has no one Patient, as some that were published broken."""
    assert row.gp is not None
    body = with_number_everywhere(world.samples.read(row.gp), row.number)
    bundle = orjson.loads(body)
    entries = [each.get("resource", {}) for each in bundle.get("entry", [])]
    patients = [each for each in entries if each.get("resourceType") == "Patient"]
    is_whole = len(patients) == 1 and row.number.digits in str(patients[0])
    return Record(row, bundle) if is_whole else None


def person_of(world: World, row: Row) -> Demographics:
    """Give the person as PDS knows them."""
    person = world.cohort.people[row.number]
    return Demographics(
        nhs_number=row.number,
        family_name=person.family_name,
        given_names=person.given_names,
        prefix=person.prefix,
        gender=person.gender,
        born_on=person.born_on.isoformat(),
        died_at=None,
        practice=person.practice,
        address_lines=(),
        postcode=None,
        address_use=AddressUse.UNRESTRICTED,
        body=b'{"resourceType":"Patient","id":"x"}',
    )


Splice = Callable[[Random, Record, Record], list[Json]]


def _whole(_random: Random, _own: Record, other: Record) -> list[Json]:
    return other.resources()


def _one_item(random: Random, own: Record, other: Record) -> list[Json]:
    return [*own.resources(), random.choice(_items_of(other))]


def _many_items(random: Random, own: Record, other: Record) -> list[Json]:
    items = _items_of(other)
    return [*own.resources(), *random.sample(items, (1 + len(items)) // 2)]


def _other_patient(_random: Random, own: Record, other: Record) -> list[Json]:
    return [*own.resources(), other.patient]


def _both(random: Random, own: Record, other: Record) -> list[Json]:
    both = [*own.resources(), *other.resources()]
    random.shuffle(both)
    return both


def _patient_exchanged(_random: Random, own: Record, other: Record) -> list[Json]:
    exchanged = {**other.patient, "id": own.patient["id"]}
    return [exchanged if each is own.patient else each for each in own.resources()]


def _item_exchanged(random: Random, own: Record, other: Record) -> list[Json]:
    at, found = random.randrange(len(own.resources())), own.resources()
    return [*found[:at], random.choice(_items_of(other)), *found[at + 1 :]]


def _under_an_own_id(random: Random, own: Record, other: Record) -> list[Json]:
    """Put the other's item in the place of an own one of its type, under that one's id."""
    item = random.choice(_items_of(other))
    alike = [each for each in _items_of(own) if each["resourceType"] == item["resourceType"]]
    taken = {**item, "id": random.choice(alike)["id"]} if alike else item
    return [each for each in own.resources() if each not in alike[:1]] + [taken]


def _contained(random: Random, own: Record, other: Record) -> list[Json]:
    held = {**other.patient, "id": "held"}
    item = {**random.choice(_items_of(own)), "contained": [held]}
    return [*own.resources(), {**item, "id": "holds-the-other"}]


SPLICES: Mapping[str, Splice] = {
    "whole": _whole,
    "one-item": _one_item,
    "many-items": _many_items,
    "other-patient": _other_patient,
    "both": _both,
    "patient-exchanged": _patient_exchanged,
    "item-exchanged": _item_exchanged,
    "under-an-own-id": _under_an_own_id,
    "contained": _contained,
}


def spliced(kind: str, random: Random, own: Record, other: Record) -> bytes:
    """Give a record in which the other person's resources stand beside or instead of the own."""
    entries = [{"resource": each} for each in SPLICES[kind](random, own, other)]
    return orjson.dumps({**own.bundle, "entry": entries})


def may_be_told_apart(own: Record, other: Record) -> bool:
    """Say whether the two have different local ids: an item under the own one's id says it is the own's."""
    return bool(own.patient["id"] != other.patient["id"])


def _items_of(record: Record) -> list[Json]:
    found = [
        each
        for each in record.about_the_person()
        if each["resourceType"] not in {"Patient", "List", "OperationOutcome"}
    ]
    return found or record.about_the_person()
