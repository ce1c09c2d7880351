"""Map the people and places of a record: Practitioner, PractitionerRole, Organization, Location, HealthcareService.

Looks nobody up. Source: CareConnect-GPC-Practitioner-1 and its neighbours to UK Core.
"""

from adapters.stu3_to_r4.conversions import in_list, parts_of, renamed_extension
from adapters.stu3_to_r4.losses import LossReason, Node, Value, items_of
from adapters.stu3_to_r4.patient import either
from adapters.stu3_to_r4.rules import TypeRules, Work, same
from fhir_profiles.systems import UK_CORE


def _map_communication(work: Work, extension: Node) -> None:
    parts = parts_of(extension)
    language = parts["language"] if parts and parts.keys() == {"language"} else {}
    if "valueCodeableConcept" not in language:
        work.add_extension(extension)
        return
    for path in ("extension.url", "extension.extension.url"):
        work.losses.note(work.source_type, path, LossReason.MOVED)
    in_list("communication")(work, "communication", language["valueCodeableConcept"])


def _map_programmes(work: Work, _name: str, value: Value) -> None:
    names = items_of(value)
    work.result["program"] = [{"text": name} for name in names]


def _map_eligibility(work: Work, name: str, value: Value) -> None:
    part = "code" if name == "eligibility" else "comment"
    work.result.setdefault("eligibility", [{}])[0][part] = value


PRACTITIONER = TypeRules(
    "Practitioner",
    "Practitioner",
    {
        **same(
            "identifier",
            "active",
            "name",
            "telecom",
            "address",
            "gender",
            "birthDate",
            "photo",
            "qualification",
        ),
        "communication": in_list("communication"),
    },
    dict.fromkeys(either("NHSCommunication-1"), _map_communication),
)

PRACTITIONER_ROLE = TypeRules(
    "PractitionerRole",
    "PractitionerRole",
    same(
        "identifier",
        "active",
        "period",
        "practitioner",
        "organization",
        "code",
        "specialty",
        "location",
        "healthcareService",
        "telecom",
        "availableTime",
        "notAvailable",
        "availabilityExceptions",
        "endpoint",
    ),
)

ORGANIZATION = TypeRules(
    "Organization",
    "Organization",
    same(
        "identifier",
        "active",
        "type",
        "name",
        "alias",
        "telecom",
        "address",
        "partOf",
        "contact",
        "endpoint",
    ),
    dict.fromkeys(
        either("MainLocation-1"), renamed_extension(f"{UK_CORE}/Extension-UKCore-MainLocation")
    ),
)

LOCATION = TypeRules(
    "Location",
    "Location",
    {
        **same(
            "identifier",
            "status",
            "operationalStatus",
            "name",
            "alias",
            "description",
            "mode",
            "telecom",
            "address",
            "physicalType",
            "position",
            "managingOrganization",
            "partOf",
            "endpoint",
        ),
        "type": in_list("type"),
    },
)

HEALTHCARE_SERVICE = TypeRules(
    "HealthcareService",
    "HealthcareService",
    {
        **same(
            "identifier",
            "active",
            "providedBy",
            "type",
            "specialty",
            "location",
            "name",
            "comment",
            "extraDetails",
            "photo",
            "telecom",
            "coverageArea",
            "serviceProvisionCode",
            "characteristic",
            "referralMethod",
            "appointmentRequired",
            "availableTime",
            "notAvailable",
            "availabilityExceptions",
            "endpoint",
        ),
        "category": in_list("category"),
        "programName": _map_programmes,
        "eligibility": _map_eligibility,
        "eligibilityNote": _map_eligibility,
    },
)
