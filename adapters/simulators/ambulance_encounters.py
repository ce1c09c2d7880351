"""Render patient contacts of an ambulance service, with vehicle, scene and destination.

Times that the cohort does not state are spread over the contact. Follows the item list of NHS England's
Ambulance Data Set and UKCore-Encounter; no national interface for reading such records exists.
"""

from collections.abc import Iterable

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
    moment,
    pick_number,
    stated,
)
from adapters.simulators.staff import clinicians_of
from adapters.simulators.truth import Cohort, Statement
from fhir_profiles import systems

OUTCOME_SYSTEM = "https://shared-care-record.example/CodeSystem/ambulance-outcome"
_VEHICLES = 8
_CLASSES = {"FLD": "field", "VR": "virtual"}
_STEPS = ("planned", "arrived", "in-progress", "finished")
_LOCATION_TYPES = "https://fhir.hl7.org.uk/CodeSystem/UKCore-EncounterLocationType"
_PHYSICAL_TYPES = "http://terminology.hl7.org/CodeSystem/location-physical-type"


def contact(chart: Chart, statement: Statement) -> Resource:
    """Render one patient contact."""
    detail = statement.detail
    category = {"text": detail["category"]} if detail["category"] else None
    return stated(
        {
            **begin(chart, statement, "Encounter"),
            "contained": contained_author(chart, statement),
            "identifier": _identifiers(chart, statement),
            "status": "entered-in-error" if statement.is_retracted else detail["status"],
            "statusHistory": _status_history(statement),
            "class": coding(
                systems.V3_ACT_CODE, detail["class"], _CLASSES.get(detail["class"], "")
            ),
            "type": [code(statement)],
            "priority": category,
            "subject": subject(chart, statement),
            "participant": _crew(chart, statement),
            "period": period(statement),
            "reasonCode": [{"text": detail["reason"]}] if detail["reason"] else None,
            "hospitalization": _conveyance(statement),
            "location": [_vehicle_used(chart, statement), _scene_used(statement)],
            "serviceProvider": by_ods_code(chart.organisation, chart.organisation_name),
        }
    )


def scene(chart: Chart, statement: Statement) -> Resource:
    """Render where the patient was met: the home address."""
    person = chart.person
    address = {"line": list(person.address_lines), "postalCode": person.postcode}
    place = location(_scene_id(statement), "Scene", ("ho", "House"), {"address": address})
    begun = begin(chart, statement, "Location", suffix="-scene")
    return place | {"meta": begun["meta"]}


def vehicles(organisation: str) -> list[Resource]:
    """Render the service's vehicles."""
    numbers = range(_VEHICLES)
    kind = ("ve", "Vehicle")
    return [
        location(_vehicle_id(organisation, number), f"Call sign A{number + 101}", kind)
        for number in numbers
    ]


def destinations(cohort: Cohort, contacts: Iterable[Statement]) -> list[Resource]:
    """Render the sites that contacts were conveyed to."""
    codes = {statement.detail["ods_destination"] for statement in contacts} - {""}
    return [
        location(
            _destination_id(ods_code),
            cohort.organisations.get(ods_code, ods_code),
            ("si", "Site"),
            {"identifier": [{"system": systems.ODS_SITE, "value": ods_code}]},
        )
        for ods_code in sorted(codes)
    ]


def _identifiers(chart: Chart, statement: Statement) -> list[Resource]:
    begun = begin(chart, statement, "Encounter")["identifier"]
    own = begun if isinstance(begun, list) else []
    incident = statement.detail["ambulance_incident"]
    added = (
        [
            {"system": own_system(chart.organisation, "incident"), "value": incident},
            {"system": own_system(chart.organisation, "call"), "value": f"CALL-{incident}"},
            {"system": own_system(chart.organisation, "contact"), "value": f"{incident}-1"},
        ]
        if incident
        else []
    )
    return [*own, *(identifier for identifier in added if identifier not in own)]


def _status_history(statement: Statement) -> list[Resource]:
    end = statement.ends_at
    if end is None:
        return []
    start = statement.starts_at
    times = [start + (end - start) * part / len(_STEPS) for part in range(len(_STEPS))]
    limits = [*times[1:], end]
    return [
        {"status": status, "period": {"start": moment(begun), "end": moment(over)}}
        for status, begun, over in zip(_STEPS, times, limits, strict=True)
    ]


def _crew(chart: Chart, statement: Statement) -> list[Resource]:
    staff = clinicians_of(chart.organisation)
    driver = staff[pick_number(statement.local_id, "driver", len(staff))]
    attending = coded(PARTICIPATION, "PPRF", "primary performer")
    taking_part = coded(PARTICIPATION, "PART", "Participation")
    return [
        {"type": [attending], "individual": author(chart, statement)},
        {"type": [taking_part], "individual": {"reference": f"Practitioner/{driver.id}"}},
    ]


def _conveyance(statement: Statement) -> Resource:
    detail = statement.detail
    conveyed_to = detail["ods_destination"]
    destination = {"reference": f"Location/{_destination_id(conveyed_to)}"}
    outcome = coded(OUTCOME_SYSTEM, detail["outcome"])
    return stated(
        {
            "destination": destination if conveyed_to else None,
            "dischargeDisposition": outcome if detail["outcome"] else None,
        }
    )


def _vehicle_used(chart: Chart, statement: Statement) -> Resource:
    number = pick_number(statement.local_id, "vehicle", _VEHICLES)
    return {
        "location": {"reference": f"Location/{_vehicle_id(chart.organisation, number)}"},
        "physicalType": coded(_PHYSICAL_TYPES, "ve", "Vehicle"),
        "period": period(statement),
    }


def _scene_used(statement: Statement) -> Resource:
    return {
        "location": {"reference": f"Location/{_scene_id(statement)}"},
        "physicalType": coded(_LOCATION_TYPES, "A01", "Patient's home"),
    }


def _scene_id(statement: Statement) -> str:
    return f"{statement.local_id}-scene"


def _vehicle_id(organisation: str, number: int) -> str:
    return f"vehicle-{organisation.lower()}-{number + 101}"


def _destination_id(ods_code: str) -> str:
    return f"site-{ods_code.lower()}"
