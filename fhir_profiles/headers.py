"""Answer what a resource's header says: whose it is, what it is about, why sensitive, when, and if it stands.

Reads headers only, never bytes, and decides nothing by what it finds. Follows HL7 FHIR R4, the element
definitions of the types that a patient's record is made of.
"""

from collections.abc import Iterator
from operator import attrgetter
from typing import TypeVar

import msgspec
from msgspec import UNSET, Struct

from fhir_profiles.datatypes import Coding as Coding
from fhir_profiles.datatypes import Concept as Concept
from fhir_profiles.datatypes import Extension as Extension
from fhir_profiles.datatypes import HumanName as HumanName
from fhir_profiles.datatypes import Identifier as Identifier
from fhir_profiles.datatypes import Kept
from fhir_profiles.datatypes import Meta as Meta
from fhir_profiles.datatypes import Period as Period
from fhir_profiles.datatypes import Reference as Reference
from fhir_profiles.header_fields import Concepts as Concepts
from fhir_profiles.header_fields import Header as Header
from fhir_profiles.references import parse_reference

SUBJECTLESS_TYPES = frozenset(
    {
        "Practitioner",
        "PractitionerRole",
        "Organization",
        "Location",
        "Medication",
        "Device",
        "Specimen",
        "HealthcareService",
        "List",
    }
)
"""Types that are admitted only when a proven resource reaches them by reference."""

ENTERED_IN_ERROR = "entered-in-error"

_Item = TypeVar("_Item")
_SUBJECTS = attrgetter("subject", "patient", "beneficiary", "individual", "for_")
_CODED_FIELDS = (
    "code",
    "category",
    "type",
    "class_",
    "service_type",
    "service_category",
    "specialty",
    "vaccine_code",
    "medication_codeable_concept",
    "reason_code",
    "clinical_status",
    "verification_status",
)
_DATE_FIELDS = (
    "effective_date_time",
    "effective_period",
    "occurrence_date_time",
    "performed_date_time",
    "performed_period",
    "period",
    "start",
    "onset_date_time",
    "onset_period",
    "authored_on",
    "when_handed_over",
    "when_prepared",
    "date",
    "sent",
    "date_asserted",
    "recorded_date",
    "asserted_date",
    "issued",
    "created",
)


class _Participant(Struct):
    actor: Reference | None = None


_PARTICIPANTS = msgspec.json.Decoder(tuple[_Participant, ...])


def needs_subject(resource_type: str) -> bool:
    """Tell whether a resource of this type must name its patient to be admitted; unknown types must."""
    return resource_type not in SUBJECTLESS_TYPES and resource_type not in {
        "Patient",
        "OperationOutcome",
    }


def subject_of(header: Header) -> Reference | None:
    """Give the one patient that the resource names, or None when it names none or more than one."""
    subjects = set(subjects_of(header))
    return subjects.pop() if len(subjects) == 1 else None


def subjects_of(header: Header) -> tuple[Reference, ...]:
    """List every reference of the resource that says whose it is; each must be the same person.

    All patient-like elements count, also those that the type does not define: another reader might
    believe them.
    """
    stated = [value for value in _SUBJECTS(header) if value is not None]
    named = tuple([reference for value in stated for reference in _items(value)])
    if header.resource_type == "Appointment":
        return named + _patients_among_participants(header.participant)
    return named


def identifiers_of(header: Header) -> tuple[Identifier, ...]:
    """List the resource's business identifiers."""
    return tuple(_items(header.identifier))


def concepts_in(value: Concepts) -> tuple[Concept, ...]:
    """Give an element's concepts whichever way its type shapes it; a bare code becomes a concept."""
    if value is None:
        return ()
    items = value if isinstance(value, tuple) else (value,)
    return tuple(
        Concept(coding=(Coding(code=item),)) if isinstance(item, str) else item for item in items
    )


def codings_of(header: Header) -> Iterator[tuple[str | None, str | None]]:
    """Give (system, code) of everything that says what the resource is about."""
    for field in _CODED_FIELDS:
        value = getattr(header, field)
        if value is None:
            continue
        for item in _items(value):
            if isinstance(item, Coding):
                yield item.system, item.code
            elif isinstance(item, str):
                yield None, item
            else:
                yield from ((coding.system, coding.code) for coding in item.coding)


def clinical_date_of(header: Header) -> str | None:
    """Give the date by which a reader sorts: when it happened, else when it was written down."""
    for field in _DATE_FIELDS:
        value = getattr(header, field)
        found = value.start or value.end if isinstance(value, Period) else value
        if found:
            return str(found)
    return None


def texts_of(header: Header) -> Iterator[str]:
    """Give every wording that says what the resource is about: displays, texts, title, description."""
    for field in (*_CODED_FIELDS, "title", "description"):
        value = getattr(header, field)
        if value is None:
            continue
        for item in _items(value):
            yield from _wordings(item)


def security_of(header: Header) -> tuple[Coding, ...]:
    """List the resource's own security labels, and those of a document's `securityLabel`."""
    labels = header.meta.security if header.meta else ()
    if header.security_label is None:
        return labels
    return labels + tuple(
        coding for concept in concepts_in(header.security_label) for coding in concept.coding
    )


def status_of(header: Header) -> str | None:
    """Give the status that says whether the item still stands; a retraction anywhere wins."""
    stated: tuple[Concepts, ...] = (
        header.status,
        header.clinical_status,
        header.verification_status,
    )
    concepts = [concept for value in stated for concept in concepts_in(value)]
    words = [coding.code for concept in concepts for coding in concept.coding if coding.code]
    # Of a document, `status` speaks of the entry, which may stand although the letter behind it is withdrawn.
    is_retracted = ENTERED_IN_ERROR in {*words, header.doc_status}
    return ENTERED_IN_ERROR if is_retracted else next(iter(words), None)


def _wordings(item: Coding | Concept | str) -> Iterator[str]:
    if isinstance(item, str):
        yield item
        return
    codings, text = ((item,), None) if isinstance(item, Coding) else (item.coding, item.text)
    yield from (coding.display for coding in codings if coding.display)
    if text:
        yield text


def _items(value: _Item | tuple[_Item, ...] | None) -> tuple[_Item, ...]:
    if value is None:
        return ()
    return value if isinstance(value, tuple) else (value,)


def _patients_among_participants(raw: Kept) -> tuple[Reference, ...]:
    try:
        participants = () if raw is UNSET else _PARTICIPANTS.decode(raw)
    except msgspec.DecodeError:
        return ()
    actors = [participant.actor for participant in participants if participant.actor]
    return tuple(actor for actor in actors if _names_patient(actor))


def _names_patient(actor: Reference) -> bool:
    target = parse_reference(actor.reference or "").resource_type
    return "Patient" in {target, actor.type}
