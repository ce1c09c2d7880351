"""Render findings of a GP record, and the laboratory reports that hold some of them.

Follows CareConnect-GPC-Observation-1, -DiagnosticReport-1, -ProcedureRequest-1 and -Specimen-1 (FHIR STU3).
"""

from collections.abc import Iterable

from adapters.simulators.gp_chart import (
    Chart,
    begin,
    context,
    recorded_code,
    recorder,
    starts,
    subject,
)
from adapters.simulators.rendering import Resource, coded, quantity, snomed, stated
from adapters.simulators.sensitivity import STU3_ACT_CODE, security_of
from adapters.simulators.truth import FactKind, Statement


def observation(chart: Chart, statement: Statement) -> Resource:
    """Render a coded finding: a measurement, or anything that GP systems hold as a coded entry."""
    return stated(
        {
            **begin(chart, statement, "Observation"),
            "status": "entered-in-error" if statement.is_retracted else "final",
            "code": recorded_code(statement),
            "subject": subject(chart),
            "context": context(chart, statement),
            "effectiveDateTime": starts(statement),
            "issued": starts(statement),
            "performer": [recorder(chart, statement)],
            **_measurement(statement),
            "comment": _entry_words(statement),
        }
    )


def _measurement(statement: Statement) -> Resource:
    detail = statement.detail
    if not (value := detail.get("value", "")):
        return {}
    # STU3 has no valueInteger: a score is a Quantity without a unit.
    number = quantity(value, detail["unit"], detail["unit_code"])
    mark = detail["interpretation"]
    low, high = (quantity(detail[end], detail["unit"], "") for end in ("low", "high"))
    return stated(
        {
            "valueQuantity": number,
            "valueString": None if number else value,
            "interpretation": coded("http://hl7.org/fhir/v2/0078", mark) if mark else None,
            "referenceRange": [stated({"low": low, "high": high})] if low or high else None,
        }
    )


def _entry_words(statement: Statement) -> str:
    if statement.fact.kind not in (FactKind.CARE_PLAN, FactKind.FLAG):
        return ""
    return "; ".join(f"{name}: {value}" for name, value in statement.detail.items() if value)


def reports(results: Iterable[Statement]) -> list[tuple[Statement, ...]]:
    """Put results into reports: one for each consultation and day."""
    grouped: dict[tuple[str, str], list[Statement]] = {}
    for result in results:
        key = (result.fact.encounter or "", starts(result)[:10])
        grouped.setdefault(key, []).append(result)
    return [tuple(members) for members in grouped.values()]


def report_resources(chart: Chart, results: tuple[Statement, ...]) -> tuple[Resource, ...]:
    """Give report, request, specimen and results, in that order."""
    first = results[0]
    labels = frozenset().union(*(result.fact.labels for result in results))
    framing = (
        _report(chart, first, results),
        _test_request(chart, first),
        _specimen(chart, first),
    )
    for resource in framing:
        _relabel(resource, labels)
    return *framing, *(_reported(chart, first, result) for result in results)


def _relabel(resource: Resource, labels: frozenset[str]) -> None:
    security = security_of(labels, STU3_ACT_CODE)
    if security and isinstance(meta := resource["meta"], dict):
        meta["security"] = security


def _reported(chart: Chart, first: Statement, result: Statement) -> Resource:
    return observation(chart, result) | {"specimen": _reference("Specimen", first, "-specimen")}


def _report(chart: Chart, first: Statement, results: tuple[Statement, ...]) -> Resource:
    return stated(
        {
            **begin(chart, first, "DiagnosticReport", suffix="-report"),
            "basedOn": [_reference("ProcedureRequest", first, "-request")],
            "status": "unknown",
            "category": coded("http://hl7.org/fhir/v2/0074", "LAB", "Laboratory"),
            "code": snomed("721981007", "Diagnostic studies report"),
            "subject": subject(chart),
            "context": context(chart, first),
            "issued": starts(first),
            "performer": [{"actor": recorder(chart, first)}],
            "specimen": [_reference("Specimen", first, "-specimen")],
            "result": [_reference("Observation", result, "") for result in results],
        }
    )


def _test_request(chart: Chart, first: Statement) -> Resource:
    return stated(
        {
            **begin(chart, first, "ProcedureRequest", suffix="-request"),
            "status": "completed",
            "intent": "order",
            "code": snomed("15220000", "Laboratory test"),
            "subject": subject(chart),
            "context": context(chart, first),
            "authoredOn": starts(first),
            "requester": {"agent": recorder(chart, first)},
        }
    )


def _specimen(chart: Chart, first: Statement) -> Resource:
    return {
        **begin(chart, first, "Specimen", suffix="-specimen"),
        "status": "available",
        "type": {"text": "Blood"},
        "subject": subject(chart),
        "receivedTime": starts(first),
        "collection": {"collectedDateTime": starts(first)},
    }


def _reference(resource_type: str, statement: Statement, suffix: str) -> Resource:
    return {"reference": f"{resource_type}/{statement.local_id}{suffix}"}
