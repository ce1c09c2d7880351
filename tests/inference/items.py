"""Make one resource of each kind, every free text of it a word of its own.

Words stand for nothing: no rule of the gateway knows one, so whether it was told can be seen from bytes alone.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from random import Random
from typing import TypeVar

from tests.safety.hostile_source import Json, refer

OWN = refer("Patient/p1")
WORD = re.compile("zq[0-9]+x")
MOMENTS = (
    *("2026-11-20T10:00:00Z", "2026-11-02", "2026-09-30T23:30:00+01:00", "2026-03"),
    *("2025-12-24", "2024-03-04T10:00:00.5Z", "2019", "1999-01-01"),
)

Each = TypeVar("Each")


@dataclass
class Chance:
    """Choose, and make words up."""

    random: Random
    _numbers: count = field(default_factory=lambda: count(1000))

    def word(self) -> str:
        return f"zq{next(self._numbers)}x"

    def happens(self, chance: float) -> bool:
        return self.random.random() < chance

    def of(self, each: Sequence[Each]) -> Each:
        return self.random.choice(each)

    def moment(self, part: str = "") -> str:
        return self.of([each for each in MOMENTS if part in each])

    def concept(self) -> Json:
        word = self.word()
        return {"coding": [{"system": "urn:codes", "code": word}], "text": word}

    def text(self) -> Json:
        return {"text": self.word()}

    def dated(self, element: str) -> Json:
        return {element: self.moment()} if self.happens(0.8) else {}


def _encounter(chance: Chance) -> Json:
    return {
        "status": chance.of(("finished", "in-progress", "entered-in-error")),
        "class": {"system": "urn:classes", "code": chance.of(("AMB", "EMER"))},
        "type": [chance.concept()],
        "reasonCode": [chance.text()],
        "subject": OWN,
        "period": chance.dated("start"),
    }


def _observation(chance: Chance) -> Json:
    return {
        "status": chance.of(("final", "final", "amended", "entered-in-error")),
        "code": chance.concept(),
        "subject": OWN,
        **chance.dated("effectiveDateTime"),
        "valueString": chance.word(),
        "bodySite": chance.text(),
        "method": chance.text(),
        "note": [chance.text()],
    }


def _condition(chance: Chance) -> Json:
    clinical = {"coding": [{"code": chance.of(("active", "resolved"))}]}
    return {
        "clinicalStatus": clinical,
        "code": chance.concept(),
        "subject": OWN,
        **chance.dated("recordedDate"),
        **chance.dated("onsetDateTime"),
        "bodySite": [chance.text()],
        "note": [chance.text()],
    }


def _allergy(chance: Chance) -> Json:
    return {
        "clinicalStatus": {"coding": [{"code": chance.of(("active", "inactive"))}]},
        "code": chance.concept(),
        "patient": OWN,
        **chance.dated("recordedDate"),
        "reaction": [{"manifestation": [chance.text()], "description": chance.word()}],
        "note": [chance.text()],
    }


def _prescription(chance: Chance) -> Json:
    return {
        "status": chance.of(("active", "completed", "cancelled")),
        "intent": "order",
        "medicationCodeableConcept": chance.concept(),
        "subject": OWN,
        **chance.dated("authoredOn"),
        "reasonCode": [chance.text()],
        "dosageInstruction": [chance.text()],
        "note": [chance.text()],
    }


def _report(chance: Chance) -> Json:
    form = {"contentType": "text/plain", "title": chance.word()}
    return {
        "status": "final",
        "code": chance.concept(),
        "subject": OWN,
        **chance.dated("effectiveDateTime"),
        "conclusion": chance.word(),
        "presentedForm": [{**form, "url": f"Binary/b{chance.of((1, 2, 3))}"}],
    }


def _document(chance: Chance) -> Json:
    attachment = {"contentType": "text/plain", "title": chance.word()}
    attachment["url"] = f"Binary/b{chance.of((1, 2, 3))}"
    return {
        "status": chance.of(("current", "superseded", "entered-in-error")),
        "type": chance.concept(),
        "subject": OWN,
        "date": chance.moment("T"),
        "description": chance.word(),
        "content": [{"attachment": attachment}],
    }


def _flag(chance: Chance) -> Json:
    period = {"period": {"start": chance.moment()}}
    return {"status": "active", "code": chance.concept(), "subject": OWN, **period}


def _immunisation(chance: Chance) -> Json:
    return {
        "status": "completed",
        "vaccineCode": chance.concept(),
        "patient": OWN,
        "occurrenceDateTime": chance.moment(),
        "lotNumber": chance.word(),
        "note": [chance.text()],
    }


def _procedure(chance: Chance) -> Json:
    return {
        "status": "completed",
        "code": chance.concept(),
        "subject": OWN,
        **chance.dated("performedDateTime"),
        "followUp": [chance.text()],
        "note": [chance.text()],
    }


def _appointment(chance: Chance) -> Json:
    return {
        "status": "booked",
        "start": chance.moment("Z"),
        "description": chance.word(),
        "comment": chance.word(),
        "participant": [{"actor": OWN, "status": "accepted"}],
    }


def _plan(chance: Chance) -> Json:
    period = {"period": {"start": chance.moment()}}
    told = {"title": chance.word(), "description": chance.word(), "note": [chance.text()]}
    return {"status": "active", "intent": "plan", "subject": OWN, **period, **told}


def _request(chance: Chance) -> Json:
    return {
        "status": "active",
        "intent": "order",
        "code": chance.concept(),
        "subject": OWN,
        **chance.dated("authoredOn"),
        "patientInstruction": chance.word(),
        "note": [chance.text()],
    }


def _practitioner(chance: Chance) -> Json:
    return {"name": [{"family": chance.word()}]}


def _organization(chance: Chance) -> Json:
    return {"name": chance.word()}


MADE: Mapping[str, Callable[[Chance], Json]] = {
    "Encounter": _encounter,
    "Observation": _observation,
    "Condition": _condition,
    "AllergyIntolerance": _allergy,
    "MedicationRequest": _prescription,
    "DiagnosticReport": _report,
    "DocumentReference": _document,
    "Flag": _flag,
    "Immunization": _immunisation,
    "Procedure": _procedure,
    "Appointment": _appointment,
    "CarePlan": _plan,
    "ServiceRequest": _request,
}
"""What is about the person."""

BESIDE: Mapping[str, Callable[[Chance], Json]] = {
    "Practitioner": _practitioner,
    "Organization": _organization,
}
"""What is nobody's, and shown only with what names it."""

REFERRING: Mapping[str, tuple[tuple[str, str, bool], ...]] = {
    "Encounter": (("partOf", "Encounter", False), ("serviceProvider", "Organization", False)),
    "Observation": (
        ("encounter", "Encounter", False),
        ("hasMember", "Observation", True),
        ("performer", "Practitioner", True),
    ),
    "Condition": (("encounter", "Encounter", False), ("recorder", "Practitioner", False)),
    "DiagnosticReport": (("result", "Observation", True), ("performer", "Organization", True)),
    "Procedure": (("reasonReference", "Condition", True), ("encounter", "Encounter", False)),
    "MedicationRequest": (("reasonReference", "Condition", True),),
    "DocumentReference": (("author", "Practitioner", True),),
    "CarePlan": (("addresses", "Condition", True),),
    "ServiceRequest": (("reasonReference", "Observation", True),),
    "AllergyIntolerance": (("recorder", "Practitioner", False),),
}
"""Element, kind of target, and whether the element is a list."""
