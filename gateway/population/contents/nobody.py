"""Write the records of people who are nobody: good where a row of a dataset is made of it, and bad everywhere else.

Pure, and the same for the same canary. Nothing here is anybody's.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from fhir_profiles import systems
from gateway.population.allow_list import AllowList
from gateway.population.canaries import Canary, Identifier, planted
from gateway.population.contents.months import Months
from gateway.population.release_order import SourceKind

PRACTICE, TRUST = "Y00001", "RZZ"
"""Organisations of no register."""

_CLASSES = {
    SourceKind.GP: ("AMB", "AMB"),
    SourceKind.HOSPITAL: ("EMER", "EMER", "EMER", "IMP"),
    SourceKind.AMBULANCE: ("FLD",),
}
_METHODS = ("body-part-fist", "blade", "other")
"""Of each canary, with its first contacts at hospital: three means, so that no class is of one."""

_UNPLANTED = "deceasedDateTime"
"""A death that cannot be read bars its person, and of who is barred nothing would be rehearsed."""

Resource = dict[str, object]


@dataclass(frozen=True, slots=True)
class Nobody:
    """One canary as a source would tell of it, who was assaulted in an area: hospitals in one month, others in another."""

    canary: Canary
    months: Months
    lsoa: str

    def records(self, kind: SourceKind, allowed: AllowList) -> Iterator[bytes]:
        """Give what one kind of source has of one type of resource, one resource each."""
        for number, good in enumerate(self._good(kind, allowed.resource_type)):
            own = {"resourceType": allowed.resource_type, "id": f"{self._id}-{number}"}
            own = {**own, "id": self._id} if allowed.resource_type == "Patient" else own
            bad = planted(self.canary, allowed)
            bad.pop(_UNPLANTED, None)
            yield json.dumps({**bad, **own, **good}).encode()

    def _good(self, kind: SourceKind, resource_type: str) -> Iterator[Resource]:
        if resource_type == "Patient":
            yield self._patient()
        elif resource_type == "Encounter":
            month = self.months.first if kind is SourceKind.HOSPITAL else self.months.last
            yield from (self._contact(each, month) for each in _CLASSES[kind])
        elif kind is SourceKind.HOSPITAL:
            yield from (self._assault(*each) for each in enumerate(_METHODS))

    def _patient(self) -> Resource:
        told = self.canary.identifiers
        return {
            "identifier": [{"system": systems.NHS_NUMBER, "value": self.canary.number.digits}],
            "gender": "female",
            "birthDate": told[Identifier.BIRTH_DATE],
            "deceasedBoolean": False,
            "address": [{"text": self._every, "postalCode": told[Identifier.POSTCODE]}],
            "generalPractitioner": [_organisation(PRACTICE)],
        }

    def _contact(self, encounter_class: str, month: str) -> Resource:
        return {
            "status": "finished",
            "class": {
                "system": systems.V3_ACT_CODE,
                "code": encounter_class,
                "display": self._every,
            },
            "subject": self._subject,
            "period": {"start": _in(month), "end": _in(month)},
            "serviceProvider": _organisation(TRUST),
        }

    def _assault(self, number: int, method: str) -> Resource:
        items = {
            "method": (systems.ASSAULT_METHOD, method),
            "location-type": (systems.ASSAULT_LOCATION_TYPE, "street"),
            "circumstance": (systems.ASSAULT_CIRCUMSTANCE, "other"),
            "location-lsoa": (systems.LSOA, self.lsoa),
        }
        return {
            "status": "final",
            "code": self._coded(systems.ASSAULT_ITEM, "assault"),
            "subject": self._subject,
            "encounter": {"reference": f"Encounter/{self._id}-{number}", "display": self._every},
            "effectiveDateTime": _in(self.months.first),
            "component": [
                {
                    "code": self._coded(systems.ASSAULT_ITEM, item),
                    "valueCodeableConcept": self._coded(*code),
                    "valueString": self._every,
                }
                for item, code in items.items()
            ],
        }

    @property
    def _id(self) -> str:
        return self.canary.identifiers[Identifier.LOCAL_ID]

    @property
    def _every(self) -> str:
        return " ".join(self.canary.identifiers.values())

    @property
    def _subject(self) -> Resource:
        return {"reference": f"Patient/{self._id}", "display": self._every}

    def _coded(self, system: str, code: str) -> Resource:
        coding = {"system": system, "code": code, "display": self._every}
        return {"coding": [coding], "text": self._every}


def _in(month: str) -> str:
    return f"{month}-15T10:11:12Z"


def _organisation(code: str) -> Resource:
    identifier = {"system": systems.ODS_ORGANISATION, "value": code}
    return {"type": "Organization", "identifier": identifier}
