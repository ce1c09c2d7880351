"""Read one PDS Patient resource.

Trusts all of it or none of it: a value that does not parse makes the whole person unreadable.
Follows the PDS FHIR API (R4) Patient and its confidentiality codes.
"""

import re
from datetime import datetime
from typing import TypeVar

import msgspec

from adapters.contract import AddressUse, Demographics
from fhir_profiles.nhs_number import InvalidNhsNumberError, NhsNumber
from fhir_profiles.systems import NHS_NUMBER, ODS_ORGANISATION

# PDS says U for "unrestricted"; R, V, REDACTED and any word not known hide the whereabouts.
_UNRESTRICTED = frozenset({"U"})
_GENDERS = frozenset({None, "male", "female", "other", "unknown"})
_NOT_CURRENT = frozenset({"old", "maiden", "temp", "billing"})
_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?", re.ASCII)
_ODS_CODE = re.compile(r"[A-Z0-9]{3,12}")


class UnreadablePersonError(ValueError):
    """Say that PDS's Patient cannot be trusted; the message never holds a value of it."""


class _Coding(msgspec.Struct):
    code: str = ""


class _Meta(msgspec.Struct):
    security: list[_Coding] = []


class _Identifier(msgspec.Struct):
    system: str = ""
    value: str = ""


class _Name(msgspec.Struct):
    use: str = ""
    family: str = ""
    given: list[str] = []
    prefix: list[str] = []


class _Address(msgspec.Struct, rename={"postal_code": "postalCode"}):
    use: str = ""
    line: list[str] = []
    postal_code: str | None = None


class _Reference(msgspec.Struct):
    identifier: _Identifier = msgspec.field(default_factory=_Identifier)


class _Patient(msgspec.Struct, rename="camel"):
    resource_type: str
    id: str
    meta: _Meta
    identifier: list[_Identifier]
    name: list[_Name] = []
    gender: str | None = None
    birth_date: str | None = None
    deceased_date_time: str | None = None
    general_practitioner: list[_Reference] = []
    address: list[_Address] = []


_Used = TypeVar("_Used", _Name, _Address)
_DECODER = msgspec.json.Decoder(_Patient)


def read_person(body: bytes) -> Demographics:
    """Read a Patient whose own identifier agrees with its id.

    Raises UnreadablePersonError on any value that is missing or does not parse.
    """
    try:
        patient = _DECODER.decode(body)
        number = NhsNumber(patient.id)
    except (
        msgspec.DecodeError,
        UnicodeDecodeError,
        RecursionError,
        InvalidNhsNumberError,
    ) as error:
        raise UnreadablePersonError("Expected a Patient with an NHS number as its id.") from error
    _refuse_doubt(patient, number)
    return _demographics(patient, number, body)


def _refuse_doubt(patient: _Patient, number: NhsNumber) -> None:
    numbers = {one.value for one in patient.identifier if one.system == NHS_NUMBER}
    if patient.resource_type != "Patient" or numbers != {number.digits}:
        raise UnreadablePersonError("Expected a Patient whose identifier is its id.")
    if patient.gender not in _GENDERS:
        raise UnreadablePersonError("Expected an administrative gender of FHIR.")
    _refuse_odd_date(patient.birth_date)
    _refuse_odd_moment(patient.deceased_date_time)


def _refuse_odd_date(text: str | None) -> None:
    if text is not None and _DATE.fullmatch(text) is None:
        raise UnreadablePersonError("Expected a FHIR date.")


def _refuse_odd_moment(text: str | None) -> None:
    if text is None or _DATE.fullmatch(text):
        return
    try:
        datetime.fromisoformat(text)
    except ValueError as error:
        raise UnreadablePersonError("Expected a FHIR dateTime.") from error


def _demographics(patient: _Patient, number: NhsNumber, body: bytes) -> Demographics:
    name = _preferred(patient.name, ("usual", "official")) or _Name()
    address = _preferred(patient.address, ("home",)) or _Address()
    return Demographics(
        nhs_number=number,
        family_name=name.family,
        given_names=tuple(name.given),
        prefix=name.prefix[0] if name.prefix else None,
        gender=patient.gender,
        born_on=patient.birth_date,
        died_at=patient.deceased_date_time,
        practice=_practice(patient.general_practitioner),
        address_lines=tuple(address.line),
        postcode=address.postal_code,
        address_use=_address_use(patient.meta),
        body=body,
    )


def _preferred(values: list[_Used], uses: tuple[str, ...]) -> _Used | None:
    for use in uses:
        for value in values:
            if value.use == use:
                return value
    # Former names and places must never stand for the current one.
    return next((value for value in values if value.use not in _NOT_CURRENT), None)


def _practice(references: list[_Reference]) -> str | None:
    codes = [
        one.identifier.value for one in references if one.identifier.system == ODS_ORGANISATION
    ]
    if any(_ODS_CODE.fullmatch(code) is None for code in codes) or len(codes) > 1:
        raise UnreadablePersonError("Expected one general practice by its ODS code.")
    return codes[0] if codes else None


def _address_use(meta: _Meta) -> AddressUse:
    codes = {coding.code for coding in meta.security}
    if codes and codes <= _UNRESTRICTED:
        return AddressUse.UNRESTRICTED
    return AddressUse.RESTRICTED
