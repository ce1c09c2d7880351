"""Find out who the Patients of one source are, by their NHS numbers; who asks for numbers forgets them at once.

Decides nothing about opt-outs, and knows no other source. Whoever cannot be told for certain is nobody: what is
said of them is left out. UK Core Patient; NHS Data Dictionary, NHS NUMBER STATUS INDICATOR CODE.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import msgspec

from fhir_profiles.nhs_number import InvalidNhsNumberError, NhsNumber
from fhir_profiles.systems import NHS_NUMBER_ACCEPTED, NHS_NUMBER_VERIFICATION_STATUS
from gateway.population.dated_elements import Month
from gateway.population.json_parts import UNREADABLE, in_quotes, is_text
from gateway.population.pseudonyms import spell, subject_of

_VERIFIED = "01"


class Unknown(StrEnum):
    """Say why it is not known who a Patient is."""

    UNREADABLE = "unreadable"
    NO_NUMBER = "no-nhs-number"
    SEVERAL_NUMBERS = "several-nhs-numbers"
    NOT_VERIFIED = "nhs-number-not-verified"
    ONE_ID_OF_SEVERAL = "one-id-of-several-people"


@dataclass(frozen=True, slots=True)
class Person:
    """What the store calls somebody, and the month of their birth as `1947-03`; the month is empty if not known."""

    subject: str
    born_in: str


@dataclass(frozen=True, slots=True)
class People:
    """The people of one source by the ids that it gives them, and how many Patients are nobody, by why."""

    by_id: Mapping[str, Person]
    unknown: Mapping[Unknown, int]


@dataclass(frozen=True, slots=True)
class Traced:
    """The people of one source, and by subject the number that each stands for: for the linkage vault alone."""

    people: People
    numbers: Mapping[str, NhsNumber] = field(repr=False)


class _Code(msgspec.Struct):
    code: str | None = None


class _Concept(msgspec.Struct):
    coding: list[_Code] = []


class _Extension(msgspec.Struct):
    url: str | None = None
    concept: _Concept = msgspec.field(name="valueCodeableConcept", default_factory=_Concept)


class _Identifier(msgspec.Struct):
    system: str | None = None
    value: str | None = None
    use: str | None = None
    extension: list[_Extension] = []


class _Patient(msgspec.Struct, tag_field="resourceType", tag="Patient"):
    id: str
    identifier: list[_Identifier] = []
    born_on: str = msgspec.field(name="birthDate", default="")


_PATIENT = msgspec.json.Decoder(_Patient)


def people_of(patients: bytes, store_key: bytes) -> People:
    """Read the Patients of one source, one a line.

    Raises KeyLengthError.
    """
    return traced(patients, store_key).people


def traced(patients: bytes, store_key: bytes) -> Traced:
    """Read the Patients of one source, one a line, and keep hold of the numbers of those who are somebody.

    Raises KeyLengthError.
    """
    found: dict[str, Person] = {}
    numbers: dict[str, NhsNumber] = {}
    unknown: Counter[Unknown] = Counter()
    doubted: set[str] = set()
    for line in filter(None, map(bytes.strip, patients.split(b"\n"))):
        read = _read(line, store_key)
        if isinstance(read, Unknown):
            unknown[read] += 1
            continue
        local_id, person, number = read
        numbers[person.subject] = number
        if found.setdefault(local_id, person).subject != person.subject:
            doubted.add(local_id)
            unknown[Unknown.ONE_ID_OF_SEVERAL] += 1
    known = {each: person for each, person in found.items() if each not in doubted}
    people = People(known, dict(sorted(unknown.items())))
    return Traced(people, {each.subject: numbers[each.subject] for each in known.values()})


def _read(line: bytes, store_key: bytes) -> tuple[str, Person, NhsNumber] | Unknown:
    if not is_text(line):
        return Unknown.UNREADABLE
    try:
        patient = _PATIENT.decode(line)
    except UNREADABLE:
        return Unknown.UNREADABLE
    number = _number_of(patient.identifier)
    if isinstance(number, Unknown):
        return number
    born_in = Month("Patient.birthDate").clean(in_quotes(patient.born_on), []) or b'""'
    subject = spell(subject_of(store_key, number))
    return patient.id, Person(subject, born_in.decode().strip('"')), number


def _number_of(identifiers: Iterable[_Identifier]) -> NhsNumber | Unknown:
    current = [one for one in identifiers if one.system in NHS_NUMBER_ACCEPTED and one.use != "old"]
    numbers = {number for one in current if (number := _parsed(one.value or "")) is not None}
    if not numbers:
        return Unknown.NO_NUMBER
    if len(numbers) > 1:
        return Unknown.SEVERAL_NUMBERS
    statuses = {status for one in current for status in _statuses_of(one)}
    return Unknown.NOT_VERIFIED if statuses - {_VERIFIED} else numbers.pop()


def _parsed(text: str) -> NhsNumber | None:
    try:
        return NhsNumber.parse(text)
    except InvalidNhsNumberError:
        return None


def _statuses_of(identifier: _Identifier) -> set[str | None]:
    stated = [
        one.concept for one in identifier.extension if one.url == NHS_NUMBER_VERIFICATION_STATUS
    ]
    return {coding.code for concept in stated for coding in concept.coding or [_Code()]}
