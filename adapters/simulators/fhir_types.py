"""Declare what an R4 source can be asked: types, search parameters, includes.

Answers no request; the capability statement and the search both read this.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

GENERAL_PARAMETERS = frozenset({"_id", "_count", "_elements", "_format"})
PATIENT_PARAMETERS = frozenset({"patient", "patient.identifier"})
LARGEST_PAGE = 500
USUAL_PAGE = 50


@dataclass(frozen=True, slots=True)
class SearchType:
    """One searchable type: its own parameters, and `_include` values with the type each leads to.

    `brings_all` says that a match comes with everything that it leads to, asked for or not.
    """

    name: str
    parameters: frozenset[str]
    includes: Mapping[str, str] = field(default_factory=dict)
    mandatory: tuple[str, ...] = ()
    brings_all: bool = False


@dataclass(frozen=True, slots=True)
class Offer:
    """What one source offers in all."""

    title: str
    types: Mapping[str, SearchType]
    declares_everything: bool


def by_patient(
    name: str, *own: str, includes: Mapping[str, str] | None = None, mandatory: str = ""
) -> SearchType:
    """Declare a type that is searched by patient."""
    parameters = GENERAL_PARAMETERS | PATIENT_PARAMETERS | frozenset(own)
    return SearchType(name, parameters, includes or {}, tuple(mandatory.split()))


def by_identifier(name: str, mandatory: str = "") -> SearchType:
    """Declare a type that is searched by identifier."""
    return SearchType(name, GENERAL_PARAMETERS | {"identifier"}, mandatory=tuple(mandatory.split()))


def table_of(*types: SearchType) -> Mapping[str, SearchType]:
    """Give the types by name."""
    return {search_type.name: search_type for search_type in types}


ENCOUNTER = by_patient(
    "Encounter",
    "date",
    "status",
    includes={
        "Encounter:location": "Location",
        "Encounter:participant": "Practitioner",
        "Encounter:practitioner": "Practitioner",
    },
    mandatory="status class",
)
SHARED_TYPES = (
    by_identifier("Patient"),
    ENCOUNTER,
    by_patient("Condition", mandatory="subject"),
    by_patient("AllergyIntolerance", "date", mandatory="patient"),
    by_patient(
        "Observation",
        "date",
        includes={"Observation:performer": "Practitioner"},
        mandatory="status code",
    ),
    by_patient("Procedure", "date", mandatory="status subject"),
    by_patient("ServiceRequest", mandatory="status intent subject"),
    by_patient("Flag", "date", mandatory="status code subject"),
    by_patient(
        "DocumentReference",
        "date",
        includes={"DocumentReference:author": "Practitioner"},
        mandatory="status content",
    ),
    by_identifier("Practitioner"),
    by_identifier("PractitionerRole"),
    by_identifier("Organization"),
    by_identifier("Location"),
)
