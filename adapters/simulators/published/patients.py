"""Change in a published Patient what the service needs to find and prove the person, and nothing else.

At the practice, the NHS number alone. At hospital and ambulance service also name and birth date: trusts
hold those as PDS gives them for a traced number (PDS FHIR API, spine-synchronised demographics), while the
published files are of strangers. All other bytes stay as published.
"""

import re
from dataclasses import dataclass
from typing import TypeAlias

import msgspec

from fhir_profiles.nhs_number import NhsNumber
from fhir_profiles.systems import NHS_NUMBER, NHS_NUMBER_VERIFICATION_STATUS

_STATUS_CODES = "https://fhir.hl7.org.uk/CodeSystem/UKCore-NHSNumberVerificationStatusEngland"

Members: TypeAlias = dict[str, msgspec.Raw]
"""A JSON object whose values are still as written."""

_STATED_NUMBER = re.compile(
    rb'("system"\s*:\s*"%b"\s*,\s*"value"\s*:\s*")[^"]*"' % re.escape(NHS_NUMBER.encode())
)
_MEMBERS = msgspec.json.Decoder(Members)
_LIST = msgspec.json.Decoder(list[Members])


@dataclass(frozen=True, slots=True)
class Identity:
    """What a traced patient is known by: number, name and birth date as PDS holds them."""

    number: NhsNumber
    family_name: str
    given_names: tuple[str, ...]
    born_on: str


def with_number_everywhere(record: bytes, number: NhsNumber) -> bytes:
    """Put the number in the place of every NHS number of a GP record, wherever its identifier stands.

    Some lists name the patient by number too; what stands there may be no number at all.
    """
    return _STATED_NUMBER.sub(lambda found: found[1] + number.digits.encode() + b'"', record)


def with_number(patient: bytes, number: NhsNumber) -> bytes:
    """Put the number in the place of the published one; where there was none, add it as verified."""
    members = _MEMBERS.decode(patient)
    listed = _LIST.decode(members["identifier"]) if "identifier" in members else []
    own = [each for each in listed if _is_nhs_number(each)]
    for each in own:
        each["value"] = _raw(number.digits)
    identifiers = listed if own else [*listed, _verified(number)]
    return msgspec.json.encode({**members, "identifier": identifiers})


def with_identity(patient: bytes, identity: Identity) -> bytes:
    """Give the Patient as a trust holds it whose demographics follow PDS."""
    members = _MEMBERS.decode(with_number(patient, identity.number))
    name = {
        "use": "official",
        "family": identity.family_name,
        "given": list(identity.given_names),
    }
    return msgspec.json.encode({**members, "name": [name], "birthDate": identity.born_on})


def _is_nhs_number(identifier: Members) -> bool:
    return bytes(identifier.get("system", b"")) == bytes(_raw(NHS_NUMBER))


def _verified(number: NhsNumber) -> Members:
    coding = {"system": _STATUS_CODES, "code": "01"}
    extension = {
        "url": NHS_NUMBER_VERIFICATION_STATUS,
        "valueCodeableConcept": {"coding": [coding]},
    }
    stated = {"extension": [extension], "system": NHS_NUMBER, "value": number.digits}
    return {name: _raw(value) for name, value in stated.items()}


def _raw(value: object) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode(value))
