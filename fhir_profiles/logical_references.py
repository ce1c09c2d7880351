"""Tell references that name their target without an address: by a business identifier, or by words alone.

Resolves none (`splice` does) and changes no byte. docs/decisions/0007, section 4: what such a reference says of a target
that is not in view must not be told. Follows HL7 FHIR R4, section 2.3.0.1 (logical references).
"""

import re
from urllib.parse import quote

import msgspec
from msgspec import Struct

from fhir_profiles.datatypes import Identifier
from fhir_profiles.json_scan import JsonObject, Member
from fhir_profiles.nhs_number import InvalidNhsNumberError, NhsNumber
from fhir_profiles.systems import NHS_NUMBER_ACCEPTED

PATIENT_BY_NUMBER = "Patient?identifier="
"""How a reference by NHS number reads as text: HL7's conditional reference."""

_REFERENCE_KEYS = frozenset(
    key
    for name in ("reference", "type", "identifier", "display", "id", "extension")
    for key in (name, f"_{name}")
)
CODING_ELEMENTS = frozenset(
    {
        "answerCoding",
        "bodySite",
        "class",
        "coding",
        "event",
        "eventCoding",
        "format",
        "laterality",
        "modality",
        "purposeEvent",
        "security",
        "securityLabel",
        "sopClass",
        "subtype",
        "tag",
        "valueCoding",
    }
)
OF_CARE = frozenset(
    {
        "agent",
        "asserter",
        "assigner",
        "author",
        "authorReference",
        "authenticator",
        "careManager",
        "collector",
        "custodian",
        "destination",
        "generalPractitioner",
        "healthcareService",
        "issuer",
        "location",
        "managingOrganization",
        "manufacturer",
        "onBehalfOf",
        "organization",
        "origin",
        "performer",
        "practitioner",
        "providedBy",
        "recorder",
        "requester",
        "resultsInterpreter",
        "serviceProvider",
    }
)
"""Elements that name who gave care or where; a patient in one of them says so by type or number."""

OF_ANYBODY = frozenset({"actor", "member", "owner", "recipient", "sender", "who"})
"""Elements that name a patient as readily: only the type that they state tells."""

CLINICIANS = frozenset({("participant", "individual"), ("performer", "actor")})
SUBJECTS = frozenset({"subject", "patient", "beneficiary", "for", "sourcePatientInfo"})
CARE_TYPES = frozenset(
    {
        "CareTeam",
        "Device",
        "HealthcareService",
        "Location",
        "Organization",
        "Practitioner",
        "PractitionerRole",
    }
)
_CODING_KEYS = rb"code|system|version|reference"
_TEXT = rb'"[^"\\]*+"'
_CARE_OPENINGS = frozenset(
    f'"{element}":{array}{{{stated}'.encode()
    for element in OF_CARE
    for array in ("", "[")
    for stated in ("", *(f'"type":"{name}",' for name in CARE_TYPES))
)
# Each begins with a fixed text, which is what makes searching fast.
_BY_IDENTIFIER = re.compile(
    rb'"identifier":\{"system":(%b),"value":(%b)\}(?:,"display":%b)?\}' % (_TEXT, _TEXT, _TEXT)
)
_BY_WORDS = re.compile(rb'"display":()()%b\}' % _TEXT)
_AFTER_CODE = re.compile(rb'"code":"[^"\\]*+","display"')
_AFTER_ADDRESS = re.compile(rb'"(?:%b)"\s*+:\s*+"[^"\\]*+"\s*+,\s*+"display"' % _CODING_KEYS)
_BEFORE_DISPLAY = frozenset(_CODING_KEYS.split(b"|"))
_IDENTIFIER_OBJECT = re.compile(rb'"identifier"\s*+:\s*+\{')
_BRIEF_STRING = 4
_DIGITS = 10
"""Of an NHS number."""


class _Stated(Struct):
    type: str | None = None
    identifier: Identifier | None = None


_DECODE = msgspec.json.Decoder(_Stated).decode


def may_be_in(body: bytes) -> bool:
    """Tell, quickly, whether a resource may hold a logical reference that names more than care; False is certain."""
    if not _has_sign(body):
        return False
    told = _BY_IDENTIFIER.sub(_unless_care, body) if b'"identifier":{' in body else body
    return _has_sign(told) and _has_sign(_BY_WORDS.sub(_unless_care, told))


def _unless_care(found: re.Match[bytes]) -> bytes:
    if not _is_of_care(found.string, found.start()):
        return found[0]
    system, value = found[1][1:-1].decode(), found[2][1:-1].decode()
    return found[0] if _is_persons(system, value) else b""


def _is_of_care(body: bytes, start: int) -> bool:
    """Tell whether what begins here is in an object that stands in an element of care."""
    key_end = body.rfind(b'":', 0, body.rfind(b"{", 0, start))
    key_start = body.rfind(b'"', 0, key_end)
    # A quote with a backslash before it opens nothing.
    return body[key_start:start] in _CARE_OPENINGS and body[key_start - 1 : key_start] != b"\\"


def _has_sign(body: bytes) -> bool:
    named = body.count(b'"identifier"')
    # A list of them is no reference's: counting settles it for most resources.
    if named != body.count(b'"identifier":[') and _IDENTIFIER_OBJECT.search(body) is not None:
        return True
    displays = body.count(b'"display"')
    if displays == len(_AFTER_CODE.findall(body)):
        return False
    before = body.split(b'"display"')
    return (
        not all(map(_ends_in_coding, before[:-1]))
        and len(_AFTER_ADDRESS.findall(body)) != len(before) - 1
    )


def _ends_in_coding(text: bytes) -> bool:
    """Tell whether the member before a display, in compact writing, is one that no logical reference has."""
    parts = text.rsplit(b'"', _BRIEF_STRING)
    return (
        len(parts) > _BRIEF_STRING
        and parts[1] in _BEFORE_DISPLAY
        and parts[2] == b":"
        and parts[4] == b","
        and b"\\" not in parts[3]
    )


def is_logical(body: bytes, item: JsonObject) -> bool:
    """Tell whether an object of a resource is a Reference that gives no address."""
    if not item.path or item.path[-1] in CODING_ELEMENTS:
        return False
    if not all(member.key in _REFERENCE_KEYS for member in item.members):
        return False
    return any(
        (member.key == "display" and _opens_with(body, member, b'"'))
        or (member.key == "identifier" and _opens_with(body, member, b"{"))
        for member in item.members
    )


def names_care(body: bytes, item: JsonObject) -> bool:
    """Tell whether a logical reference can only name who gave care, or where."""
    stated = _stated(body, item)
    if stated is None or _is_of_person(stated.identifier):
        return False
    if stated.type is not None:
        return stated.type in CARE_TYPES and _element(item) in OF_CARE | OF_ANYBODY
    return _element(item) in OF_CARE


def patient_named_in(body: bytes, item: JsonObject) -> str | None:
    """Give, as a conditional reference, the patient whom a subject-like logical reference names by number."""
    stated = _stated(body, item) if _element(item) in SUBJECTS else None
    identifier = None if stated is None else stated.identifier
    if identifier is None or identifier.system not in NHS_NUMBER_ACCEPTED:
        return None
    return f"{PATIENT_BY_NUMBER}{identifier.system}|{quote(identifier.value or '-')}"


def _element(item: JsonObject) -> str:
    # An encounter's participant is a clinician, a study's individual its subject.
    if item.path[-2:] in CLINICIANS:
        return "performer"
    return "subject" if item.path[-1] == "individual" else item.path[-1]


def _stated(body: bytes, item: JsonObject) -> _Stated | None:
    try:
        return _DECODE(body[item.start : item.end])
    except (msgspec.ValidationError, RecursionError):
        return None


def _is_of_person(identifier: Identifier | None) -> bool:
    if identifier is None:
        return False
    return _is_persons(identifier.system, identifier.value or "")


def _is_persons(system: str | None, value: str) -> bool:
    # Most values are an organisation's three or six letters.
    return system in NHS_NUMBER_ACCEPTED or (len(value) >= _DIGITS and _is_nhs_number(value))


def _is_nhs_number(text: str) -> bool:
    try:
        NhsNumber.parse(text)
    except InvalidNhsNumberError:
        return False
    return True


def _opens_with(body: bytes, member: Member, opening: bytes) -> bool:
    return body[member.value_start : member.value_start + 1] == opening
