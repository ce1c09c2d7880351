"""Write statuses in words; a word that is not known here is shown as the source sent it.

Decides nothing: which status counts is `gateway/patient`'s. FHIR R4 status value sets.
"""

from collections.abc import Mapping

from fhir_profiles.headers import ENTERED_IN_ERROR, concepts_in, texts_of
from fhir_profiles.vocabulary import Category
from gateway.patient.shown import ShownItem
from gateway.patient.summary_rows import label_words

RETRACTED = "Entered in error: withdrawn by the source"

_WORDS = {
    ENTERED_IN_ERROR: RETRACTED,
    "active": "Active",
    "inactive": "Inactive",
    "resolved": "Resolved",
    "recurrence": "Recurrence",
    "relapse": "Relapse",
    "remission": "In remission",
    "unconfirmed": "Unconfirmed",
    "provisional": "Provisional",
    "differential": "One of several possible diagnoses",
    "refuted": "Refuted",
    "completed": "Completed",
    "stopped": "Stopped",
    "on-hold": "On hold",
    "cancelled": "Cancelled",
    "draft": "Draft",
    "intended": "Intended",
    "not-taken": "Not taken",
    "unknown": "Status not known",
    "planned": "Planned",
    "arrived": "Arrived",
    "triaged": "Triaged",
    "in-progress": "In progress",
    "onleave": "On leave",
    "finished": "Finished",
    "preliminary": "Found by this service, not confirmed by a person",
}
_PLAIN = frozenset({"confirmed"})
"""Not said: it is what a reader assumes."""

_SINGULAR: Mapping[Category | None, str] = {
    Category.ALERTS: "alert",
    Category.ALLERGIES: "allergy",
    Category.PROBLEMS: "problem",
    Category.MEDICATIONS: "medicine",
    Category.ENCOUNTERS: "encounter",
}


def status_in_words(item: ShownItem, unsaid: frozenset[str] = frozenset()) -> str:
    """Write an item's statuses but for the `unsaid`, the clinical one first; a retraction alone says it all."""
    if item.stands == ENTERED_IN_ERROR:
        return RETRACTED
    header = item.header
    codes = [
        coding.code
        for stated in (header.clinical_status, header.verification_status, header.status)
        for concept in concepts_in(stated)
        for coding in concept.coding
        if coding.code and coding.code not in _PLAIN | unsaid
    ]
    return ", ".join(_WORDS.get(code, code) for code in dict.fromkeys(codes))


def masked_in_words(item: ShownItem) -> str:
    """Write the stub of an item of which only its existence may be told, in its own words where a label has some."""
    said = next((text for text in texts_of(item.header) if text in label_words()), None)
    if said is not None:
        return said
    kind = _SINGULAR.get(item.category, "item")
    return f"Restricted {kind}: contact the source"
