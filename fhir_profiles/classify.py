"""Say what an item is (category) and why it is sensitive (labels), from its type, codes and security labels.

Parses nothing, knows no patient and no role, and does not look beyond the one item: a label that stands
on the Patient, on a contained resource or on another member of a group is the caller's to add.
Follows HL7 v3 sensitivity codes and the code lists kept beside this file.
"""

from collections.abc import Iterable

from fhir_profiles.security_labels import UNMARKED, marking_of
from fhir_profiles.topics import Topic, Topics, category_topics, sensitive_topics, topics_of
from fhir_profiles.vocabulary import Category, Label

Codings = Iterable[tuple[str | None, str | None]]

# A referral is a request that something be done, read by those who read what was done; as an
# appointment it would tell reception desks, who see dates and places, the reason for it.
CATEGORY_OF_TYPE: dict[str, Category] = {
    "AllergyIntolerance": Category.ALLERGIES,
    "Appointment": Category.APPOINTMENTS,
    "CarePlan": Category.CARE_PLANS,
    "CareTeam": Category.CARE_PLANS,
    "ClinicalImpression": Category.PROBLEMS,
    "Communication": Category.ENCOUNTERS,
    "Composition": Category.DOCUMENTS,
    "Condition": Category.PROBLEMS,
    "Consent": Category.DOCUMENTS,
    "DetectedIssue": Category.ALERTS,
    "DeviceUseStatement": Category.MEDICATIONS,
    "DiagnosticReport": Category.RESULTS,
    "DocumentReference": Category.DOCUMENTS,
    "Encounter": Category.ENCOUNTERS,
    "EpisodeOfCare": Category.ENCOUNTERS,
    "FamilyMemberHistory": Category.PROBLEMS,
    "Flag": Category.ALERTS,
    "Goal": Category.CARE_PLANS,
    "ImagingStudy": Category.RESULTS,
    "Immunization": Category.IMMUNISATIONS,
    "ImmunizationRecommendation": Category.IMMUNISATIONS,
    "Media": Category.DOCUMENTS,
    "MedicationAdministration": Category.MEDICATIONS,
    "MedicationDispense": Category.MEDICATIONS,
    "MedicationRequest": Category.MEDICATIONS,
    "MedicationStatement": Category.MEDICATIONS,
    "Observation": Category.RESULTS,
    "Patient": Category.DEMOGRAPHICS,
    "Procedure": Category.PROCEDURES,
    "QuestionnaireResponse": Category.DOCUMENTS,
    "RelatedPerson": Category.DEMOGRAPHICS,
    "RiskAssessment": Category.PROBLEMS,
    "ServiceRequest": Category.PROCEDURES,
}

INFRASTRUCTURE = frozenset(
    {
        "Bundle",
        "Device",
        "HealthcareService",
        "List",
        "Location",
        "Medication",
        "OperationOutcome",
        "Organization",
        "Practitioner",
        "PractitionerRole",
        "Provenance",
        "Specimen",
        "Substance",
    }
)
"""Kinds without a category: they are seen where an item that refers to them is seen."""

REFINABLE = frozenset(
    {
        "CarePlan",
        "CareTeam",
        "ClinicalImpression",
        "Composition",
        "Condition",
        "Consent",
        "DocumentReference",
        "Flag",
        "Goal",
        "Observation",
        "Procedure",
        "QuestionnaireResponse",
        "ServiceRequest",
    }
)
"""Kinds that may hold an end-of-life plan or social care, and then are that rather than their kind."""

# HL7's own service types are numbers too: its 360 is not genitourinary medicine.
_OTHER_SERVICE_NUMBERS = frozenset({"http://terminology.hl7.org/CodeSystem/service-type"})
# Everything that is no ASCII letter or digit parts words; no listed phrase holds any other letter.
_ONLY_WORDS = bytes(byte if chr(byte).isalnum() and byte < 128 else ord(" ") for byte in range(256))
# Keeps a phrase from being found across two texts.
_TEXT_BREAK = " nexttext "
_NOTHING: frozenset[Label] = frozenset()


def is_known_type(resource_type: str) -> bool:
    """Tell whether resources of this type are served at all; others are dropped by the caller."""
    return resource_type in CATEGORY_OF_TYPE or resource_type in INFRASTRUCTURE


def category_of(
    resource_type: str, codings: Codings = (), texts: Iterable[str] = ()
) -> Category | None:
    """Give the category of an item, or None for infrastructure and unknown types."""
    category = CATEGORY_OF_TYPE.get(resource_type)
    if resource_type not in REFINABLE:
        return category
    topics = category_topics()
    found = {topic for coding in _telling(topics, codings) for topic in topics_of(topics, coding)}
    if texts:
        found |= _topics_in(topics, _TEXT_BREAK.join(texts))
    if Category.END_OF_LIFE in found:
        # Ahead of social care: it must be findable in an emergency, whatever else it is.
        return Category.END_OF_LIFE
    return Category.SOCIAL_CARE if found else category


def labels_of(
    security: Codings = (),
    codings: Codings = (),
    texts: Iterable[str] = (),
    services: Codings = (),
    extensions: Iterable[str] = (),
) -> frozenset[Label]:
    """Give every reason why an item is sensitive; empty when there is none.

    Shape: `security` takes `meta.security` and `securityLabel`; `codings` every coding of the item;
    `texts` its displays, `text` and titles; `services` codings that name a service or specialty;
    `extensions` the urls of its extensions. An item that its source restricts (confidentiality R)
    is sealed unless another label says why: nobody can be entitled to an unnamed reason.
    """
    topics = sensitive_topics()
    found = {label for coding in _telling(topics, codings) for label in topics_of(topics, coding)}
    for coding in services:
        found |= topics_of(topics, coding) | _service_of(topics, coding)
    for url in extensions:
        found |= topics.by_extension.get(url, _NOTHING)
    if texts:
        found |= _topics_in(topics, _TEXT_BREAK.join(texts))
    marking = marking_of(security) if security else UNMARKED
    found |= marking.labels
    if marking.is_restricted and not found:
        found.add(Label.SEALED)
    return frozenset(found) if found else _NOTHING


def tells_by_words(text: str) -> bool:
    """Say whether a wording alone makes an item sensitive."""
    return bool(_topics_in(sensitive_topics(), text))


def _telling(topics: Topics[Topic], codings: Codings) -> list[tuple[str | None, str | None]]:
    # Most codings of a record tell nothing; two look-ups settle that.
    codes, systems = topics.by_code, topics.telling_systems
    return [coding for coding in codings if coding[1] in codes or coding[0] in systems]


def _service_of(topics: Topics[Label], coding: tuple[str | None, str | None]) -> frozenset[Label]:
    system, code = coding
    if system in _OTHER_SERVICE_NUMBERS:
        return _NOTHING
    return topics.by_service.get(code, _NOTHING)


def _topics_in(topics: Topics[Topic], text: str) -> frozenset[Topic]:
    words = text.lower().encode(errors="replace").translate(_ONLY_WORDS).split()
    phrases = topics.phrases
    if phrases.keys().isdisjoint(words):
        return frozenset()
    padded = b" %b " % b" ".join(words)
    return frozenset(
        topic
        for word in phrases.keys() & words
        for phrase, topic in phrases[word]
        if phrase in padded
    )
