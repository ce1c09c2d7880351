"""Render the clinical items that hospital and ambulance write alike.

Encounters, medicines and documents have files of their own. Follows FHIR R4 and UK Core.
"""

from adapters.simulators.r4_chart import (
    Chart,
    author,
    begin,
    code,
    contained_author,
    encounter,
    period,
    starts,
    status_code,
    subject,
)
from adapters.simulators.rendering import Resource, coded, measured, quantity, snomed, stated
from adapters.simulators.truth import FactKind, Statement
from fhir_profiles import systems

_OBSERVATION_CATEGORY = "observation-category"
_INTERPRETATION = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"
_PROCEDURE_STATUSES = frozenset({"preparation", "in-progress", "not-done", "stopped", "completed"})
_REQUEST_STATUSES = frozenset({"draft", "active", "on-hold", "revoked", "completed"})
_CARE_PLAN_STATUSES = frozenset({"draft", "active", "on-hold", "revoked", "completed"})
_FLAG_CATEGORIES = frozenset({"admin", "behavioral", "clinical", "contact", "drug", "safety"})
_PRIORITIES = frozenset({"routine", "urgent", "asap", "stat"})


def allergy(chart: Chart, statement: Statement) -> Resource:
    """Render an allergy; one entered in error has no clinical status (ait-2)."""
    detail = statement.detail
    verification = "entered-in-error" if statement.is_retracted else detail["verification"]
    clinical = "resolved" if detail["is_ended"] == "true" else "active"
    return stated(
        {
            **begin(chart, statement, "AllergyIntolerance"),
            "contained": contained_author(chart, statement),
            "clinicalStatus": None
            if statement.is_retracted
            else status_code("allergyintolerance-clinical", clinical),
            "verificationStatus": status_code(
                "allergyintolerance-verification", verification or "unconfirmed"
            ),
            "category": [detail["category"]] if detail["category"] else None,
            "criticality": detail["criticality"],
            "code": code(statement),
            "patient": subject(chart, statement),
            "encounter": encounter(chart, statement),
            "recordedDate": starts(statement),
            "recorder": author(chart, statement),
            "reaction": _reactions(statement),
        }
    )


def _reactions(statement: Statement) -> list[Resource]:
    detail = statement.detail
    if not detail["reaction_code"]:
        return []
    return [{"manifestation": [snomed(detail["reaction_code"], detail["reaction_display"])]}]


def condition(chart: Chart, statement: Statement) -> Resource:
    """Render a diagnosis or a problem; one entered in error has no clinical status (con-5)."""
    detail = statement.detail
    in_encounter = chart.encounter_of(statement) is not None
    is_active = detail["status"] == "active"
    verification = "entered-in-error" if statement.is_retracted else detail["verification"]
    ended = period(statement).get("end")
    return stated(
        {
            **begin(chart, statement, "Condition"),
            "contained": contained_author(chart, statement),
            "clinicalStatus": None
            if statement.is_retracted
            else status_code("condition-clinical", detail["status"] or "active"),
            "verificationStatus": status_code("condition-ver-status", verification or "confirmed"),
            "category": [
                status_code(
                    "condition-category",
                    "encounter-diagnosis" if in_encounter else "problem-list-item",
                )
            ],
            "code": code(statement),
            "subject": subject(chart, statement),
            "encounter": encounter(chart, statement),
            "onsetDateTime": starts(statement),
            "abatementDateTime": None if is_active else ended,
            "recordedDate": starts(statement),
            "recorder": author(chart, statement),
        }
    )


def observation(chart: Chart, statement: Statement) -> Resource:
    """Render a result or a vital sign."""
    is_vital = statement.fact.kind is FactKind.VITAL_SIGN
    category = "vital-signs" if is_vital else "laboratory"
    detail = statement.detail
    mark = detail["interpretation"]
    low, high = (quantity(detail[end], detail["unit"], "") for end in ("low", "high"))
    return stated(
        {
            **begin(chart, statement, "Observation"),
            "contained": contained_author(chart, statement),
            "status": "entered-in-error" if statement.is_retracted else "final",
            "category": [status_code(_OBSERVATION_CATEGORY, category)],
            "code": code(statement),
            "subject": subject(chart, statement),
            "encounter": encounter(chart, statement),
            "effectiveDateTime": starts(statement),
            "issued": starts(statement),
            "performer": [author(chart, statement)],
            **measured(detail["value"], detail["unit"], detail["unit_code"]),
            "interpretation": [coded(_INTERPRETATION, mark)] if mark else None,
            "referenceRange": [stated({"low": low, "high": high})] if low or high else None,
        }
    )


def procedure(chart: Chart, statement: Statement) -> Resource:
    """Render something done."""
    status = _one_of(statement.detail["status"], _PROCEDURE_STATUSES, "completed")
    return stated(
        {
            **begin(chart, statement, "Procedure"),
            "contained": contained_author(chart, statement),
            "status": "entered-in-error" if statement.is_retracted else status,
            "code": code(statement),
            "subject": subject(chart, statement),
            "encounter": encounter(chart, statement),
            "performedDateTime": starts(statement),
            "performer": [{"actor": author(chart, statement)}],
        }
    )


def service_request(chart: Chart, statement: Statement) -> Resource:
    """Render a referral."""
    detail = statement.detail
    status = _one_of(detail["status"], _REQUEST_STATUSES, "unknown")
    return stated(
        {
            **begin(chart, statement, "ServiceRequest"),
            "contained": contained_author(chart, statement),
            "status": "entered-in-error" if statement.is_retracted else status,
            "intent": "order",
            "priority": _one_of(detail["priority"], _PRIORITIES, "routine"),
            "code": code(statement),
            "subject": subject(chart, statement),
            "encounter": encounter(chart, statement),
            "authoredOn": starts(statement),
            "requester": author(chart, statement),
            "performer": [_recipient(detail["recipient"])] if detail["recipient"] else None,
        }
    )


def _recipient(ods_code: str) -> Resource:
    identifier = {"system": systems.ODS_ORGANISATION, "value": ods_code}
    return {"type": "Organization", "identifier": identifier, "display": ods_code}


def flag(chart: Chart, statement: Statement) -> Resource:
    """Render an alert."""
    detail = statement.detail
    status = "inactive" if detail["status"] == "inactive" else "active"
    kind = detail["kind"] or "clinical"
    coded_kind = status_code("flag-category", kind) if kind in _FLAG_CATEGORIES else {}
    return stated(
        {
            **begin(chart, statement, "Flag"),
            "contained": contained_author(chart, statement),
            "status": "entered-in-error" if statement.is_retracted else status,
            "category": [coded_kind | {"text": kind}],
            "code": code(statement),
            "subject": subject(chart, statement),
            "period": period(statement),
            "encounter": encounter(chart, statement),
            "author": author(chart, statement),
        }
    )


def immunisation(chart: Chart, statement: Statement) -> Resource:
    """Render a vaccination, given or not."""
    detail = statement.detail
    status = "not-done" if detail["status"] == "not-done" else "completed"
    dose = int(detail["dose_number"]) if detail["dose_number"].isdecimal() else None
    return stated(
        {
            **begin(chart, statement, "Immunization"),
            "contained": contained_author(chart, statement),
            "status": "entered-in-error" if statement.is_retracted else status,
            "vaccineCode": code(statement),
            "patient": subject(chart, statement),
            "encounter": encounter(chart, statement),
            "occurrenceDateTime": starts(statement),
            "lotNumber": detail["lot"],
            "site": {"text": detail["site"]} if detail["site"] else None,
            "performer": [{"actor": author(chart, statement)}],
            "protocolApplied": [{"doseNumberPositiveInt": dose}] if dose else None,
        }
    )


def care_plan(chart: Chart, statement: Statement) -> Resource:
    """Render a plan with its headline wishes."""
    detail = statement.detail
    status = _one_of(detail["status"], _CARE_PLAN_STATUSES, "active")
    wishes = {"CPR": detail["cpr_status"], "Preferred place of care": detail["preferred_place"]}
    described = [f"{name}: {wish}" for name, wish in wishes.items() if wish]
    return stated(
        {
            **begin(chart, statement, "CarePlan"),
            "contained": contained_author(chart, statement),
            "status": "entered-in-error" if statement.is_retracted else status,
            "intent": "plan",
            "category": [code(statement)],
            "title": detail["title"],
            "description": ". ".join(described),
            "subject": subject(chart, statement),
            "encounter": encounter(chart, statement),
            "period": period(statement),
            "created": starts(statement),
            "author": author(chart, statement),
            "activity": [_wish(wish) for wish in described],
        }
    )


def _wish(words: str) -> Resource:
    return {"detail": {"status": "not-started", "description": words}}


def _one_of(word: str, known: frozenset[str], otherwise: str) -> str:
    return word if word in known else otherwise
