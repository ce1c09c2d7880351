"""Make the people of the published records: PDS holds what the GP file says, else what the hospital file says.

Holds no clinical data. All are registered with the demo's own practice, which is where their GP files are
served; files are read when somebody is asked for.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import msgspec
from typing_extensions import override

from adapters.simulators.people import DEMO_PRACTICE, ORGANISATIONS
from adapters.simulators.published.bundles import resources_in
from adapters.simulators.published.patients import Identity
from adapters.simulators.published.samples import Samples
from adapters.simulators.published.table import Row, read_table
from adapters.simulators.truth import Cohort, Person
from fhir_profiles.nhs_number import NhsNumber

HOSPITAL = "RRV"
AMBULANCE = "RRU"

_HEAD_BYTES = 256 * 1024
"""A Synthea bundle begins with its Patient, which is a few kilobytes long; the rest is up to 13 MB."""


@dataclass(frozen=True, slots=True)
class World:
    """The published people, where their files are, and who they are."""

    samples: Samples
    rows: Mapping[NhsNumber, Row]
    cohort: Cohort

    def identity_of(self, number: NhsNumber) -> Identity:
        """Give what PDS knows a person by."""
        person = self.cohort.people[number]
        return Identity(number, person.family_name, person.given_names, person.born_on.isoformat())


def open_world(samples: Samples, at: datetime, rows: Sequence[Row] | None = None) -> World:
    """Make the world of the table's people, of the checked-in one if none is given; reads no record."""
    by_number = {row.number: row for row in (read_table() if rows is None else rows)}
    cohort = Cohort(
        seed=0,
        people=_People(samples, by_number),
        facts=(),
        statements={},
        organisations=ORGANISATIONS,
        reference_time=at,
    )
    return World(samples, by_number, cohort)


@dataclass(frozen=True, slots=True)
class _People(Mapping[NhsNumber, Person]):
    """People by number, each read from their file when first looked at."""

    samples: Samples
    rows: Mapping[NhsNumber, Row]
    known: dict[NhsNumber, Person] = field(default_factory=dict)

    @override
    def __getitem__(self, number: NhsNumber) -> Person:
        if number not in self.known:
            row = self.rows[number]
            self.known[number] = _person(row, _published_patient(self.samples, row))
        return self.known[number]

    @override
    def __contains__(self, number: object) -> bool:
        return number in self.rows

    @override
    def __iter__(self) -> Iterator[NhsNumber]:
        return iter(self.rows)

    @override
    def __len__(self) -> int:
        return len(self.rows)


def _published_patient(samples: Samples, row: Row) -> Mapping[str, Any]:
    if row.gp is not None:
        patients = _patients_in(samples.read(row.gp))
        if patients:
            return patients[0]
    # One published GP record has no Patient at all.
    assert row.hospital is not None
    return _first_resource(samples.beginning(row.hospital, _HEAD_BYTES))


def _patients_in(bundle: bytes) -> list[dict[str, Any]]:
    return [
        msgspec.json.decode(each.raw)
        for each in resources_in(bundle)
        if each.resource_type == "Patient"
    ]


def _first_resource(head: bytes) -> Mapping[str, Any]:
    text = head.decode(errors="ignore")
    start = text.index("{", text.index('"resource"'))
    found: dict[str, Any] = json.JSONDecoder().raw_decode(text, start)[0]
    return found


def _person(row: Row, patient: Mapping[str, Any]) -> Person:
    name = _official(patient["name"])
    address: Mapping[str, Any] = next(iter(patient.get("address", ())), {})
    return Person(
        nhs_number=row.number,
        family_name=name["family"],
        given_names=tuple(name.get("given", ())),
        prefix=next(iter(name.get("prefix", ())), ""),
        gender=patient["gender"],
        born_on=_day(patient["birthDate"]),
        address_lines=tuple(address.get("line", ())),
        postcode=address.get("postalCode", ""),
        phone=next((each["value"] for each in patient.get("telecom", ()) if "value" in each), ""),
        practice=DEMO_PRACTICE,
        hospitals=(HOSPITAL,),
        died_at=_moment(patient.get("deceasedDateTime")),
        contacts_of=(HOSPITAL, AMBULANCE),
    )


def _official(names: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    return next(each for each in names if each.get("use") == "official")


def _day(text: str) -> date:
    """Read a birth date; of a day that does not exist, as in one file, PDS holds the month's first."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return date.fromisoformat(f"{text[:7]}-01")


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
