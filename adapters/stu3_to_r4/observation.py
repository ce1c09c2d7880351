"""Map Observation, DiagnosticReport and Specimen.

Computes nothing and converts no unit. Source: CareConnect-GPC-Observation-1,
-DiagnosticReport-1 and -Specimen-1 to UK Core.
"""

from adapters.stu3_to_r4.conversions import (
    PartOfReference,
    carried,
    extend,
    in_list,
    lose_others,
    reference_with,
)
from adapters.stu3_to_r4.losses import LossReason, Node, Value, items_of
from adapters.stu3_to_r4.rules import CROSS_VERSION, TypeRules, Work, same

_RELATED_NAMES = {"has-member": "hasMember", "derived-from": "derivedFrom"}
_RELATED = f"{CROSS_VERSION}Observation.related"
_PERFORMER = PartOfReference(
    "actor",
    "role",
    f"{CROSS_VERSION}DiagnosticReport.performer.role",
    "valueCodeableConcept",
)


def _map_comment(work: Work, name: str, value: Value) -> None:
    in_list("note")(work, name, {"text": value})


def _map_related(work: Work, _name: str, value: Value) -> None:
    for related in items_of(value):
        target = _RELATED_NAMES.get(related.get("type", ""))
        if target is None or related.keys() != {"type", "target"}:
            work.add_extension(_other_relation(work, related))
        else:
            work.losses.note("Observation", "related.type", LossReason.MOVED)
            work.result.setdefault(target, []).append(related["target"])


def _other_relation(work: Work, related: Node) -> Node:
    lose_others(work, "related", related, {"type", "target", "extension"})
    parts = items_of(related.get("extension", []))
    if "type" in related:
        parts = [*parts, {"url": "type", "valueCode": related["type"]}]
    if "target" in related:
        parts = [*parts, {"url": "target", "valueReference": related["target"]}]
    return {"url": _RELATED, "extension": parts}


def _map_attachment(work: Work, name: str, value: Value) -> None:
    """Keep the attachment, and say in a note that there is one."""
    carried("valueAttachment")(work, name, value)
    title = value.get("title") if isinstance(value, dict) else None
    in_list("note")(work, name, {"text": title or "The source holds an attachment as the value."})


def _map_components(work: Work, name: str, value: Value) -> None:
    work.result[name] = value
    for component in value if isinstance(value, list) else ():
        if isinstance(component.get("interpretation"), dict):
            component["interpretation"] = [component["interpretation"]]
        if "valueAttachment" in component:
            url = f"{CROSS_VERSION}Observation.component.valueAttachment"
            extend(component, {"url": url, "valueAttachment": component.pop("valueAttachment")})


def _map_report_performers(work: Work, name: str, value: Value) -> None:
    work.result[name] = [
        reference_with(work, name, performer, _PERFORMER) for performer in items_of(value)
    ]


OBSERVATION = TypeRules(
    "Observation",
    "Observation",
    {
        **same(
            "identifier",
            "basedOn",
            "status",
            "category",
            "code",
            "subject",
            "effectiveDateTime",
            "effectivePeriod",
            "issued",
            "performer",
            "valueQuantity",
            "valueCodeableConcept",
            "valueString",
            "valueBoolean",
            "valueRange",
            "valueRatio",
            "valueSampledData",
            "valueTime",
            "valueDateTime",
            "valuePeriod",
            "dataAbsentReason",
            "bodySite",
            "method",
            "specimen",
            "device",
            "referenceRange",
        ),
        "context": "encounter",
        "comment": _map_comment,
        "interpretation": in_list("interpretation"),
        "related": _map_related,
        "component": _map_components,
        "valueAttachment": _map_attachment,
    },
)

DIAGNOSTIC_REPORT = TypeRules(
    "DiagnosticReport",
    "DiagnosticReport",
    {
        **same(
            "identifier",
            "basedOn",
            "status",
            "code",
            "subject",
            "effectiveDateTime",
            "effectivePeriod",
            "issued",
            "specimen",
            "result",
            "imagingStudy",
            "conclusion",
            "presentedForm",
        ),
        "category": in_list("category"),
        "context": "encounter",
        "performer": _map_report_performers,
        "image": "media",
        "codedDiagnosis": "conclusionCode",
    },
)

SPECIMEN = TypeRules(
    "Specimen",
    "Specimen",
    same(
        "identifier",
        "accessionIdentifier",
        "status",
        "type",
        "subject",
        "receivedTime",
        "parent",
        "request",
        "collection",
        "processing",
        "container",
        "note",
    ),
)
