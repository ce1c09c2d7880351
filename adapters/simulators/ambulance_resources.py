"""Render an ambulance service's record of one person: contacts, readings, what was given and done.

Follows NHS England's Ambulance Data Set (items), FHIR R4 and UK Core; NEWS2 totals are given as recorded.
"""

from collections.abc import Iterable

from adapters.simulators import r4_clinical
from adapters.simulators.ambulance_encounters import (
    contact,
    destinations,
    scene,
    vehicles,
)
from adapters.simulators.r4_chart import (
    Chart,
    author,
    begin,
    code,
    contained_author,
    encounter,
    starts,
    status_code,
    subject,
)
from adapters.simulators.r4_documents import document_resources
from adapters.simulators.r4_people import organisation, patient, practitioner, practitioner_role
from adapters.simulators.rendering import Resource, coded, quantity, snomed, stated
from adapters.simulators.sensitivity import restricted
from adapters.simulators.staff import clinicians_of
from adapters.simulators.truth import Cohort, FactKind, Statement

_PARAMEDIC = ("R1070", "Paramedic")
_ALLERGY_NOTE = "As stated to ambulance crew"


def ambulance_record(chart: Chart) -> list[Resource]:
    """Give everything that the service holds of one person, the Patient first."""
    return [patient(chart), *(r for s in chart.statements for r in _resources(chart, s))]


def ambulance_directory(
    ods_code: str, cohort: Cohort, statements: Iterable[Statement]
) -> list[Resource]:
    """Give the service's staff, vehicles, and the places that it conveys to."""
    staff = clinicians_of(ods_code)
    name = cohort.organisations.get(ods_code, ods_code)
    contacts = [s for s in statements if s.fact.kind is FactKind.ENCOUNTER]
    return [
        organisation(ods_code, name),
        *map(practitioner, staff),
        *(practitioner_role(who, ods_code, _PARAMEDIC) for who in staff),
        *vehicles(ods_code),
        *destinations(cohort, contacts),
    ]


def _resources(chart: Chart, statement: Statement) -> list[Resource]:
    match statement.fact.kind:
        case FactKind.ENCOUNTER:
            return [contact(chart, statement), scene(chart, statement)]
        case FactKind.DOCUMENT:
            return document_resources(chart, statement)
        case kind:
            return [_CLINICAL[kind](chart, statement)]


def _allergy(chart: Chart, statement: Statement) -> Resource:
    told = r4_clinical.allergy(chart, statement) | {"note": [{"text": _ALLERGY_NOTE}]}
    if statement.is_retracted:
        return told
    system = "allergyintolerance-verification"
    return told | {"verificationStatus": status_code(system, "unconfirmed")}


def _impression(chart: Chart, statement: Statement) -> Resource:
    rendered = r4_clinical.condition(chart, statement)
    category = status_code("condition-category", "encounter-diagnosis")
    if statement.is_retracted:
        return rendered | {"category": [category]}
    provisional = status_code("condition-ver-status", "provisional")
    return rendered | {"category": [category], "verificationStatus": provisional}


def _alert(chart: Chart, statement: Statement) -> Resource:
    """Render an alert; one about safeguarding is restricted."""
    rendered = r4_clinical.flag(chart, statement)
    is_safeguarding = "safeguarding" in {*statement.fact.labels, statement.detail["kind"]}
    if not is_safeguarding or not isinstance(meta := rendered["meta"], dict):
        return rendered
    category = coded("https://fhir.nhs.uk/CodeSystem/flag-categories-bars", "SG", "Safeguarding")
    security = [*meta.get("security", []), restricted()]
    return rendered | {
        "meta": {**meta, "security": security},
        "category": [category | {"text": "safeguarding"}],
    }


def _given(chart: Chart, statement: Statement) -> Resource:
    return stated(
        {
            **begin(chart, statement, "MedicationAdministration"),
            "contained": contained_author(chart, statement),
            "status": "entered-in-error" if statement.is_retracted else "completed",
            "medicationCodeableConcept": code(statement),
            "subject": subject(chart, statement),
            "context": encounter(chart, statement),
            "effectiveDateTime": starts(statement),
            "performer": [{"actor": author(chart, statement)}],
            "dosage": _dosage(statement),
        }
    )


def _dosage(statement: Statement) -> Resource:
    detail = statement.detail
    dose = quantity(detail["dose_value"], detail["dose_unit"], "")
    route = snomed(detail["route_code"], detail["route"]) if detail["route_code"] else None
    # Invariant mad-1: a dosage without a dose or a rate is not allowed.
    return stated({"text": detail["dose_text"], "route": route, "dose": dose}) if dose else {}


_CLINICAL = {
    FactKind.ALLERGY: _allergy,
    FactKind.PROBLEM: _impression,
    FactKind.MEDICATION: _given,
    FactKind.RESULT: r4_clinical.observation,
    FactKind.VITAL_SIGN: r4_clinical.observation,
    FactKind.PROCEDURE: r4_clinical.procedure,
    FactKind.REFERRAL: r4_clinical.service_request,
    FactKind.FLAG: _alert,
    FactKind.IMMUNISATION: r4_clinical.immunisation,
    FactKind.CARE_PLAN: r4_clinical.care_plan,
}
