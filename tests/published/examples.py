"""Serve single published examples, each on a FHIR R4 server of its own, about one person made for the test.

An example speaks of whomever it likes: the Patient that it names, or brings, is given the person's number,
name and birth date; everything else is served as published.
"""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from random import Random

from starlette.applications import Starlette
from starlette.routing import Mount

from adapters.simulators.cohort import make_cohort
from adapters.simulators.faults import Faults
from adapters.simulators.fhir_library import Library, Stored, stored_as
from adapters.simulators.fhir_server import FhirServer
from adapters.simulators.fhir_types import Offer, by_identifier, by_patient, table_of
from adapters.simulators.people import plain_person
from adapters.simulators.published.bundles import Published, resources_in
from adapters.simulators.published.patients import Identity, with_identity
from adapters.simulators.published.table import read_table
from fhir_profiles.classify import CATEGORY_OF_TYPE
from fhir_profiles.nhs_number import NhsNumber
from gateway.wiring import now
from tests.london import London, running
from tests.published.samples import SAMPLES

FOLDERS = ("bars_ambulance_r4/json", "ukcore_r4_examples/json", "hl7_r4_examples")
NUMBER = NhsNumber("9990000018")
PERSON = plain_person(Random("published examples"), now(), NUMBER)
_NAMED_PATIENT = re.compile(rb'"reference"\s*:\s*"Patient/([A-Za-z0-9.-]{1,64})"')
_IDENTITY = Identity(NUMBER, PERSON.family_name, PERSON.given_names, PERSON.born_on.isoformat())


@dataclass(frozen=True)
class Example:
    """One published file."""

    file: str
    resources: tuple[Published, ...]

    @property
    def names(self) -> list[tuple[str, str]]:
        """Give the type of each resource and what it is called here."""
        return [
            (each.resource_type, _name_of(each, place)) for place, each in enumerate(self.resources)
        ]

    def held(self) -> list[Stored]:
        """Give what the example's server holds, the person's Patient first."""
        own = self._own_patient()
        held = [
            _stored(_with_identity(each.raw) if each is own else each.raw, each, place)
            for place, each in enumerate(self.resources)
        ]
        if own is not None:
            return held
        named = next(
            filter(None, (_NAMED_PATIENT.search(each.raw) for each in self.resources)), None
        )
        made = {"resourceType": "Patient", "id": named[1].decode() if named else "p1"}
        return [store_made(with_identity(json.dumps(made).encode(), _IDENTITY)), *held]

    def _own_patient(self) -> Published | None:
        return next((each for each in self.resources if each.resource_type == "Patient"), None)


def _with_identity(raw: bytes) -> bytes:
    patient = with_identity(raw, _IDENTITY)
    return patient if "id" in json.loads(patient) else patient.replace(b"{", b'{"id":"p1",', 1)


def store_made(raw: bytes) -> Stored:
    resource = json.loads(raw)
    return stored_as(resource, raw, resource["id"])


def _name_of(published: Published, place: int) -> str:
    if published.id:
        return f"{published.resource_type}/{published.id}"
    return published.full_url or f"urn:example:{place}"


def _stored(raw: bytes, published: Published, place: int) -> Stored:
    address = published.full_url or (None if published.id else f"urn:example:{place}")
    resource = json.loads(raw)
    return stored_as(resource, raw, resource.get("id", ""), address)


class _Shelf:
    """One example's record."""

    def __init__(self, example: Example) -> None:
        self._held = tuple(example.held())
        # Whoever else is in it comes with a search too.
        patients = (each for each in self._held if each.resource_type == "Patient")
        self.people = {each.id: NUMBER for each in patients}

    def record(self, number: NhsNumber, base_url: str) -> tuple[Stored, ...]:  # noqa: ARG002
        return self._held

    def owner_of(self, resource_id: str) -> NhsNumber | None:  # noqa: ARG002
        return NUMBER

    def directory(self) -> Mapping[str, Stored]:
        return {}


@contextmanager
def running_examples(served: list[Example]) -> Iterator[London]:
    """Serve each example at `/{its place}/fhir`, on one port."""
    cohort = replace(make_cohort(people=0), people={NUMBER: PERSON})
    types = table_of(
        by_identifier("Patient"), *map(by_patient, sorted(CATEGORY_OF_TYPE.keys() - {"Patient"}))
    )
    offer = Offer("Published examples", types, declares_everything=True)
    apps = [
        FhirServer(Library(cohort, _Shelf(each)), offer, Faults(), None).app() for each in served
    ]
    mounted = Starlette(routes=[Mount(f"/{place}", app) for place, app in enumerate(apps)])
    with running({"hospital": mounted}, cohort, {}, {}) as london:
        yield london


def examples() -> list[Example]:
    """Give every published example that is no message of the table, sorted by name."""
    in_table = {row.ambulance for row in read_table()}
    files = (
        f"{folder}/{path.name}"
        for folder in FOLDERS
        for path in sorted((SAMPLES.folder / folder).glob("*.json"))
    )
    return [Example(file, _resources(SAMPLES.read(file))) for file in files if file not in in_table]


def _resources(body: bytes) -> tuple[Published, ...]:
    document = json.loads(body)
    if document["resourceType"] == "Bundle":
        return tuple(resources_in(body))
    return (Published(document["resourceType"], document.get("id"), None, body),)
