"""Map MedicationStatement, MedicationRequest and Medication.

Judges no dose. Source: CareConnect-GPC-Medication*-1 to UK Core; a plan stays the authorisation and
an order the issue.
"""

from adapters.stu3_to_r4.conversions import (
    carried,
    concept_of,
    dropped,
    element_of_extension,
    extend,
    in_list,
    parts_of,
    renamed_extension,
    requester,
)
from adapters.stu3_to_r4.losses import LossReason, Node, Value
from adapters.stu3_to_r4.patient import either
from adapters.stu3_to_r4.rules import TypeRules, Work, same
from fhir_profiles.systems import EXTENSION_BASE, UK_CORE

_STATUS_CHANGE_DATE = f"{EXTENSION_BASE}/status-change-date"
_REPEATS_ALLOWED = f"{EXTENSION_BASE}/repeat-prescriptions-allowed"
_REPEAT_INFORMATION = f"{UK_CORE}/Extension-UKCore-MedicationRepeatInformation"
_THERAPY = "http://terminology.hl7.org/CodeSystem/medicationrequest-course-of-therapy"
_UK_CORE_THERAPY = "https://fhir.hl7.org.uk/CodeSystem/UKCore-MedicationRequestCourseOfTherapy"
_COURSE_OF_PRESCRIPTION = {
    "acute": {"system": _THERAPY, "code": "acute"},
    "repeat": {"system": _THERAPY, "code": "continuous"},
    "repeat-dispensing": {"system": _UK_CORE_THERAPY, "code": "continuous-repeating-dispensing"},
}
_DOSE_AND_RATE = ("doseQuantity", "doseRange", "rateQuantity", "rateRange", "rateRatio")


def _map_dosage(work: Work, name: str, value: Value) -> None:
    work.result[name] = value
    for dosage in value if isinstance(value, list) else ():
        amounts = {part: dosage.pop(part) for part in _DOSE_AND_RATE if part in dosage}
        if amounts:
            dosage["doseAndRate"] = [amounts]


def _map_taken(work: Work, name: str, value: Value) -> None:
    # GP systems always send "unk"; another word would be a statement, and is kept.
    if value == "unk":
        work.lose(name, value, LossReason.RETIRED_MEANINGLESS)
    else:
        carried("valueCode")(work, name, value)


def _map_substitution(work: Work, name: str, value: Value) -> None:
    if isinstance(value, dict) and "allowed" in value:
        value["allowedBoolean"] = value.pop("allowed")
    work.result[name] = value


def _map_status_reason(work: Work, extension: Node) -> None:
    parts = parts_of(extension)
    reason = parts.get("statusReason", {}).get("valueCodeableConcept") if parts else None
    if (
        parts is None
        or not isinstance(reason, dict)
        or parts.keys() - {"statusReason", "statusChangeDate"}
    ):
        work.add_extension(extension)
        return
    concept = concept_of(work, "statusReason")
    concept.update(reason)
    if "statusChangeDate" in parts:
        dated = {**parts["statusChangeDate"], "url": _STATUS_CHANGE_DATE}
        extend(concept, dated)
    work.losses.note(work.source_type, "extension.url", LossReason.MOVED)
    for _ in parts:
        work.losses.note(work.source_type, "extension.extension.url", LossReason.MOVED)


def _map_prescription_type(work: Work, extension: Node) -> None:
    """Keep the GP's word for the course of therapy, and add R4's where there is one."""
    element_of_extension("courseOfTherapyType", "valueCodeableConcept")(work, extension)
    codings: list[Node] = work.result.get("courseOfTherapyType", {}).get("coding", [])
    stated = [coding.get("code", "") for coding in codings]
    codings += [_COURSE_OF_PRESCRIPTION[code] for code in stated if code in _COURSE_OF_PRESCRIPTION]


def _map_repeat_information(work: Work, extension: Node) -> None:
    parts = parts_of(extension)
    if parts is None:
        work.add_extension(extension)
        return
    # Whether the count includes the first issue is not said, so it is not R4's numberOfRepeatsAllowed.
    allowed = parts.pop("numberOfRepeatPrescriptionsAllowed", None)
    if allowed is not None:
        _lose_part_name(work)
        work.add_extension({**allowed, "url": _REPEATS_ALLOWED})
    work.losses.note(work.source_type, "extension.url", LossReason.VALUE_TRANSLATED)
    if parts:
        kept = [_renamed_part(work, part) for part in parts.values()]
        work.add_extension({"url": _REPEAT_INFORMATION, "extension": kept})


def _renamed_part(work: Work, part: Node) -> Node:
    if part["url"] != "numberOfRepeatPrescriptionsIssued":
        return part
    _lose_part_name(work)
    # Some systems send the count as a positiveInt; UK Core has an unsignedInt.
    count = {
        "valueUnsignedInt" if name == "valuePositiveInt" else name: held
        for name, held in part.items()
    }
    return {**count, "url": "numberOfPrescriptionsIssued"}


def _lose_part_name(work: Work) -> None:
    work.losses.note(work.source_type, "extension.extension.url", LossReason.VALUE_TRANSLATED)


def _map_ingredients(work: Work, name: str, value: Value) -> None:
    work.result[name] = value
    for ingredient in value if isinstance(value, list) else ():
        if "amount" in ingredient:
            ingredient["strength"] = ingredient.pop("amount")


def _map_package(work: Work, name: str, value: Value) -> None:
    """Keep a single batch, which R4 has; its container and content have no place there."""
    rest = dict(value) if isinstance(value, dict) else value
    if isinstance(rest, dict) and isinstance(rest.get("batch"), list) and len(rest["batch"]) == 1:
        work.result["batch"] = rest.pop("batch")[0]
    work.lose(name, rest, LossReason.NO_PLACE_IN_R4)


MEDICATION_STATEMENT = TypeRules(
    "MedicationStatement",
    "MedicationStatement",
    {
        **same(
            "identifier",
            "basedOn",
            "partOf",
            "context",
            "status",
            "category",
            "medicationCodeableConcept",
            "medicationReference",
            "effectiveDateTime",
            "effectivePeriod",
            "dateAsserted",
            "informationSource",
            "subject",
            "derivedFrom",
            "reasonCode",
            "reasonReference",
            "note",
        ),
        "taken": _map_taken,
        "reasonNotTaken": in_list("statusReason"),
        "dosage": _map_dosage,
    },
    {
        **dict.fromkeys(
            either("MedicationStatementLastIssueDate-1"),
            renamed_extension(f"{UK_CORE}/Extension-UKCore-MedicationStatementLastIssueDate"),
        ),
        **dict.fromkeys(
            either("PrescribingAgency-1"),
            renamed_extension(f"{UK_CORE}/Extension-UKCore-MedicationPrescribingOrganizationType"),
        ),
    },
)

MEDICATION_REQUEST = TypeRules(
    "MedicationRequest",
    "MedicationRequest",
    {
        **same(
            "identifier",
            "basedOn",
            "groupIdentifier",
            "status",
            "intent",
            "priority",
            "medicationCodeableConcept",
            "medicationReference",
            "subject",
            "supportingInformation",
            "authoredOn",
            "recorder",
            "reasonCode",
            "reasonReference",
            "note",
            "dispenseRequest",
            "priorPrescription",
            "detectedIssue",
            "eventHistory",
        ),
        "definition": carried("valueReference"),
        "category": in_list("category"),
        "context": "encounter",
        "requester": requester,
        "dosageInstruction": _map_dosage,
        "substitution": _map_substitution,
    },
    {
        **dict.fromkeys(either("MedicationStatusReason-1"), _map_status_reason),
        **dict.fromkeys(either("PrescriptionType-1"), _map_prescription_type),
        **dict.fromkeys(either("MedicationRepeatInformation-1"), _map_repeat_information),
    },
)

MEDICATION = TypeRules(
    "Medication",
    "Medication",
    {
        **same("code", "status", "manufacturer", "form"),
        "isBrand": dropped(LossReason.NO_PLACE_IN_R4),
        "isOverTheCounter": dropped(LossReason.NO_PLACE_IN_R4),
        "ingredient": _map_ingredients,
        "package": _map_package,
        "image": carried("valueAttachment"),
    },
    {
        "https://fhir.nhs.uk/STU3/StructureDefinition/Extension-GPConnect-MedicationTradeFamily-1": (
            renamed_extension(f"{UK_CORE}/Extension-UKCore-MedicationTradeFamily")
        ),
    },
)
