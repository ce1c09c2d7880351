"""Shape of the invented cohort: who the people are, what really happened, and what each source says of it.

Makes nothing up itself (`cohort` does) and renders nothing (the simulators do).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from fhir_profiles.nhs_number import NhsNumber


class SourceKind(StrEnum):
    """The kinds of source that hold clinical statements."""

    GP = "gp"
    HOSPITAL = "hospital"
    AMBULANCE = "ambulance"


class FactKind(StrEnum):
    """The kinds of real-world item."""

    ALLERGY = "allergy"
    PROBLEM = "problem"
    MEDICATION = "medication"
    ENCOUNTER = "encounter"
    RESULT = "result"
    VITAL_SIGN = "vital-sign"
    IMMUNISATION = "immunisation"
    DOCUMENT = "document"
    PROCEDURE = "procedure"
    CARE_PLAN = "care-plan"
    FLAG = "flag"
    APPOINTMENT = "appointment"
    REFERRAL = "referral"


class Noise(StrEnum):
    """What a source got wrong or left out; rates are stated in `cohort`."""

    NO_SHARED_IDENTIFIER = "no-shared-identifier"
    OTHER_CODE_SYSTEM = "other-code-system"
    SHIFTED_DATE = "shifted-date"
    TYPO = "typo"
    TWIN = "twin"
    TRUE_REPEAT = "true-repeat"


@dataclass(frozen=True, slots=True)
class Coding:
    """A code with its system and wording."""

    system: str
    code: str
    display: str


@dataclass(frozen=True, slots=True)
class Person:
    """One invented person; numbers are from the 999 test range only.

    `objects_to` holds source ids; `contacts_of` organisations whose staff have a seeded relationship.
    """

    nhs_number: NhsNumber
    family_name: str
    given_names: tuple[str, ...]
    prefix: str
    gender: str
    born_on: date
    address_lines: tuple[str, ...]
    postcode: str
    phone: str
    practice: str
    hospitals: tuple[str, ...]
    former_numbers: tuple[NhsNumber, ...] = ()
    died_at: datetime | None = None
    is_restricted: bool = False
    objects_to: frozenset[str] = frozenset()
    objects_even_in_emergency: bool = False
    contacts_of: tuple[str, ...] = ()
    twin_of: NhsNumber | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """One real-world item. `journey` ties the encounters of one episode; `labels` why it is sensitive.

    `detail` holds what a kind needs beyond the common fields, as scalars (dose, unit, class, …).
    """

    key: str
    nhs_number: NhsNumber
    kind: FactKind
    coding: Coding
    starts_at: datetime
    ends_at: datetime | None = None
    labels: frozenset[str] = frozenset()
    journey: str | None = None
    encounter: str | None = None
    detail: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Statement:
    """What one source says about one fact.

    `local_id` is the source's own resource id; `business_identifier` (system, value) is shared between
    sources unless the noise says otherwise; `is_retracted` means entered in error at this source.
    """

    source: SourceKind
    organisation: str
    fact: Fact
    local_id: str
    coding: Coding
    starts_at: datetime
    ends_at: datetime | None
    business_identifier: tuple[str, str] | None = None
    is_retracted: bool = False
    noise: frozenset[Noise] = frozenset()
    detail: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cohort:
    """The whole invented London: people, what is true of them, what sources say, and light planning visits."""

    seed: int
    people: Mapping[NhsNumber, Person]
    facts: tuple[Fact, ...]
    statements: Mapping[NhsNumber, tuple[Statement, ...]]
    organisations: Mapping[str, str]

    def current_number(self, asked: NhsNumber) -> NhsNumber | None:
        """Give the number that PDS holds now for a current or superseded one."""
        if asked in self.people:
            return asked
        for person in self.people.values():
            if asked in person.former_numbers:
                return person.nhs_number
        return None
