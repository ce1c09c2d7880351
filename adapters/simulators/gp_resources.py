"""Render allergies, problems, vaccinations, referrals, recalls and documents of a GP record.

Medicines, consultations and findings have files of their own. Follows the CareConnect-GPC profiles (FHIR STU3).
"""

import base64

from adapters.simulators.gp_chart import (
    CARE_CONNECT,
    PROFILE_BASE,
    Chart,
    begin,
    context,
    ends,
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
    snomed,
    stated,
)
from adapters.simulators.truth import Statement, document_content
from fhir_profiles import systems

_REQUEST_STATUSES = frozenset({"draft", "active", "suspended", "cancelled", "completed"})


def allergy(chart: Chart, statement: Statement) -> Resource:
    """Render an allergy; an ended one carries its end, and belongs in the list of ended ones."""
    detail = statement.detail
    is_ended = detail["is_ended"] == "true"
    status = "resolved" if is_ended else "active"
    return stated(
        {
            **begin(chart, statement, "AllergyIntolerance"),
            "extension": _allergy_extensions(chart, statement),
            "clinicalStatus": None if statement.is_retracted else status,
            "verificationStatus": "entered-in-error" if statement.is_retracted else "unconfirmed",
            # The profile allows two categories only: food goes in with environment.
            "category": ["medication" if detail["category"] == "medication" else "environment"],
            "criticality": detail["criticality"],
            "code": recorded_code(statement),
            "patient": subject(chart),
            "onsetDateTime": starts(statement),
            "assertedDate": starts(statement),
            "recorder": recorder(chart, statement),
            "reaction": _reactions(statement),
        }
    )


def _allergy_extensions(chart: Chart, statement: Statement) -> list[Resource]:
    found = []
    if (consultation := context(chart, statement)) is not None:
        url = "http://hl7.org/fhir/StructureDefinition/encounter-associatedEncounter"
        found.append(extension(url, "Reference", consultation))
    if statement.detail["is_ended"] == "true":
        ended = [
            extension("endDate", "DateTime", ends(statement) or starts(statement)),
            extension("reasonEnded", "String", "No information available"),
        ]
        url = f"{PROFILE_BASE}/Extension-CareConnect-GPC-AllergyIntoleranceEnd-1"
        found.append({"url": url, "extension": ended})
    return found


def _reactions(statement: Statement) -> list[Resource]:
    detail = statement.detail
    if not detail["reaction_code"]:
        return []
    return [{"manifestation": [snomed(detail["reaction_code"], detail["reaction_display"])]}]


def problem(chart: Chart, statement: Statement, related: list[str], linked: list[str]) -> Resource:
    """Render a problem header; `related` are references to items, `linked` to other problems."""
    is_active = statement.detail["status"] == "active"
    significance = statement.detail["significance"] or "minor"
    kind = coded(
        "https://fhir.hl7.org.uk/STU3/CodeSystem/CareConnect-ConditionCategory-1",
        "problem-list-item",
        "Problem List Item",
    )
    return stated(
        {
            **begin(chart, statement, "Condition"),
            "extension": [
                extension(
                    f"{CARE_CONNECT}/Extension-CareConnect-ProblemSignificance-1",
                    "Code",
                    significance,
                ),
                *map(_related_content, related),
                *map(_linked_problem, linked),
            ],
            "clinicalStatus": None
            if statement.is_retracted
            else ("active" if is_active else "inactive"),
            "verificationStatus": "entered-in-error" if statement.is_retracted else None,
            "category": [kind],
            "code": recorded_code(statement),
            "subject": subject(chart),
            "context": context(chart, statement),
            "onsetDateTime": starts(statement),
            "abatementDateTime": None if is_active else ends(statement),
            "assertedDate": starts(statement),
            "asserter": recorder(chart, statement),
        }
    )


def _related_content(target: str) -> Resource:
    url = f"{CARE_CONNECT}/Extension-CareConnect-RelatedClinicalContent-1"
    return extension(url, "Reference", {"reference": target})


def _linked_problem(target: str) -> Resource:
    url = f"{CARE_CONNECT}/Extension-CareConnect-RelatedProblemHeader-1"
    parts = [
        extension("type", "Code", "sibling"),
        extension("target", "Reference", {"reference": target}),
    ]
    return {"url": url, "extension": parts}


def immunisation(chart: Chart, statement: Statement) -> Resource:
    """Render a vaccination, given or not."""
    detail = statement.detail
    is_not_given = detail["status"] == "not-done"
    recorded_url = f"{CARE_CONNECT}/Extension-CareConnect-DateRecorded-1"
    procedure_url = f"{CARE_CONNECT}/Extension-CareConnect-VaccinationProcedure-1"
    protocol = {
        "doseSequence": decimal(detail["dose_number"] or "1"),
        "targetDisease": [coded("http://hl7.org/fhir/v3/NullFlavor", "UNK", "unknown")],
        "doseStatus": coded("http://hl7.org/fhir/vaccination-protocol-dose-status", "count"),
    }
    role = coded("http://hl7.org/fhir/v2/0443", "AP", "Administering Provider")
    return stated(
        {
            **begin(chart, statement, "Immunization"),
            "extension": [
                extension(recorded_url, "DateTime", starts(statement)),
                extension(procedure_url, "CodeableConcept", recorded_code(statement)),
            ],
            "status": "entered-in-error" if statement.is_retracted else "completed",
            "notGiven": is_not_given,
            "vaccineCode": recorded_code(statement),
            "patient": subject(chart),
            "encounter": context(chart, statement),
            "date": starts(statement),
            "primarySource": True,
            "lotNumber": detail["lot"],
            "site": {"text": detail["site"]} if detail["site"] else None,
            "practitioner": [{"role": role, "actor": recorder(chart, statement)}],
            "explanation": {"reasonNotGiven": [{"text": "Declined"}]} if is_not_given else None,
            "vaccinationProtocol": [protocol] if detail["dose_number"] else None,
        }
    )


def referral(chart: Chart, statement: Statement) -> Resource:
    """Render an outbound referral; its main code is the reason, as GP systems give it."""
    detail = statement.detail
    status = detail["status"] if detail["status"] in _REQUEST_STATUSES else "unknown"
    return stated(
        {
            **begin(chart, statement, "ReferralRequest"),
            "status": "entered-in-error" if statement.is_retracted else status,
            "intent": "order",
            "priority": detail["priority"] or "routine",
            "subject": subject(chart),
            "context": context(chart, statement),
            "authoredOn": starts(statement),
            "requester": {"agent": recorder(chart, statement)},
            "recipient": [_recipient(detail["recipient"])] if detail["recipient"] else None,
            "reasonCode": [recorded_code(statement)],
        }
    )


def _recipient(ods_code: str) -> Resource:
    identifier = {"system": systems.ODS_ORGANISATION, "value": ods_code}
    return {"identifier": identifier, "display": ods_code}


def diary_entry(chart: Chart, statement: Statement) -> Resource:
    """Render a recall that is still to come or overdue."""
    return stated(
        {
            **begin(chart, statement, "ProcedureRequest"),
            "status": "active",
            "intent": "plan",
            "code": recorded_code(statement),
            "subject": subject(chart),
            "context": context(chart, statement),
            "occurrenceDateTime": starts(statement)[:10],
            "requester": {"agent": recorder(chart, statement)},
            "note": [{"text": statement.detail["location"] or "Recall"}],
        }
    )


def document(chart: Chart, statement: Statement) -> Resource:
    """Render the index entry of a document; the content is fetched from the documents interface."""
    consultation_reference = context(chart, statement)
    return stated(
        {
            **begin(chart, statement, "DocumentReference"),
            "status": "entered-in-error" if statement.is_retracted else "current",
            "type": recorded_code(statement),
            "subject": subject(chart),
            "created": starts(statement),
            "indexed": starts(statement),
            "author": [recorder(chart, statement)],
            "custodian": {"reference": f"Organization/practice-{chart.practice.lower()}"},
            "description": statement.detail["title"],
            "content": [
                {
                    "attachment": {
                        "contentType": statement.detail["content_type"],
                        "url": f"{chart.documents_url}/Binary/{statement.local_id}",
                        "size": len(document_content(statement)),
                        "title": statement.detail["title"],
                    }
                }
            ],
            "context": {"encounter": consultation_reference} if consultation_reference else None,
        }
    )


def document_binary(statement: Statement) -> Resource:
    """Render the content of a document, as the documents interface gives it (STU3: `content`)."""
    return {
        "resourceType": "Binary",
        "id": statement.local_id,
        "contentType": statement.detail["content_type"],
        "content": base64.b64encode(document_content(statement)).decode(),
    }
