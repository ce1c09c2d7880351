"""Render the lists of a structured record: primary, secondary, and those that give a consultation its shape.

Chooses no items. Follows CareConnect-GPC-List-1 (FHIR STU3) and GP Connect 1.6, using lists.
"""

from dataclasses import dataclass

from adapters.simulators.gp_chart import (
    CODE_SYSTEM_BASE,
    PROFILE_BASE,
    Chart,
    meta,
    starts,
    subject,
)
from adapters.simulators.gp_rules import Area, ListWarning
from adapters.simulators.rendering import Resource, coded, extension, snomed, stated
from adapters.simulators.truth import Statement

PRIMARY_LISTS: dict[Area, tuple[str, str]] = {
    Area.ALLERGIES: ("886921000000105", "Allergies and adverse reactions"),
    Area.MEDICATION: ("933361000000108", "Medications and medical devices"),
    Area.PROBLEMS: ("717711000000103", "Problems"),
    Area.CONSULTATIONS: ("1149501000000101", "List of consultations"),
    Area.IMMUNISATIONS: ("1102181000000102", "Immunisations"),
    Area.UNCATEGORISED: ("826501000000100", "Miscellaneous record"),
    Area.INVESTIGATIONS: ("887191000000108", "Investigations and results"),
    Area.REFERRALS: ("792931000000107", "Outbound referral"),
    Area.DIARY: ("714311000000108", "Patient recall administration"),
}
ENDED_ALLERGIES = ("1103671000000101", "Ended allergies")

_SHAPES = {
    "consultation": ("325851000000107", "Consultation"),
    "topic": ("25851000000105", "Topic (EHR)"),
    "heading": ("24781000000107", "Category (EHR)"),
}
_NOTES = {
    ListWarning.CONFIDENTIAL_ITEMS: "Items excluded due to confidentiality and/or patient preferences.",
    ListWarning.DATA_IN_TRANSIT: (
        "Patient record transfer from previous GP practice not yet complete; "
        "information recorded before 01-Apr-2015 may be missing."
    ),
    ListWarning.DATA_AWAITING_FILING: (
        "Patient data may be incomplete as there is data supplied by a third party awaiting review "
        "before becoming available."
    ),
}
_EMPTY_NOTE = "Information not available"


@dataclass(frozen=True, slots=True)
class ListHead:
    """What a list is (its code) and why it may be incomplete."""

    code: Resource
    title: str
    warnings: tuple[ListWarning, ...]


def primary_head(area: Area, warnings: tuple[ListWarning, ...]) -> ListHead:
    """Give the head of an area's primary list."""
    code, title = PRIMARY_LISTS[area]
    return ListHead(snomed(code, title), title, warnings)


def secondary_head(code: str, warnings: tuple[ListWarning, ...]) -> ListHead:
    """Give the head of a list of items that a consultation or a problem led to."""
    family, _, rest = code.partition("-")
    title = f"{family.capitalize()} - {rest.replace('-', ' ')}"
    system = "https://fhir.hl7.org.uk/STU3/CodeSystem/GPConnect-SecondaryListValues-1"
    return ListHead(coded(system, code, title), title, warnings)


def record_list(chart: Chart, head: ListHead, items: list[str]) -> Resource:
    """Render a primary or secondary list; it has no id, as in the published examples."""
    notes = [_NOTES[warning] for warning in head.warnings]
    if not items:
        notes.append(_EMPTY_NOTE)
    return stated(
        {
            "resourceType": "List",
            "meta": meta("List"),
            "extension": [_clinical_setting(), *map(_warning, head.warnings)],
            "status": "current",
            "mode": "snapshot",
            "title": head.title,
            "code": head.code,
            "subject": subject(chart),
            "date": chart.today.isoformat(),
            "orderedBy": coded("http://hl7.org/fhir/list-order", "event-date"),
            "note": [{"text": " ".join(notes)}] if notes else None,
            "entry": [{"item": {"reference": item}} for item in items],
            "emptyReason": None if items else _empty_reason(),
        }
    )


def ended_allergies_list(
    chart: Chart, warnings: tuple[ListWarning, ...], ended: list[Resource]
) -> Resource:
    """Render the list of ended allergies, which contains them."""
    code, title = ENDED_ALLERGIES
    head = ListHead(snomed(code, title), title, warnings)
    listed = record_list(chart, head, [f"#{allergy['id']}" for allergy in ended])
    return listed | ({"contained": ended} if ended else {})


def structure_list(
    chart: Chart, consultation: Statement, place: tuple[str, int, str], items: list[str]
) -> Resource:
    """Render one list within a consultation; `place` is its shape, position and title."""
    shape, position, title = place
    return stated(
        {
            "resourceType": "List",
            "id": f"{consultation.local_id}-{shape}-{position}",
            "meta": meta("List", consultation.fact.labels),
            "status": "current",
            "mode": "snapshot",
            "title": title,
            "code": snomed(*_SHAPES[shape]),
            "subject": subject(chart),
            "encounter": {"reference": f"Encounter/{consultation.local_id}"},
            "date": starts(consultation),
            "orderedBy": coded("http://hl7.org/fhir/list-order", "system"),
            "entry": [{"item": {"reference": item}} for item in items],
        }
    )


def _clinical_setting() -> Resource:
    setting = snomed("1060971000000108", "General practice service")
    url = f"{PROFILE_BASE}/Extension-CareConnect-GPC-ClinicalSetting-1"
    return extension(url, "CodeableConcept", setting)


def _warning(warning: ListWarning) -> Resource:
    url = f"{PROFILE_BASE}/Extension-CareConnect-GPC-ListWarningCode-1"
    return extension(url, "Code", warning.value)


def _empty_reason() -> Resource:
    system = f"{CODE_SYSTEM_BASE}/CareConnect-ListEmptyReasonCode-1"
    return coded(system, "no-content-recorded", "No Content Recorded")
