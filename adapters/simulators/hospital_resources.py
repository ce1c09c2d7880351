"""Render a hospital's record of one person: reports, discharge medicines, appointments, and the rest.

Follows FHIR R4 and UK Core.
"""

from collections.abc import Iterable
from datetime import timedelta

from adapters.simulators import r4_clinical
from adapters.simulators.hospital_encounters import encounter_resource, places
from adapters.simulators.r4_chart import (
    Chart,
    author,
    begin,
    by_ods_code,
    code,
    contained_author,
    encounter,
    period,
    starts,
    status_code,
    subject,
)
from adapters.simulators.r4_documents import document_resources
from adapters.simulators.r4_people import (
    deceased,
    organisation,
    patient,
    practitioner,
    practitioner_role,
)
from adapters.simulators.rendering import Resource, coded, moment, quantity, snomed, stated
from adapters.simulators.sensitivity import security_of
from adapters.simulators.staff import clinicians_of
from adapters.simulators.truth import Cohort, FactKind, Statement

_DOCTOR = ("R0050", "Consultant")
_USUAL_APPOINTMENT = timedelta(minutes=30)
_MEDICATION_STATUSES = frozenset({"active", "stopped", "completed"})
_APPOINTMENT_STATUSES = frozenset({"booked", "fulfilled", "cancelled", "noshow"})


def hospital_record(chart: Chart) -> list[Resource]:
    """Give everything that the hospital holds of one person, the Patient first."""
    rendered = [r for s in chart.statements for r in _resources(chart, s)]
    return [patient(chart) | deceased(chart.person), *rendered, *_reports(chart)]


def hospital_directory(
    ods_code: str, cohort: Cohort, statements: Iterable[Statement]
) -> list[Resource]:
    """Give the hospital's staff, its own organisation, and its places."""
    staff = clinicians_of(ods_code)
    name = cohort.organisations.get(ods_code, ods_code)
    encounters = (s for s in statements if s.fact.kind is FactKind.ENCOUNTER)
    return [
        organisation(ods_code, name),
        *map(practitioner, staff),
        *(practitioner_role(who, ods_code, _DOCTOR) for who in staff),
        *places(ods_code, encounters),
    ]


def _resources(chart: Chart, statement: Statement) -> list[Resource]:
    match statement.fact.kind:
        case FactKind.ENCOUNTER:
            return [encounter_resource(chart, statement)]
        case FactKind.DOCUMENT:
            return document_resources(chart, statement)
        case FactKind.MEDICATION if statement.detail["prescription_type"] == "discharge":
            return [_discharge_medicine(chart, statement)]
        case FactKind.MEDICATION:
            return [_medicine_taken(chart, statement)]
        case FactKind.APPOINTMENT:
            return [_appointment(chart, statement)]
        case kind:
            return [_CLINICAL[kind](chart, statement)]


_CLINICAL = {
    FactKind.ALLERGY: r4_clinical.allergy,
    FactKind.PROBLEM: r4_clinical.condition,
    FactKind.RESULT: r4_clinical.observation,
    FactKind.VITAL_SIGN: r4_clinical.observation,
    FactKind.IMMUNISATION: r4_clinical.immunisation,
    FactKind.PROCEDURE: r4_clinical.procedure,
    FactKind.CARE_PLAN: r4_clinical.care_plan,
    FactKind.FLAG: r4_clinical.flag,
    FactKind.REFERRAL: r4_clinical.service_request,
}


def _discharge_medicine(chart: Chart, statement: Statement) -> Resource:
    return stated(
        {
            **begin(chart, statement, "MedicationRequest"),
            "contained": contained_author(chart, statement),
            "status": _medication_status(statement),
            "intent": "order",
            "category": [status_code("medicationrequest-category", "discharge")],
            "medicationCodeableConcept": code(statement),
            "subject": subject(chart, statement),
            "encounter": encounter(chart, statement),
            "authoredOn": starts(statement),
            "requester": author(chart, statement),
            "dosageInstruction": [_dosage(statement)],
        }
    )


def _medicine_taken(chart: Chart, statement: Statement) -> Resource:
    return stated(
        {
            **begin(chart, statement, "MedicationStatement"),
            "status": _medication_status(statement),
            "medicationCodeableConcept": code(statement),
            "subject": subject(chart, statement),
            "context": encounter(chart, statement),
            "effectivePeriod": period(statement),
            "dateAsserted": starts(statement),
            "dosage": [_dosage(statement)],
        }
    )


def _medication_status(statement: Statement) -> str:
    if statement.is_retracted:
        return "entered-in-error"
    status = statement.detail["status"]
    return status if status in _MEDICATION_STATUSES else "unknown"


def _dosage(statement: Statement) -> Resource:
    detail = statement.detail
    dose = quantity(detail["dose_value"], detail["dose_unit"], "")
    return stated(
        {
            "text": detail["dose_text"],
            "patientInstruction": detail["frequency_text"],
            "route": snomed(detail["route_code"], detail["route"])
            if detail["route_code"]
            else None,
            "doseAndRate": [{"doseQuantity": dose}] if dose else None,
        }
    )


def _appointment(chart: Chart, statement: Statement) -> Resource:
    detail = statement.detail
    status = detail["status"] if detail["status"] in _APPOINTMENT_STATUSES else "booked"
    end = statement.ends_at or statement.starts_at + _USUAL_APPOINTMENT
    place = {"actor": {"type": "Location", "display": detail["location"]}, "status": "accepted"}
    return stated(
        {
            **begin(chart, statement, "Appointment"),
            "status": "entered-in-error" if statement.is_retracted else status,
            "serviceType": [code(statement)],
            "start": starts(statement),
            "end": moment(end),
            "participant": [
                {"actor": subject(chart, statement), "status": "accepted"},
                *([place] if detail["location"] else []),
            ],
        }
    )


def _reports(chart: Chart) -> list[Resource]:
    """Give one laboratory report for each encounter and day that has results."""
    grouped: dict[tuple[str, str], list[Statement]] = {}
    for statement in chart.statements:
        if statement.fact.kind is FactKind.RESULT:
            key = (statement.fact.encounter or "", starts(statement)[:10])
            grouped.setdefault(key, []).append(statement)
    return [_report(chart, results) for results in grouped.values()]


def _report(chart: Chart, results: list[Statement]) -> Resource:
    first = results[0]
    begun = begin(chart, first, "DiagnosticReport", suffix="-report")
    labels = {label for result in results for label in result.fact.labels}
    if (security := security_of(labels)) and isinstance(meta := begun["meta"], dict):
        meta["security"] = security
    return stated(
        {
            **begun,
            "status": "final",
            "category": [
                coded("http://terminology.hl7.org/CodeSystem/v2-0074", "LAB", "Laboratory")
            ],
            "code": snomed("4241000179101", "Laboratory report"),
            "subject": subject(chart, first),
            "encounter": encounter(chart, first),
            "effectiveDateTime": starts(first),
            "issued": starts(first),
            "performer": [by_ods_code(chart.organisation, chart.organisation_name)],
            "result": [{"reference": f"Observation/{result.local_id}"} for result in results],
        }
    )
