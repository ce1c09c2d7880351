"""Serve published BaRS messages as an ambulance service's FHIR R4 source under `/fhir`.

A search gives what the person's message holds as it stands there: under `urn:uuid` addresses, mostly without
ids, references untouched; what a match leads to comes with it, as it came with the message. Only the Patient
is changed, as `patients` says. Many messages name their Patient by one and the same address, so there is no
`$everything`. Follows BaRS message bundles (FHIR R4, UK Core).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import msgspec
from starlette.applications import Starlette

from adapters.simulators.faults import Faults
from adapters.simulators.fhir_library import Library, Stored, stored_as
from adapters.simulators.fhir_server import FhirServer
from adapters.simulators.fhir_types import Offer, SearchType, by_identifier, by_patient, table_of
from adapters.simulators.published.bundles import Published, resources_in
from adapters.simulators.published.patients import with_identity
from adapters.simulators.published.people import AMBULANCE, World
from fhir_profiles.nhs_number import NhsNumber

_SHARED_TYPES = (
    "HealthcareService",
    "Location",
    "Organization",
    "Practitioner",
    "PractitionerRole",
)
_CLINICAL_TYPES = (
    "AllergyIntolerance",
    "Appointment",
    "CarePlan",
    "Communication",
    "Condition",
    "Consent",
    "Encounter",
    "Flag",
    "MedicationStatement",
    "Observation",
    "Procedure",
    "QuestionnaireResponse",
    "ServiceRequest",
    "Task",
)


def create_app(world: World, faults: Faults) -> Starlette:
    """Make the application; a file is read when its person is asked for."""
    offer = Offer(world.cohort.organisations[AMBULANCE], _types(), declares_everything=False)
    return FhirServer(Library(world.cohort, _shelf_of(world)), offer, faults, None).app()


def _types() -> Mapping[str, SearchType]:
    named = map(by_identifier, ("Patient", *_SHARED_TYPES))
    clinical = map(by_patient, _CLINICAL_TYPES)
    return table_of(*named, *(replace(each, brings_all=True) for each in clinical))


@dataclass(slots=True)
class _Shelf:
    """One message for each person; nobody has an id here, so `people` is by file name."""

    world: World
    files: Mapping[NhsNumber, str]
    people: Mapping[str, NhsNumber]
    _records: dict[NhsNumber, tuple[Stored, ...]] = field(default_factory=dict)

    def record(self, number: NhsNumber, base_url: str) -> tuple[Stored, ...]:  # noqa: ARG002
        """Give everything in one person's message."""
        if number not in self._records:
            message = self.world.samples.read(self.files[number])
            self._records[number] = tuple(self._as_published(message, number))
        return self._records[number]

    def owner_of(self, resource_id: str) -> NhsNumber | None:  # noqa: ARG002
        """Find nobody: what has no id is not read by one."""
        return None

    def directory(self) -> Mapping[str, Stored]:
        """Give nothing: each message brings its own organisations and people."""
        return {}

    def _as_published(self, message: bytes, number: NhsNumber) -> Iterator[Stored]:
        for each in resources_in(message):
            is_patient = each.resource_type == "Patient"
            identity = self.world.identity_of(number)
            yield _stored(each, with_identity(each.raw, identity) if is_patient else each.raw)


def _stored(published: Published, body: bytes) -> Stored:
    # A message bundle names everything in it (FHIR R4, Bundle.entry.fullUrl).
    assert published.full_url is not None
    return stored_as(msgspec.json.decode(body), body, published.id or "", published.full_url)


def _shelf_of(world: World) -> _Shelf:
    files = {row.number: row.ambulance for row in world.rows.values() if row.ambulance}
    return _Shelf(world, files, {name: number for number, name in files.items()})
