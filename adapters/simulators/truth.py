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


DETAIL_KEYS: Mapping[FactKind, tuple[str, ...]] = {
    # What decides the danger, and what tells "none known" and "ended" from an allergy.
    FactKind.ALLERGY: (
        "criticality",  # "high" | "low" | "unable-to-assess"
        "reaction_code",  # SNOMED CT
        "reaction_display",
        "verification",  # "confirmed" | "unconfirmed"
        "category",  # "medication" | "environment" | "food"
        "is_ended",
        "is_no_known_allergy",
    ),
    # What the GP page sorts by; `verification` is "provisional" for an ambulance impression.
    FactKind.PROBLEM: ("significance", "status", "verification"),
    # Dose as the source wrote it, so that a lost trailing zero is seen.
    FactKind.MEDICATION: (
        "dose_text",
        "dose_value",  # decimal text such as "1.50"
        "dose_unit",
        "route",
        "route_code",  # SNOMED CT
        "frequency_text",
        "prescription_type",  # "acute" | "repeat" | "given" (ambulance) | "discharge" (hospital)
        "status",  # "active" | "stopped" | "completed"
        "last_issued",  # YYYY-MM-DD, GP only
        "quantity",  # decimal text, GP only
    ),
    # What a journey is stitched from; codes are of ECDS, CDS 6.2 and the Ambulance Data Set.
    FactKind.ENCOUNTER: (
        "class",  # AMB | EMER | IMP | FLD | VR | HH
        "status",  # "planned" | "arrived" | "in-progress" | "finished" | "cancelled"
        "type_code",  # SNOMED CT
        "type_display",
        "reason",
        "department",
        "ward",
        "admission_method",
        "discharge_destination",
        "discharge_method",
        "arrival_mode",
        "acuity",
        "ambulance_incident",  # the same text at the ambulance service and in the ED attendance
        "spell",  # the spell number that an ED attendance shares with the admission after it
        "outcome",  # ambulance: hear_treat | see_treat | see_convey_ED | see_convey_other | refused
        "category",  # ambulance: C1..C5
        "ods_destination",
    ),
    # Value, range and mark as the laboratory sent them.
    FactKind.RESULT: ("value", "unit", "unit_code", "low", "high", "interpretation"),
    # As a result; NEWS2 totals have unit "" and a whole number.
    FactKind.VITAL_SIGN: ("value", "unit", "unit_code", "low", "high", "interpretation"),
    FactKind.IMMUNISATION: ("status", "dose_number", "lot", "site"),  # "completed" | "not-done"
    # Enough to show, to fetch (`document_content`) and to check what was fetched.
    FactKind.DOCUMENT: ("title", "content_type", "size", "sha256", "kind"),
    FactKind.PROCEDURE: ("status",),
    FactKind.CARE_PLAN: ("title", "cpr_status", "preferred_place", "status"),
    FactKind.FLAG: ("kind", "status"),  # status "active" | "inactive"
    FactKind.APPOINTMENT: ("status", "location"),  # "booked" | "fulfilled" | "cancelled" | "noshow"
    FactKind.REFERRAL: ("priority", "recipient", "status"),
}
"""The `detail` keys of each kind: all are always present, all are text, "" means "not stated", yes is "true".

`Statement.detail` is complete and holds the source's own values: a simulator reads it and never `Fact.detail`.
"""


def document_content(statement: "Statement") -> bytes:
    """Give the bytes behind a document statement; its `size` and `sha256` are those of these bytes."""
    return invented_letter(statement.fact.key, statement.fact.detail["title"])


def invented_letter(fact_key: str, title: str) -> bytes:
    """Write the plain-text letter of one document fact."""
    body = "This letter is invented. It belongs to no real person."
    return f"{title}\n\n{body}\n\nReference {fact_key}\n".encode()


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

    `encounter` is the key of the encounter fact in which it happened. A label may be a word outside
    `fhir_profiles.vocabulary.Label`: sources send such words. `detail`: see `DETAIL_KEYS`.
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
    """The whole invented London: people, what is true of them, what sources say.

    `showcases` names people by what they show; `reference_time` is the moment that counts as now.
    """

    seed: int
    people: Mapping[NhsNumber, Person]
    facts: tuple[Fact, ...]
    statements: Mapping[NhsNumber, tuple[Statement, ...]]
    organisations: Mapping[str, str]
    reference_time: datetime
    showcases: Mapping[str, NhsNumber] = field(default_factory=dict)

    def current_number(self, asked: NhsNumber) -> NhsNumber | None:
        """Give the number that PDS holds now for a current or superseded one."""
        if asked in self.people:
            return asked
        for person in self.people.values():
            if asked in person.former_numbers:
                return person.nhs_number
        return None
