"""Render every statement of a chart once, each as the resources that stand for it.

Lists and bundles are put together elsewhere.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from adapters.simulators.gp_chart import Chart
from adapters.simulators.gp_choice import within
from adapters.simulators.gp_consultations import comment, consultation, consultation_lists
from adapters.simulators.gp_findings import observation, report_resources, reports
from adapters.simulators.gp_medications import medication_resources
from adapters.simulators.gp_resources import (
    allergy,
    diary_entry,
    document,
    immunisation,
    problem,
    referral,
)
from adapters.simulators.rendering import Resource
from adapters.simulators.truth import FactKind, Statement

_HEADINGS = {
    FactKind.PROBLEM: "Problem",
    FactKind.ALLERGY: "Allergy",
    FactKind.MEDICATION: "Medication",
    FactKind.VITAL_SIGN: "Examination",
    FactKind.RESULT: "Investigations",
    FactKind.IMMUNISATION: "Immunisations",
    FactKind.REFERRAL: "Referral",
    FactKind.DOCUMENT: "Document",
    FactKind.APPOINTMENT: "Follow-up",
}
_TYPES = {
    FactKind.ALLERGY: "AllergyIntolerance",
    FactKind.PROBLEM: "Condition",
    FactKind.MEDICATION: "MedicationStatement",
    FactKind.ENCOUNTER: "Encounter",
    FactKind.IMMUNISATION: "Immunization",
    FactKind.REFERRAL: "ReferralRequest",
    FactKind.APPOINTMENT: "ProcedureRequest",
    FactKind.DOCUMENT: "DocumentReference",
}


@dataclass(frozen=True, slots=True)
class Item:
    """The resources of one statement, and the reference by which lists point to it."""

    reference: str
    resources: tuple[Resource, ...]


Items = Mapping[str, Item]
"""By the statement's local id."""


def items_of(chart: Chart) -> Items:
    """Render everything that the record can ever give; results point to the report that holds them."""
    references = _references(chart)
    reported = {
        result.local_id: Item(references[result.local_id], resources)
        for members in _reports(chart)
        for resources in (report_resources(chart, members),)
        for result in members
    }
    return {
        s.local_id: reported.get(s.local_id)
        or Item(references[s.local_id], _resources(chart, s, references))
        for s in chart.statements
    }


def _reports(chart: Chart) -> list[tuple[Statement, ...]]:
    return reports(s for s in chart.statements if s.fact.kind is FactKind.RESULT)


def _references(chart: Chart) -> dict[str, str]:
    plain = {
        s.local_id: f"{_TYPES.get(s.fact.kind, 'Observation')}/{s.local_id}"
        for s in chart.statements
    }
    reported = {
        result.local_id: f"DiagnosticReport/{members[0].local_id}-report"
        for members in _reports(chart)
        for result in members
    }
    return plain | reported


def _resources(
    chart: Chart, statement: Statement, references: Mapping[str, str]
) -> tuple[Resource, ...]:
    match statement.fact.kind:
        case FactKind.MEDICATION:
            return medication_resources(chart, statement)
        case FactKind.ENCOUNTER:
            return _whole_consultation(chart, statement, references)
        case FactKind.PROBLEM:
            return (_problem(chart, statement, references),)
        case _:
            return (_single(chart, statement),)


def _single(chart: Chart, statement: Statement) -> Resource:
    match statement.fact.kind:
        case FactKind.ALLERGY:
            return allergy(chart, statement)
        case FactKind.IMMUNISATION:
            return immunisation(chart, statement)
        case FactKind.REFERRAL:
            return referral(chart, statement)
        case FactKind.APPOINTMENT:
            return diary_entry(chart, statement)
        case FactKind.DOCUMENT:
            return document(chart, statement)
        case _:
            return observation(chart, statement)


def _problem(chart: Chart, statement: Statement, references: Mapping[str, str]) -> Resource:
    around = recorded_with(chart, statement)
    related = [references[s.local_id] for s in around if s.fact.kind is not FactKind.PROBLEM]
    linked = [references[s.local_id] for s in around if s.fact.kind is FactKind.PROBLEM]
    return problem(chart, statement, list(dict.fromkeys(related)), linked)


def recorded_with(chart: Chart, statement: Statement) -> list[Statement]:
    """Give what else was recorded in the same consultation, the consultation itself first."""
    if (consulted := chart.consultation_of(statement)) is None:
        return []
    return [consulted, *(s for s in within(chart, [consulted]) if s is not statement)]


def _whole_consultation(
    chart: Chart, statement: Statement, references: Mapping[str, str]
) -> tuple[Resource, ...]:
    words = comment(chart, statement)
    headings: dict[str, list[str]] = {}
    if words is not None:
        headings["Comment"] = [f"Observation/{words['id']}"]
    for member in within(chart, [statement]):
        title = _HEADINGS.get(member.fact.kind, "Additional")
        listed = headings.setdefault(title, [])
        if (reference := references[member.local_id]) not in listed:
            listed.append(reference)
    lists = consultation_lists(chart, statement, headings)
    return consultation(chart, statement), *([words] if words else []), *lists
