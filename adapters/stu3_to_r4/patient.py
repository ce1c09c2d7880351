"""Map Patient and RelatedPerson.

Does not judge whose record it is. Source: GP Connect CareConnect-GPC-Patient-1 to UK Core Patient.
"""

from adapters.stu3_to_r4.conversions import dropped, in_list, parts_of, renamed_extension
from adapters.stu3_to_r4.losses import LossReason, Node, Value
from adapters.stu3_to_r4.rules import TypeRules, Work, same
from fhir_profiles.systems import NHS_NUMBER_VERIFICATION_STATUS, UK_CORE

GP_CONNECT = "https://fhir.nhs.uk/STU3/StructureDefinition/Extension-CareConnect-GPC-"
CARE_CONNECT = "https://fhir.hl7.org.uk/STU3/StructureDefinition/Extension-CareConnect-"

_INTERPRETER_REQUIRED = "http://hl7.org/fhir/StructureDefinition/patient-interpreterRequired"
_VERIFICATION_STATUSES = frozenset(
    base + "NHSNumberVerificationStatus-1" for base in (GP_CONNECT, CARE_CONNECT)
)
_COMMUNICATION_PARTS = frozenset(
    {
        "language",
        "preferred",
        "interpreterRequired",
        "modeOfCommunication",
        "communicationProficiency",
    }
)


def either(name: str) -> tuple[str, str]:
    """Give the two URLs under which CareConnect has published one extension."""
    return (GP_CONNECT + name, CARE_CONNECT + name)


def _map_identifiers(work: Work, name: str, value: Value) -> None:
    work.result[name] = value
    for identifier in value if isinstance(value, list) else ():
        for extension in identifier.get("extension", ()):
            if extension.get("url") in _VERIFICATION_STATUSES:
                extension["url"] = NHS_NUMBER_VERIFICATION_STATUS
                work.losses.note(
                    work.source_type, "identifier.extension.url", LossReason.VALUE_TRANSLATED
                )


def _map_communication(work: Work, extension: Node) -> None:
    parts = parts_of(extension)
    if parts is None or "language" not in parts or parts.keys() - _COMMUNICATION_PARTS:
        work.add_extension(extension)
        return
    spoken: Node = {}
    _keep_abilities(spoken, extension, parts)
    spoken["language"] = parts["language"].get("valueCodeableConcept")
    if "preferred" in parts:
        spoken["preferred"] = parts["preferred"].get("valueBoolean")
    if "interpreterRequired" in parts:
        needed = parts["interpreterRequired"].get("valueBoolean")
        work.add_extension({"url": _INTERPRETER_REQUIRED, "valueBoolean": needed})
    _lose_names(work, parts, has_kept_url="extension" in spoken)
    work.result.setdefault("communication", []).append(spoken)


def _keep_abilities(spoken: Node, extension: Node, parts: dict[str, Node]) -> None:
    abilities = [
        parts[name] for name in ("modeOfCommunication", "communicationProficiency") if name in parts
    ]
    if abilities:
        spoken["extension"] = [{"url": extension["url"], "extension": abilities}]


def _lose_names(work: Work, parts: dict[str, Node], *, has_kept_url: bool) -> None:
    if not has_kept_url:
        work.losses.note(work.source_type, "extension.url", LossReason.MOVED)
    for _ in parts.keys() & {"language", "preferred", "interpreterRequired"}:
        work.losses.note(work.source_type, "extension.extension.url", LossReason.MOVED)


PATIENT = TypeRules(
    "Patient",
    "Patient",
    {
        **same(
            "active",
            "name",
            "telecom",
            "gender",
            "birthDate",
            "deceasedBoolean",
            "deceasedDateTime",
            "address",
            "maritalStatus",
            "multipleBirthBoolean",
            "multipleBirthInteger",
            "photo",
            "contact",
            "generalPractitioner",
            "managingOrganization",
            "link",
        ),
        "identifier": _map_identifiers,
        "communication": in_list("communication"),
        "animal": dropped(LossReason.NO_PLACE_IN_R4),
    },
    {
        **dict.fromkeys(either("NHSCommunication-1"), _map_communication),
        **dict.fromkeys(
            either("EthnicCategory-1"),
            renamed_extension(f"{UK_CORE}/Extension-UKCore-EthnicCategory"),
        ),
        **dict.fromkeys(
            either("ResidentialStatus-1"),
            renamed_extension(f"{UK_CORE}/Extension-UKCore-ResidentialStatus"),
        ),
        **dict.fromkeys(
            either("DeathNotificationStatus-1"),
            renamed_extension(f"{UK_CORE}/Extension-UKCore-DeathNotificationStatus"),
        ),
    },
)

RELATED_PERSON = TypeRules(
    "RelatedPerson",
    "RelatedPerson",
    {
        **same(
            "active",
            "patient",
            "name",
            "telecom",
            "gender",
            "birthDate",
            "address",
            "photo",
            "period",
        ),
        "identifier": _map_identifiers,
        "relationship": in_list("relationship"),
    },
)
