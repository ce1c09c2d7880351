"""Map Immunization.

Source: CareConnect-GPC-Immunization-1 to UK Core Immunization.
"""

from adapters.stu3_to_r4.conversions import (
    element_of_extension,
    extend,
    lose_others,
    renamed_extension,
)
from adapters.stu3_to_r4.losses import LossReason, Node, Value, items_of
from adapters.stu3_to_r4.patient import either
from adapters.stu3_to_r4.rules import CROSS_VERSION, TypeRules, Work, same
from fhir_profiles.systems import UK_CORE

_PROTOCOL_NAMES = {"doseSequence": "doseNumberPositiveInt", "seriesDoses": "seriesDosesPositiveInt"}
# What R4's protocol lost, and the extension value that holds it.
_PROTOCOL_EXTENSIONS = {
    "description": "valueString",
    "doseStatus": "valueCodeableConcept",
    "doseStatusReason": "valueCodeableConcept",
}
_CARRIED = f"{CROSS_VERSION}Immunization."


def _leave_to_completion(_work: Work, _name: str, _value: Value) -> None:
    """Wait for the status, which `notGiven` may change."""


def _complete_not_given(work: Work, source: Node) -> None:
    not_given = source.get("notGiven")
    if not_given is True and source.get("status") == "entered-in-error":
        # A retracted entry stays retracted, whatever it said before.
        work.add_extension({"url": f"{_CARRIED}notGiven", "valueBoolean": True})
    elif not_given is True:
        work.lose("notGiven", not_given, LossReason.VALUE_TRANSLATED)
        work.lose("status", source.get("status", []), LossReason.VALUE_TRANSLATED)
        work.result["status"] = "not-done"
    elif "notGiven" in source:
        work.lose("notGiven", not_given, LossReason.VALUE_TRANSLATED)


def _complete_occurrence(work: Work, source: Node) -> None:
    if "date" not in source and "_date" not in source:
        work.result["occurrenceString"] = "unknown"


def _map_performers(work: Work, _name: str, value: Value) -> None:
    performers = items_of(value)
    for performer in performers:
        if isinstance(performer, dict) and "role" in performer:
            performer["function"] = performer.pop("role")
    work.result["performer"] = performers


def _map_explanation(work: Work, name: str, value: Value) -> None:
    if not isinstance(value, dict):
        work.lose(name, value, LossReason.NO_PLACE_IN_R4)
        return
    lose_others(work, name, value, {"reason", "reasonNotGiven"})
    if "reason" in value:
        work.result["reasonCode"] = value["reason"]
    for reason in items_of(value.get("reasonNotGiven", [])):
        # R4 has room for one.
        if work.result.setdefault("statusReason", reason) is not reason:
            url = f"{_CARRIED}explanation.reasonNotGiven"
            work.add_extension({"url": url, "valueCodeableConcept": reason})


def _map_protocols(work: Work, _name: str, value: Value) -> None:
    protocols = items_of(value)
    work.result["protocolApplied"] = [_protocol_applied(protocol) for protocol in protocols]


def _protocol_applied(protocol: Node) -> Node:
    applied = {_PROTOCOL_NAMES.get(name, name): held for name, held in protocol.items()}
    for name, value_name in _PROTOCOL_EXTENSIONS.items():
        if name in applied:
            url = f"{_CARRIED}vaccinationProtocol.{name}"
            extend(applied, {"url": url, value_name: applied.pop(name)})
    if "doseNumberPositiveInt" not in applied:
        # R4 requires a dose number; STU3 does not.
        applied["doseNumberString"] = "unknown"
    return applied


IMMUNIZATION = TypeRules(
    "Immunization",
    "Immunization",
    {
        **same(
            "identifier",
            "status",
            "vaccineCode",
            "patient",
            "encounter",
            "primarySource",
            "reportOrigin",
            "location",
            "manufacturer",
            "lotNumber",
            "expirationDate",
            "site",
            "route",
            "doseQuantity",
            "note",
            "reaction",
        ),
        "notGiven": _leave_to_completion,
        "date": "occurrenceDateTime",
        "practitioner": _map_performers,
        "explanation": _map_explanation,
        "vaccinationProtocol": _map_protocols,
    },
    {
        **dict.fromkeys(
            either("DateRecorded-1"), element_of_extension("recorded", "valueDateTime")
        ),
        **dict.fromkeys(
            either("VaccinationProcedure-1"),
            renamed_extension(f"{UK_CORE}/Extension-UKCore-VaccinationProcedure"),
        ),
        **dict.fromkeys(
            either("ParentPresent-1"),
            renamed_extension(f"{UK_CORE}/Extension-UKCore-ParentPresent"),
        ),
    },
    (_complete_not_given, _complete_occurrence),
)
