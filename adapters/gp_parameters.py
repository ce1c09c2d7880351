"""Write the Parameters of one structured-record request: one call for all that a role could be shown.

Sends no area that no rule could release. Follows GP Connect Access Record Structured 1.6.2.
"""

from collections.abc import Mapping
from types import MappingProxyType

import msgspec

from adapters.gp_record import AREAS, Area
from fhir_profiles.nhs_number import NhsNumber
from fhir_profiles.systems import NHS_NUMBER
from fhir_profiles.vocabulary import Category

# The resolved-allergies part is mandatory with its area; the others ask for the whole of theirs.
_PARTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "includeAllergies": ("includeResolvedAllergies",),
        "includeMedication": ("includePrescriptionIssues",),
        "includeImmunisations": ("includeNotGiven", "includeStatus"),
    }
)


def areas_for(categories: frozenset[Category]) -> tuple[Area, ...]:
    """Choose the areas in which items of these categories can be; demographics always come."""
    return tuple(area for area in AREAS if not categories.isdisjoint(area.categories))


def parameters_for(nhs_number: NhsNumber, categories: frozenset[Category]) -> bytes:
    """Write the Parameters resource as JSON."""
    identifier = {"system": NHS_NUMBER, "value": nhs_number.digits}
    patient = {"name": "patientNHSNumber", "valueIdentifier": identifier}
    areas = [_parameter(area.parameter) for area in areas_for(categories)]
    return msgspec.json.encode({"resourceType": "Parameters", "parameter": [patient, *areas]})


def _parameter(name: str) -> dict[str, object]:
    parts = [{"name": part, "valueBoolean": True} for part in _PARTS.get(name, ())]
    return {"name": name, "part": parts} if parts else {"name": name}
