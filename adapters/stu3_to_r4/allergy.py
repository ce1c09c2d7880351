"""Map AllergyIntolerance, and resolve the ended ones that lists contain.

GP systems verify no allergy: `unconfirmed` is carried, and says nothing about doubt.
Source: CareConnect-GPC-AllergyIntolerance-1 to UK Core AllergyIntolerance.
"""

from adapters.stu3_to_r4.conversions import (
    coded,
    concept_of,
    element_of_extension,
    extend,
    renamed_extension,
)
from adapters.stu3_to_r4.losses import LossReason, Node
from adapters.stu3_to_r4.patient import either
from adapters.stu3_to_r4.rules import TypeRules, Work, same
from fhir_profiles.systems import UK_CORE

_TERMINOLOGY = "http://terminology.hl7.org/CodeSystem/allergyintolerance-"
_CLINICAL_STATUSES = frozenset({"active", "inactive", "resolved"})
_VERIFICATION_STATUSES = frozenset({"unconfirmed", "confirmed", "refuted", "entered-in-error"})
_END = f"{UK_CORE}/Extension-UKCore-AllergyIntoleranceEnd"


def _map_end(work: Work, extension: Node) -> None:
    concept = concept_of(work, "clinicalStatus")
    work.losses.note(work.source_type, "extension.url", LossReason.VALUE_TRANSLATED)
    extend(concept, {**extension, "url": _END})


ALLERGY_INTOLERANCE = TypeRules(
    "AllergyIntolerance",
    "AllergyIntolerance",
    {
        **same(
            "identifier",
            "type",
            "category",
            "criticality",
            "code",
            "patient",
            "onsetDateTime",
            "onsetAge",
            "onsetPeriod",
            "onsetRange",
            "onsetString",
            "recorder",
            "asserter",
            "lastOccurrence",
            "note",
            "reaction",
        ),
        "clinicalStatus": coded(f"{_TERMINOLOGY}clinical", _CLINICAL_STATUSES),
        "verificationStatus": coded(f"{_TERMINOLOGY}verification", _VERIFICATION_STATUSES),
        "assertedDate": "recordedDate",
    },
    {
        "http://hl7.org/fhir/StructureDefinition/encounter-associatedEncounter": (
            element_of_extension("encounter", "valueReference")
        ),
        **dict.fromkeys(either("AllergyIntoleranceEnd-1"), _map_end),
        **dict.fromkeys(
            either("Evidence-1"), renamed_extension(f"{UK_CORE}/Extension-UKCore-Evidence")
        ),
    },
)
