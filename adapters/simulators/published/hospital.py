"""Serve published Synthea patients as a hospital's FHIR R4 source under `/fhir`.

Their bundles are taken in as transactions (`taking_in`), their Patients changed as `patients` says; files are
read when somebody asks, and few are kept.
"""

import re
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial

from starlette.applications import Starlette

from adapters.simulators.faults import Faults
from adapters.simulators.fhir_library import Library, Stored
from adapters.simulators.fhir_server import FhirServer
from adapters.simulators.fhir_types import Offer, by_identifier, by_patient, table_of
from adapters.simulators.published.bundles import Published, resources_in
from adapters.simulators.published.patients import with_identity
from adapters.simulators.published.people import HOSPITAL, World
from adapters.simulators.published.samples import Samples
from adapters.simulators.published.table import HOSPITAL_FOLDERS
from adapters.simulators.published.taking_in import Names, addresses_of, conditions_of, taken_in
from fhir_profiles.nhs_number import NhsNumber

DIRECTORY_FILES = tuple(
    f"{HOSPITAL_FOLDERS[0]}/0-{kind}Information1625911868739.json.bz2"
    for kind in ("hospital", "practitioner")
)
"""Where the generator put the organisations, places and practitioners of the first folder's patients."""

_RECORDS_KEPT = 4  # The longest takes some 50 MB once read.
_HEAD_BYTES = 64 * 1024
_NAMED_AFTER_PATIENT = re.compile(r".*/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.json\.bz2")
_FIRST_ID = re.compile(rb'"id"\s*:\s*"([^"]+)"')
_SHARED_TYPES = ("Location", "Organization", "Practitioner", "PractitionerRole")
_CLINICAL_TYPES = (
    "AllergyIntolerance",
    "CarePlan",
    "CareTeam",
    "Claim",
    "Condition",
    "Device",
    "DiagnosticReport",
    "DocumentReference",
    "Encounter",
    "ExplanationOfBenefit",
    "ImagingStudy",
    "Immunization",
    "Medication",
    "MedicationAdministration",
    "MedicationRequest",
    "Observation",
    "Procedure",
    "Provenance",
    "SupplyDelivery",
)


def create_app(world: World, faults: Faults) -> Starlette:
    """Make the application."""
    types = table_of(
        *map(by_identifier, ("Patient", *_SHARED_TYPES)), *map(by_patient, _CLINICAL_TYPES)
    )
    offer = Offer(world.cohort.organisations[HOSPITAL], types, declares_everything=True)
    return FhirServer(Library(world.cohort, _shelf_of(world)), offer, faults, None).app()


@dataclass(slots=True)
class _Shelf:
    """The published patients by their published ids; `people` as any shelf's, `files` by number."""

    world: World
    files: Mapping[NhsNumber, str]
    people: Mapping[str, NhsNumber]
    _records: OrderedDict[NhsNumber, tuple[Stored, ...]] = field(default_factory=OrderedDict)
    _owners: dict[str, NhsNumber] = field(default_factory=dict)
    _shared: dict[str, Stored] = field(default_factory=dict)
    _conditions: dict[bytes, bytes] = field(default_factory=dict)

    def record(self, number: NhsNumber, base_url: str) -> tuple[Stored, ...]:  # noqa: ARG002
        """Give everything about one person, as taken in."""
        if (known := self._records.get(number)) is None:
            bundle = self.world.samples.read(self.files[number])
            known = self._records[number] = tuple(self._taken_in(bundle, number))
            self._owners.update(dict.fromkeys((stored.id for stored in known), number))
            if len(self._records) > _RECORDS_KEPT:
                self._records.popitem(last=False)
        return known

    def owner_of(self, resource_id: str) -> NhsNumber | None:
        """Find whose it is among the records ever taken in: who reads by id was given the id by one."""
        return self._owners.get(resource_id)

    def directory(self) -> Mapping[str, Stored]:
        """Give organisations, places and practitioners."""
        if not self._shared:
            samples = self.world.samples
            listed = [each for name in DIRECTORY_FILES for each in resources_in(samples.read(name))]
            self._conditions.update(conditions_of(listed))
            held = (taken_in(each, addresses_of(listed), _unchanged) for each in listed)
            self._shared.update({stored.key: stored for stored in held})
        return self._shared

    def _taken_in(self, bundle: bytes, number: NhsNumber) -> Iterator[Stored]:
        self.directory()
        resources = list(resources_in(bundle))
        names: Names = {**self._conditions, **addresses_of(resources)}
        with_own = partial(with_identity, identity=self.world.identity_of(number))
        for each in resources:
            yield taken_in(each, names, _change_of(each, with_own))


def _change_of(
    published: Published, with_own: Callable[[bytes], bytes]
) -> Callable[[bytes], bytes]:
    return with_own if published.resource_type == "Patient" else _unchanged


def _unchanged(raw: bytes) -> bytes:
    return raw


def _shelf_of(world: World) -> _Shelf:
    files = {row.number: row.hospital for row in world.rows.values() if row.hospital}
    people = {_patient_id(world.samples, name): number for number, name in files.items()}
    return _Shelf(world, files, people)


def _patient_id(samples: Samples, name: str) -> str:
    if (named := _NAMED_AFTER_PATIENT.fullmatch(name)) is not None:
        return named[1]
    # A bundle begins with its Patient, whose id is the first.
    first = _FIRST_ID.search(samples.beginning(name, _HEAD_BYTES))
    assert first is not None
    return first[1].decode()
