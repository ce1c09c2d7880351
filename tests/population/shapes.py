"""Name the elements of the resources that random views are run over: their types, and which repeat.

A part of FHIR R4's definitions, and nothing beyond them; `*` repeats, `|` is a choice of types.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Element:
    """One element of a type; one with several types is a choice, named in JSON by name and type."""

    name: str
    types: tuple[str, ...]
    is_many: bool

    @property
    def is_choice(self) -> bool:
        return len(self.types) > 1


PRIMITIVES: Final = (
    *("boolean", "canonical", "code", "date", "dateTime", "decimal", "id", "instant", "integer"),
    *("positiveInt", "string", "time", "uri"),
)
RESOURCES: Final = ("Patient", "Observation", "Encounter", "Condition")

_WRITTEN: Final = {
    "Patient": (
        "id:id meta:Meta extension:Extension* active:boolean name:HumanName* telecom:ContactPoint* gender:code "
        "birthDate:date deceased:boolean|dateTime address:Address* multipleBirth:boolean|integer "
        "contact:Patient.contact* generalPractitioner:Reference* managingOrganization:Reference link:Patient.link*"
    ),
    "Patient.contact": (
        "relationship:CodeableConcept* name:HumanName telecom:ContactPoint* address:Address gender:code "
        "organization:Reference period:Period"
    ),
    "Patient.link": "other:Reference type:code",
    "Observation": (
        "id:id meta:Meta extension:Extension* basedOn:Reference* status:code category:CodeableConcept* "
        "code:CodeableConcept subject:Reference encounter:Reference effective:dateTime|Period|instant issued:instant "
        "performer:Reference* value:Quantity|CodeableConcept|string|boolean|integer|Range|time|dateTime|Period "
        "referenceRange:Observation.referenceRange* hasMember:Reference* component:Observation.component*"
    ),
    "Observation.referenceRange": "low:Quantity high:Quantity appliesTo:CodeableConcept* age:Range text:string",
    "Observation.component": (
        "code:CodeableConcept value:Quantity|string|boolean|integer|time|dateTime|CodeableConcept "
        "referenceRange:Observation.referenceRange*"
    ),
    "Encounter": (
        "id:id meta:Meta extension:Extension* identifier:Identifier* status:code "
        "statusHistory:Encounter.statusHistory* class:Coding type:CodeableConcept* subject:Reference "
        "participant:Encounter.participant* period:Period length:Duration "
        "diagnosis:Encounter.diagnosis* location:Encounter.location* serviceProvider:Reference partOf:Reference"
    ),
    "Encounter.statusHistory": "status:code period:Period",
    "Encounter.participant": "type:CodeableConcept* period:Period individual:Reference",
    "Encounter.diagnosis": "condition:Reference use:CodeableConcept rank:positiveInt",
    "Encounter.location": "location:Reference status:code period:Period",
    "Condition": (
        "id:id meta:Meta extension:Extension* identifier:Identifier* clinicalStatus:CodeableConcept "
        "verificationStatus:CodeableConcept category:CodeableConcept* severity:CodeableConcept code:CodeableConcept "
        "bodySite:CodeableConcept* subject:Reference encounter:Reference onset:dateTime|Age|Period|Range|string "
        "abatement:dateTime|Age|Period|Range|string recordedDate:dateTime recorder:Reference "
        "stage:Condition.stage* evidence:Condition.evidence*"
    ),
    "Condition.stage": "summary:CodeableConcept assessment:Reference* type:CodeableConcept",
    "Condition.evidence": "code:CodeableConcept* detail:Reference*",
    "Meta": "lastUpdated:instant source:uri profile:canonical* tag:Coding*",
    "HumanName": "use:code text:string family:string given:string* prefix:string* period:Period",
    "ContactPoint": "system:code value:string use:code rank:positiveInt period:Period",
    "Address": "use:code line:string* city:string postalCode:string period:Period",
    "Identifier": "use:code system:uri value:string period:Period",
    "CodeableConcept": "coding:Coding* text:string",
    "Coding": "system:uri version:string code:code display:string userSelected:boolean",
    "Quantity": "value:decimal comparator:code unit:string system:uri code:code",
    "Age": "value:decimal unit:string system:uri code:code",
    "Duration": "value:decimal unit:string system:uri code:code",
    "Range": "low:Quantity high:Quantity",
    "Period": "start:dateTime end:dateTime",
    "Reference": "reference:string type:uri identifier:Identifier display:string",
    "Extension": "extension:Extension* url:uri value:code|string|boolean|integer|decimal|dateTime|Coding|Quantity",
}


def _read(text: str) -> tuple[Element, ...]:
    return tuple(
        Element(name, tuple(types.removesuffix("*").split("|")), types.endswith("*"))
        for name, _, types in (each.partition(":") for each in text.split())
    )


ELEMENTS: Final[Mapping[str, tuple[Element, ...]]] = {
    name: _read(text) for name, text in _WRITTEN.items()
}
"""By type, its elements in the order of FHIR's definition."""
