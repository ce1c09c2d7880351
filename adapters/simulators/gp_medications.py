"""Render one medicine of a GP record: the statement, its authorisation (plan) and its last issue (order).

Follows CareConnect-GPC-Medication-1, -MedicationStatement-1 and -MedicationRequest-1 (FHIR STU3).
"""

from adapters.simulators.gp_chart import (
    CODE_SYSTEM_BASE,
    PROFILE_BASE,
    Chart,
    begin,
    context,
    ends,
    meta,
    recorded_code,
    recorder,
    starts,
    subject,
)
from adapters.simulators.rendering import (
    Resource,
    coded,
    decimal,
    extension,
    quantity,
    slug,
    snomed,
    stated,
)
from adapters.simulators.truth import Statement

_REQUEST_STATUS = {"active": "active", "stopped": "stopped", "completed": "completed"}


def medication_resources(chart: Chart, statement: Statement) -> tuple[Resource, ...]:
    """Give statement, plan, order when it was ever issued, and the medicine itself, in that order."""
    has_issue = bool(statement.detail["last_issued"])
    orders = (_order(chart, statement),) if has_issue else ()
    return _statement(chart, statement), _plan(chart, statement), *orders, _medicine(statement)


def _medicine(statement: Statement) -> Resource:
    return {
        "resourceType": "Medication",
        "id": _medicine_id(statement),
        "meta": meta("Medication", statement.fact.labels),
        "code": recorded_code(statement),
    }


def _medicine_id(statement: Statement) -> str:
    return f"drug-{slug(statement.coding.code or statement.local_id)}"


def _statement(chart: Chart, statement: Statement) -> Resource:
    detail = statement.detail
    agency = coded(
        f"{CODE_SYSTEM_BASE}/CareConnect-PrescribingAgency-1",
        "prescribed-at-gp-practice",
        "Prescribed at GP practice",
    )
    last_issue_url = f"{PROFILE_BASE}/Extension-CareConnect-GPC-MedicationStatementLastIssueDate-1"
    agency_url = f"{PROFILE_BASE}/Extension-CareConnect-GPC-PrescribingAgency-1"
    last_issue = extension(last_issue_url, "DateTime", detail["last_issued"])
    return stated(
        {
            **begin(chart, statement, "MedicationStatement"),
            "extension": [
                *([last_issue] if detail["last_issued"] else []),
                extension(agency_url, "CodeableConcept", agency),
            ],
            "basedOn": [{"reference": f"MedicationRequest/{statement.local_id}-plan"}],
            "context": context(chart, statement),
            "status": _status(statement),
            "medicationReference": {"reference": f"Medication/{_medicine_id(statement)}"},
            "effectivePeriod": stated({"start": starts(statement), "end": ends(statement)}),
            "dateAsserted": starts(statement),
            "subject": subject(chart),
            "taken": "unk",
            "dosage": [_dosage(statement)],
        }
    )


def _plan(chart: Chart, statement: Statement) -> Resource:
    issued = 1 if statement.detail["last_issued"] else 0
    repeats: Resource = {
        "url": f"{PROFILE_BASE}/Extension-CareConnect-GPC-MedicationRepeatInformation-1",
        "extension": [
            extension("numberOfRepeatPrescriptionsAllowed", "PositiveInt", 6),
            extension("numberOfRepeatPrescriptionsIssued", "UnsignedInt", issued),
        ],
    }
    is_repeat = statement.detail["prescription_type"] == "repeat"
    request = _request(chart, statement, "plan")
    extensions = [_prescription_type(statement), *([repeats] if is_repeat else [])]
    return request | {"extension": extensions, "status": _status(statement)}


def _order(chart: Chart, statement: Statement) -> Resource:
    issued_on = statement.detail["last_issued"]
    return _request(chart, statement, "order") | {
        "extension": [_prescription_type(statement)],
        "basedOn": [{"reference": f"MedicationRequest/{statement.local_id}-plan"}],
        "status": "entered-in-error" if statement.is_retracted else "completed",
        "authoredOn": issued_on,
        "dispenseRequest": _dispense(statement, stated({"start": issued_on})),
    }


def _request(chart: Chart, statement: Statement, intent: str) -> Resource:
    validity = stated({"start": starts(statement), "end": ends(statement)})
    return stated(
        {
            **begin(chart, statement, "MedicationRequest", suffix=f"-{intent}"),
            "intent": intent,
            "groupIdentifier": {"value": statement.local_id},
            "medicationReference": {"reference": f"Medication/{_medicine_id(statement)}"},
            "subject": subject(chart),
            "context": context(chart, statement),
            "authoredOn": starts(statement),
            "requester": {"agent": recorder(chart, statement)},
            "recorder": recorder(chart, statement),
            "dosageInstruction": [_dosage(statement)],
            "dispenseRequest": _dispense(statement, validity),
        }
    )


def _dispense(statement: Statement, validity: Resource) -> Resource:
    amount = statement.detail["quantity"]
    unit_url = f"{PROFILE_BASE}/Extension-CareConnect-GPC-MedicationQuantityText-1"
    text = extension(unit_url, "String", "tablet")
    supplied = {"extension": [text], "value": decimal(amount)} if amount else None
    return stated({"validityPeriod": validity, "quantity": supplied})


def _dosage(statement: Statement) -> Resource:
    detail = statement.detail
    route = snomed(detail["route_code"], detail["route"]) if detail["route_code"] else None
    return stated(
        {
            "text": detail["dose_text"] or "As directed",
            "patientInstruction": detail["frequency_text"],
            "route": route,
            "doseQuantity": quantity(detail["dose_value"], detail["dose_unit"], ""),
        }
    )


def _prescription_type(statement: Statement) -> Resource:
    is_repeat = statement.detail["prescription_type"] == "repeat"
    code, display = ("repeat", "Repeat") if is_repeat else ("acute", "Acute")
    kind = coded(f"{CODE_SYSTEM_BASE}/CareConnect-PrescriptionType-1", code, display)
    url = f"{PROFILE_BASE}/Extension-CareConnect-GPC-PrescriptionType-1"
    return extension(url, "CodeableConcept", kind)


def _status(statement: Statement) -> str:
    if statement.is_retracted:
        return "entered-in-error"
    return _REQUEST_STATUS.get(statement.detail["status"], "completed")
