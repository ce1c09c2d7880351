"""Render one person's GP record as London's FHIR service gives it.

Refuses nobody. FHIR STU3: the resource types, the local keys (`dds`) and the NHS number's system are those
seen in that service. Its bundle type and the shape of each resource are not published: they follow GP
Connect, without its profiles and without a verification status of the NHS number.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import cast

from adapters.simulators.gp_chart import Chart, meta, recorded_code, recorder, starts, subject
from adapters.simulators.gp_items import items_of
from adapters.simulators.gp_parameters import Asked
from adapters.simulators.gp_record import structured_record
from adapters.simulators.gp_rules import Area, GpRules
from adapters.simulators.rendering import Resource, moment, stated
from adapters.simulators.truth import FactKind, Statement

DDS = "https://fhir.hl7.org.uk/Id/dds"
NHS_NUMBER = "https://fhir.hl7.org.uk/Id/nhs-number"

_PEOPLE = frozenset({"Patient", "Organization", "Practitioner"})
_WITH_LOCAL_KEY = frozenset(
    {
        "Appointment",
        "DiagnosticReport",
        "Encounter",
        "Immunization",
        "MedicationRequest",
        "Observation",
    }
)
_OTHERS = frozenset({"AllergyIntolerance", "Condition", "List", "MedicationStatement"})
_SERVED = _PEOPLE | _WITH_LOCAL_KEY | _OTHERS
_AREAS = (
    (Area.ALLERGIES, (("includeResolvedAllergies", True),)),
    (Area.CONSULTATIONS, ()),
    (Area.IMMUNISATIONS, ()),
    (Area.INVESTIGATIONS, ()),
    (Area.MEDICATION, ()),
    (Area.PROBLEMS, ()),
    (Area.UNCATEGORISED, ()),
)
_APPOINTMENT_STATUSES = frozenset({"booked", "fulfilled", "cancelled", "noshow"})
_USUAL_APPOINTMENT = timedelta(minutes=10)


def london_record(chart: Chart, *, is_whole: bool) -> Resource:
    """Give the bundle of a whole record, or of demographics alone."""
    areas = _AREAS if is_whole else ()
    held = [*_rendered(chart, Asked(chart.person.nhs_number, areas))]
    if is_whole:
        held += [_appointment(chart, s) for s in chart.statements if _is_appointment(s)]
    targets = frozenset(f"{each['resourceType']}/{each.get('id')}" for each in held)
    entries = [{"resource": _without_dangling(each, targets)} for each in held]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


def _rendered(chart: Chart, asked: Asked) -> Iterator[Resource]:
    bundle = structured_record(chart, items_of(chart), asked, GpRules())
    entries = cast(list[dict[str, Resource]], bundle["entry"])
    resources = [entry["resource"] for entry in entries]
    medicines = {f"Medication/{r['id']}": r for r in resources if r["resourceType"] == "Medication"}
    for resource in resources:
        if resource["resourceType"] in _SERVED:
            yield _in_dialect(_with_medicine(resource, medicines))


def _with_medicine(resource: Resource, medicines: dict[str, Resource]) -> Resource:
    if (pointer := resource.get("medicationReference")) is None:
        return resource
    medicine = medicines[cast(dict[str, str], pointer)["reference"]]
    kept = {name: value for name, value in resource.items() if name != "medicationReference"}
    return {**kept, "medicationCodeableConcept": medicine["code"]}


def _in_dialect(resource: Resource) -> Resource:
    kept = {name: value for name, value in resource.items() if name != "identifier"}
    labels = cast(Resource, resource.get("meta", {})).get("security")
    kept["meta"] = stated({"security": labels})
    match resource["resourceType"]:
        case "Patient":
            number = cast(list[Resource], resource["identifier"])[0]["value"]
            kept["identifier"] = [{"system": NHS_NUMBER, "value": number}]
            kept.pop("extension")
        case "Organization" | "Practitioner":
            kept["identifier"] = resource["identifier"]
        case name if name in _WITH_LOCAL_KEY:
            kept["identifier"] = _local_key(str(resource["id"]))
        case _:
            pass
    return stated(kept)


def _local_key(local_id: str) -> list[Resource]:
    return [{"system": DDS, "value": local_id}]


def _appointment(chart: Chart, statement: Statement) -> Resource:
    status = statement.detail["status"]
    ends_at = statement.ends_at or statement.starts_at + _USUAL_APPOINTMENT
    security = meta("Appointment", statement.fact.labels).get("security")
    return stated(
        {
            "resourceType": "Appointment",
            "id": statement.local_id,
            "meta": stated({"security": security}),
            "identifier": _local_key(statement.local_id),
            "status": status if status in _APPOINTMENT_STATUSES else "pending",
            "reason": [recorded_code(statement)],
            "start": starts(statement),
            "end": moment(ends_at),
            "participant": [
                {"actor": subject(chart), "status": "accepted"},
                {"actor": recorder(chart, statement), "status": "accepted"},
            ],
        }
    )


def _is_appointment(statement: Statement) -> bool:
    return statement.fact.kind is FactKind.APPOINTMENT


def _without_dangling(part: object, targets: frozenset[str]) -> object:
    """Leave out references to what the service does not serve, and what is left empty by that."""
    match part:
        case {"reference": str(target)} if not target.startswith("#") and target not in targets:
            return None
        case dict():
            kept = stated({name: _without_dangling(value, targets) for name, value in part.items()})
            return None if kept.keys() <= {"url"} else kept
        case list():
            pruned = [_without_dangling(each, targets) for each in part]
            return [each for each in pruned if each is not None]
        case _:
            return part
