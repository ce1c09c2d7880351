"""Shape of the planning population: one resident, their problems and contacts.

Makes nothing up (`population` does) and renders nothing (`resources` does).
"""

from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from adapters.simulators.truth import SourceKind
from fhir_profiles.nhs_number import NhsNumber


class ContactKind(StrEnum):
    """The kinds of contact that planners count."""

    GP = "gp"
    OUTPATIENT = "outpatient"
    EMERGENCY = "emergency"
    ADMISSION = "admission"
    AMBULANCE = "ambulance"

    @property
    def source(self) -> SourceKind:
        """Say which kind of source records it."""
        return _RECORDED[self][0]

    @property
    def encounter_class(self) -> str:
        """Give its class in FHIR (v3 ActCode)."""
        return _RECORDED[self][1]


_RECORDED: dict[ContactKind, tuple[SourceKind, str]] = {
    ContactKind.GP: (SourceKind.GP, "AMB"),
    ContactKind.OUTPATIENT: (SourceKind.HOSPITAL, "AMB"),
    ContactKind.EMERGENCY: (SourceKind.HOSPITAL, "EMER"),
    ContactKind.ADMISSION: (SourceKind.HOSPITAL, "IMP"),
    ContactKind.AMBULANCE: (SourceKind.AMBULANCE, "FLD"),
}


class Circumstance(StrEnum):
    """What decides whether the place of an assault may be told at all."""

    DOMESTIC = "domestic"
    SEXUAL = "sexual"
    OTHER = "other"


class Assault(NamedTuple):
    """One assault, by the items of the national data set (DCB1594, NHS Data Dictionary).

    `method` and `location_type` are of the project's own lists: the national codes are not openly published.
    `at` is to the hour. `venue` is empty where the place is known by area alone.
    """

    at: datetime
    method: str
    location_type: str
    circumstance: Circumstance
    lsoa: str
    venue: str
    location_description: str


class Problem(NamedTuple):
    """One coded condition (SNOMED CT) of a person."""

    code: str
    began_on: date


class Contact(NamedTuple):
    """One contact; `reason` is the condition that it is about, `assault` what it followed."""

    kind: ContactKind
    organisation: str
    starts_at: datetime
    ends_at: datetime
    cost_pence: int
    reason: str | None = None
    assault: Assault | None = None


class Resident(NamedTuple):
    """One person. What they chose is known here and to those who keep such lists, never on their record.

    `objected_on` is the day of a type 1 objection, made to the practice.
    """

    nhs_number: NhsNumber
    family_name: str
    given_name: str
    gender: str
    born_on: date
    died_on: date | None
    address_line: str
    postcode: str
    lsoa: str
    borough: str
    practice: str
    is_restricted: bool
    is_opted_out: bool
    objects_locally: bool
    objected_on: date | None

    @property
    def may_be_planned_with(self) -> bool:
        """Say whether nothing that they chose, and no flag, keeps them out of planning data."""
        chose_otherwise = self.is_opted_out or self.objects_locally or self.objected_on is not None
        return not (chose_otherwise or self.is_restricted)


class Life(NamedTuple):
    """A resident with everything that happened; contacts by time."""

    resident: Resident
    problems: tuple[Problem, ...]
    contacts: tuple[Contact, ...]
