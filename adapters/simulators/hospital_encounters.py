"""Render encounters of a hospital: outpatient visits, ED attendances, admissions, and their places.

Follows UKCore-Encounter 2.5.0 and the code tables of NHS England's Emergency Care Data Set and CDS 6.2.
"""

from collections.abc import Iterable
from datetime import datetime

from adapters.simulators.r4_chart import (
    PARTICIPATION,
    Chart,
    author,
    begin,
    by_ods_code,
    code,
    contained_author,
    own_system,
    period,
    subject,
)
from adapters.simulators.r4_people import location
from adapters.simulators.rendering import (
    Resource,
    coded,
    coding,
    extension,
    moment,
    slug,
    snomed,
    stated,
)
from adapters.simulators.truth import FactKind, Statement
from fhir_profiles import systems

AMBULANCE_INCIDENT_SYSTEM = "https://fhir.nhs.uk/RRU/Id/incident"
_UK_CODES = "https://fhir.hl7.org.uk/CodeSystem"
_CLASSES = {
    "AMB": "ambulatory",
    "EMER": "emergency",
    "IMP": "inpatient encounter",
    "VR": "virtual",
    "HH": "home health",
    "FLD": "field",
    "SS": "short stay",
}
_STEPS = ("arrived", "triaged", "in-progress", "finished")
_PLACE_TYPES = {"EMER": ("E04", "Emergency department"), "IMP": ("E02", "Ward")}
_OUTPATIENT = ("E01", "Outpatient clinic")


def encounter_resource(chart: Chart, statement: Statement) -> Resource:
    """Render one encounter."""
    detail = statement.detail
    return stated(
        {
            **begin(chart, statement, "Encounter"),
            "contained": contained_author(chart, statement),
            "extension": _extensions(statement),
            "identifier": _identifiers(chart, statement),
            "status": "entered-in-error" if statement.is_retracted else detail["status"],
            "statusHistory": _status_history(statement),
            "class": coding(
                systems.V3_ACT_CODE, detail["class"], _CLASSES.get(detail["class"], "")
            ),
            "type": [code(statement)],
            "serviceType": {"text": detail["department"]} if detail["department"] else None,
            "priority": snomed(detail["acuity"]) if detail["acuity"] else None,
            "subject": subject(chart, statement),
            "participant": [_participant(chart, statement)],
            "period": period(statement),
            "reasonCode": [{"text": detail["reason"]}] if detail["reason"] else None,
            "diagnosis": _diagnoses(chart, statement),
            "hospitalization": _hospitalisation(statement),
            "location": _locations(chart, statement),
            "serviceProvider": by_ods_code(chart.organisation, chart.organisation_name),
        }
    )


def places(organisation: str, encounters: Iterable[Statement]) -> list[Resource]:
    """Render the wards and departments that encounters name."""
    named = {name for statement in encounters for name in _place_names(statement)}
    ward = ("wa", "Ward")
    return [location(_place_id(organisation, name), name, ward) for name in sorted(named)]


def _identifiers(chart: Chart, statement: Statement) -> object:
    detail = statement.detail
    extra = {
        own_system(chart.organisation, "spell"): detail["spell"],
        AMBULANCE_INCIDENT_SYSTEM: detail["ambulance_incident"],
    }
    begun = begin(chart, statement, "Encounter")["identifier"]
    own = begun if isinstance(begun, list) else []
    added = [{"system": system, "value": value} for system, value in extra.items() if value]
    return [*own, *(identifier for identifier in added if identifier not in own)]


def _extensions(statement: Statement) -> list[Resource]:
    detail = statement.detail
    found = []
    if detail["discharge_method"]:
        method = coded(f"{_UK_CODES}/UKCore-DischargeMethodEngland", detail["discharge_method"])
        url = f"{systems.UK_CORE}/Extension-UKCore-DischargeMethod"
        found.append(extension(url, "CodeableConcept", method))
    if detail["arrival_mode"]:
        url = f"{systems.EXTENSION_BASE}/arrival-mode"
        found.append(extension(url, "CodeableConcept", snomed(detail["arrival_mode"])))
    return found


def _status_history(statement: Statement) -> list[Resource]:
    """Give the steps of an ED attendance, evenly spread; other encounters have none."""
    end = statement.ends_at
    if statement.detail["class"] != "EMER" or end is None:
        return []
    start = statement.starts_at
    times = [start + (end - start) * part / len(_STEPS) for part in range(len(_STEPS))]
    limits = [*times[1:], end]
    return [
        {"status": status, "period": _between(begun, over)}
        for status, begun, over in zip(_STEPS, times, limits, strict=True)
    ]


def _between(start: datetime, end: datetime) -> Resource:
    return {
        "start": moment(start.replace(microsecond=0)),
        "end": moment(end.replace(microsecond=0)),
    }


def _participant(chart: Chart, statement: Statement) -> Resource:
    kind = coded(PARTICIPATION, "ATND", "attender")
    return {"type": [kind], "individual": author(chart, statement)}


def _diagnoses(chart: Chart, statement: Statement) -> list[Resource]:
    found = chart.recorded_in(statement, FactKind.PROBLEM)
    return [
        {"condition": {"reference": f"Condition/{diagnosis.local_id}"}, "rank": rank}
        for rank, diagnosis in enumerate(found, start=1)
    ]


def _hospitalisation(statement: Statement) -> Resource:
    detail = statement.detail
    method = detail["admission_method"]
    destination = detail["discharge_destination"]
    admitted = coded(f"{_UK_CODES}/UKCore-AdmissionMethodEngland", method)
    url = f"{systems.UK_CORE}/Extension-UKCore-AdmissionMethod"
    left_for = coded(f"{_UK_CODES}/UKCore-DischargeDestinationEngland", destination)
    return stated(
        {
            "extension": [extension(url, "CodeableConcept", admitted)] if method else None,
            "dischargeDisposition": left_for if destination else None,
        }
    )


def _locations(chart: Chart, statement: Statement) -> list[Resource]:
    kind = _PLACE_TYPES.get(statement.detail["class"], _OUTPATIENT)
    return [
        {
            "location": {"reference": f"Location/{_place_id(chart.organisation, name)}"},
            "physicalType": coded(f"{_UK_CODES}/UKCore-EncounterLocationType", *kind),
            "period": period(statement),
        }
        for name in _place_names(statement)
    ]


def _place_names(statement: Statement) -> list[str]:
    detail = statement.detail
    return [name for name in (detail["ward"] or detail["department"],) if name]


def _place_id(organisation: str, name: str) -> str:
    return f"place-{organisation.lower()}-{slug(name)}"
