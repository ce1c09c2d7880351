"""A FHIR R4 hospital that says exactly what a test makes it say, over a real socket."""

import json
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from adapters.simulators.truth import Person
from tests.adapters.stub_source import Asked, Behaviour, Stub, answer
from tests.london import London

Json = dict[str, Any]

NHS_NUMBER = "https://fhir.nhs.uk/Id/nhs-number"
STATUS = "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NHSNumberVerificationStatus"
FOREIGN_NUMBER = "9990000018"
"""A valid number of the test range that no person of the cohort is asked for by."""

CANARY = "zq-canary-of-somebody-else"
"""Stands in everything that is not the person's; found anywhere in an answer, somebody else's data leaked."""

KINDS = (
    "Patient",
    "Encounter",
    "Observation",
    "DiagnosticReport",
    "Condition",
    "AllergyIntolerance",
    "Appointment",
    "CarePlan",
    "DocumentReference",
    "Flag",
    "Immunization",
    "MedicationRequest",
    "Procedure",
    "ServiceRequest",
)
"""What the hospital says it holds, unless a test says otherwise before the first question: something of
every kind of information, for of what it does not declare it is not asked, and its answer is not whole."""


@dataclass
class Hostile:
    """What the hospital holds, answered whatever is asked for; `misbehaves` takes over every answer."""

    stub: Stub = field(default_factory=Stub)
    resources: list[Json | tuple[str, Json]] = field(default_factory=list)
    misbehaves: Behaviour | None = None
    has_everything: bool = False
    kinds: tuple[str, ...] = KINDS
    pages: dict[str, bytes] = field(default_factory=dict)

    async def behave(self, asked: Asked, writer: Any) -> None:
        kind = asked.path.removeprefix("/fhir/")
        if kind == "metadata":
            await answer(_capabilities(self.kinds, self.has_everything))(asked, writer)
        elif self.misbehaves is not None:
            await self.misbehaves(asked, writer)
        else:
            await answer(self._found(kind))(asked, writer)

    def _found(self, kind: str) -> Json | bytes:
        if kind in self.pages:
            return self.pages[kind]
        return searchset(each for each in self.resources if _resource(each)["resourceType"] == kind)

    def found_bytes(self, kind: str, *more: Json) -> bytes:
        """Give the searchset of one type, with more in it, for a test to spoil."""
        found = [each for each in self.resources if _resource(each)["resourceType"] == kind]
        return json.dumps(searchset([*found, *more]), separators=(",", ":")).encode()

    def holds(self, *resources: Json | tuple[str, Json]) -> None:
        """Say what it holds: resources, or pairs of a fullUrl and a resource."""
        self.resources = list(resources)


def searchset(found: Iterable[Json | tuple[str, Json]]) -> Json:
    entries = [
        {"fullUrl": each[0], "resource": each[1], "search": {"mode": "match"}}
        if isinstance(each, tuple)
        else {"resource": each, "search": {"mode": "match"}}
        for each in found
    ]
    return {
        "resourceType": "Bundle",
        "type": "searchset",
        "total": len(entries),
        "entry": entries,
    }


def bundle_bytes(*found: Json | tuple[str, Json]) -> bytes:
    return json.dumps(searchset(found)).encode()


def with_hospital_at(london: London, url: str) -> London:
    """Give the same London with its hospital at another address."""
    return replace(london, addresses={**london.addresses, "hospital": url.removesuffix("/fhir")})


def patient_like(person: Person, local_id: str = "p1", **changes: Any) -> Json:
    """Give the hospital's own Patient of a person, number verified."""
    return {
        "resourceType": "Patient",
        "id": local_id,
        "identifier": [nhs_identifier(person.nhs_number.digits)],
        "name": [{"family": person.family_name, "given": list(person.given_names)}],
        "birthDate": person.born_on.isoformat(),
        "gender": person.gender,
        **changes,
    }


def nhs_identifier(digits: str, status: str | None = "01", **changes: Any) -> Json:
    stated = {"url": STATUS, "valueCodeableConcept": {"coding": [{"code": status}]}}
    extension = {} if status is None else {"extension": [stated]}
    return {"system": NHS_NUMBER, "value": digits, **extension, **changes}


def somebody_else(local_id: str = "p2", digits: str = FOREIGN_NUMBER, **changes: Any) -> Json:
    """Give a Patient who is not the one asked for; its words are canaries."""
    return {
        "resourceType": "Patient",
        "id": local_id,
        "identifier": [nhs_identifier(digits)],
        "name": [{"family": CANARY, "given": [CANARY]}],
        "birthDate": "1950-02-03",
        **changes,
    }


def encounter(local_id: str, subject: Json | None, word: str = CANARY, **changes: Any) -> Json:
    """Give an encounter whose wording is `word`; by default it is somebody else's."""
    return {
        "resourceType": "Encounter",
        "id": local_id,
        "status": "finished",
        "class": {"code": "AMB"},
        "type": [{"text": word}],
        **({} if subject is None else {"subject": subject}),
        "period": {"start": "2024-03-04T10:00:00Z", "end": "2024-03-04T11:00:00Z"},
        **changes,
    }


def observation(local_id: str, subject: Json | None, word: str = CANARY, **changes: Any) -> Json:
    return {
        "resourceType": "Observation",
        "id": local_id,
        "status": "final",
        "code": {"text": word},
        **({} if subject is None else {"subject": subject}),
        "valueString": word,
        **changes,
    }


def refer(text: str, **more: Any) -> Json:
    return {"reference": text, **more}


def new_urn() -> str:
    return f"urn:uuid:{uuid.uuid4()}"


def _resource(each: Json | tuple[str, Json]) -> Json:
    return each[1] if isinstance(each, tuple) else each


def _capabilities(kinds: tuple[str, ...], has_everything: bool) -> Json:
    declared: list[Json] = [{"type": kind} for kind in kinds]
    if has_everything:
        declared[0]["operation"] = [{"name": "everything"}]
    return {
        "resourceType": "CapabilityStatement",
        "rest": [{"mode": "server", "resource": declared}],
    }
