"""Name the few fields of a resource that decide: whose it is, what it is, why sensitive, and when.

Does not hold the resource (`spans` does) and says nothing about the fields (`headers` does). Element
names are HL7 FHIR R4's; those that STU3 alone has are included, so one header serves both.
"""

import msgspec
from msgspec import UNSET, Raw

from fhir_profiles.datatypes import (
    Coding,
    Concept,
    HumanName,
    Identifier,
    Kept,
    Meta,
    Period,
    Quiet,
    Reference,
)

# FHIR gives one element name different shapes in different types, so a header takes them all.
Concepts = Concept | tuple[Concept | str, ...] | str | None
References = Reference | tuple[Reference, ...] | None


class Header(Quiet, frozen=True):
    """The deciding fields of one resource, in the order in which servers mostly write them.

    Fields of type `Kept` decide nothing here: they are the element's own bytes, for whoever
    needs it. So is `contained`, which is empty when absent.
    """

    resource_type: str
    id: str | None = None
    meta: Meta | None = None
    language: Kept = UNSET
    text: Kept = UNSET
    contained: Raw = Raw(b"")
    extension: Kept = UNSET
    identifier: tuple[Identifier, ...] | Identifier | None = None
    active: Kept = UNSET
    based_on: Kept = UNSET
    status: str | None = None
    status_history: Kept = UNSET
    doc_status: str | None = None
    intent: str | None = None
    priority: Kept = UNSET
    clinical_status: Concepts = None
    verification_status: Concepts = None
    class_: Coding | tuple[Coding, ...] | None = msgspec.field(name="class", default=None)
    type: Concepts = None
    service_type: Concepts = None
    service_category: Concepts = None
    specialty: Concepts = None
    category: Concepts = None
    criticality: str | None = None
    mode: Kept = UNSET
    physical_type: Kept = UNSET
    severity: Kept = UNSET
    code: Concepts = None
    vaccine_code: Concepts = None
    medication_codeable_concept: Concepts = None
    medication_reference: Reference | None = None
    body_site: Kept = UNSET
    subject: References = None
    patient: References = None
    beneficiary: References = None
    individual: References = None
    for_: References = msgspec.field(name="for", default=None)
    encounter: References = None
    context: Kept = UNSET
    participant: Kept = UNSET
    period: Period | None = None
    effective_date_time: str | None = None
    effective_period: Period | None = None
    onset_date_time: str | None = None
    onset_period: Period | None = None
    abatement_date_time: str | None = None
    occurrence_date_time: str | None = None
    performed_date_time: str | None = None
    performed_period: Period | None = None
    recorded_date: str | None = None
    asserted_date: str | None = None
    authored_on: str | None = None
    date: str | None = None
    issued: str | None = None
    created: str | None = None
    start: str | None = None
    end: str | None = None
    sent: str | None = None
    date_asserted: str | None = None
    when_prepared: str | None = None
    when_handed_over: str | None = None
    requester: Kept = UNSET
    recorder: Kept = UNSET
    asserter: Kept = UNSET
    performer: Kept = UNSET
    author: Kept = UNSET
    custodian: Kept = UNSET
    reason_code: Concepts = None
    reason_reference: Kept = UNSET
    security_label: Concepts = None
    title: str | None = None
    description: Concepts = None
    value_quantity: Kept = UNSET
    value_codeable_concept: Kept = UNSET
    value_string: Kept = UNSET
    value_integer: Kept = UNSET
    interpretation: Kept = UNSET
    reference_range: Kept = UNSET
    component: Kept = UNSET
    result: Kept = UNSET
    presented_form: Kept = UNSET
    content: Kept = UNSET
    diagnosis: Kept = UNSET
    hospitalization: Kept = UNSET
    location: Kept = UNSET
    service_provider: Kept = UNSET
    primary_source: Kept = UNSET
    lot_number: Kept = UNSET
    site: Kept = UNSET
    protocol_applied: Kept = UNSET
    dosage: Kept = UNSET
    dosage_instruction: Kept = UNSET
    note: Kept = UNSET
    reaction: Kept = UNSET
    care_team: Kept = UNSET
    addresses: Kept = UNSET
    activity: Kept = UNSET
    name: tuple[HumanName | str, ...] | HumanName | str | None = None
    telecom: Kept = UNSET
    gender: str | None = None
    birth_date: str | None = None
    address: Kept = UNSET
    general_practitioner: Kept = UNSET

    @property
    def has_contained(self) -> bool:
        """Tell whether the resource carries others inside it."""
        return bytes(self.contained) != b""
