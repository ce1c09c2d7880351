"""Small STU3 records for tests of the GP adapter."""

import json

from adapters.stu3_to_r4 import map_bundle

PATIENT = {"resourceType": "Patient", "id": "2"}
GPC = "https://fhir.nhs.uk/STU3/StructureDefinition/Extension-CareConnect-GPC-"
CARE_CONNECT = "https://fhir.hl7.org.uk/STU3/StructureDefinition/Extension-CareConnect-"
UK_CORE = "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-"
STU3 = "http://hl7.org/fhir/3.0/StructureDefinition/extension-"
OURS = "https://shared-care-record.example/StructureDefinition/"
TERMINOLOGY = "http://terminology.hl7.org/CodeSystem/"
REFERENCE = {"reference": "Practitioner/7"}
ORGANISATION = {"reference": "Organization/8"}
ENCOUNTER = {"reference": "Encounter/9"}
CONCEPT = {"text": "as the practice wrote it"}
OTHER_CONCEPT = {"text": "another"}
AMBULATORY = {"system": f"{TERMINOLOGY}v3-ActCode", "code": "AMB", "display": "ambulatory"}
VIRTUAL = {"system": f"{TERMINOLOGY}v3-ActCode", "code": "VR", "display": "virtual"}
HOME = {"system": f"{TERMINOLOGY}v3-ActCode", "code": "HH", "display": "home health"}
UNTIMED = {"occurrenceString": "unknown"}


def bundle(*resources, **head):
    entries = [{"resource": resource} for resource in resources]
    return {"resourceType": "Bundle", "type": "collection", **head, "entry": entries}


def body_of(*resources, **head) -> bytes:
    return json.dumps(bundle(*resources, **head)).encode()


def mapped(*resources):
    record = map_bundle(body_of(*resources))
    return record, [entry["resource"] for entry in json.loads(record.body)["entry"]]


def mapped_one(resource):
    """The mapped resource without what every one has."""
    _, [result] = mapped({"id": "1", **resource})
    del result["resourceType"], result["id"]
    result.pop("meta", None)
    return result


def record_list(code, *references, **elements):
    coding = {"system": "http://snomed.info/sct", "code": code}
    items = [{"item": {"reference": reference}} for reference in references]
    return {"resourceType": "List", "code": {"coding": [coding]}, "entry": items, **elements}


def lost(record):
    return [(one.resource_type, one.path, one.reason) for one in record.listed]


def coded(system, code):
    return {"coding": [{"system": f"{TERMINOLOGY}{system}", "code": code}]}


def extension(url, **value):
    return {"url": url, **value}


def complex_extension(url, *parts):
    return {"url": url, "extension": list(parts)}
