"""Compare the Patient resources of an answer with the person who was asked for.

Does not look at clinical resources. docs/decisions/0007, section 2; NHS Data Dictionary, NHS NUMBER STATUS INDICATOR CODE; PDS FHIR API.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

import msgspec

from adapters.contract import Demographics
from fhir_profiles.nhs_number import InvalidNhsNumberError, NhsNumber
from fhir_profiles.uk_core import nhs_number_claims
from gateway.patient.dates import span_of

VERIFIED = "01"


class Standing(StrEnum):
    """What one Patient resource proves."""

    SAME = "same"
    OTHER = "other"
    NOT_VERIFIED = "not-verified"
    DIFFERENT_DEMOGRAPHICS = "different-demographics"
    NO_NUMBER = "no-number"


class Difference(StrEnum):
    """A demographic detail in which a source and PDS differ."""

    NAME = "name"
    BIRTH_DATE = "birth-date"
    GENDER = "gender"


class _Name(msgspec.Struct):
    family: str | None = None
    given: list[str] = []
    text: str | None = None


class _Patient(msgspec.Struct, rename="camel"):
    name: list[_Name] = []
    birth_date: str | None = None
    gender: str | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """What one Patient proves and, when it is the same person, in which details it differs from PDS."""

    standing: Standing
    differences: frozenset[Difference] = frozenset()


def compare(body: bytes, person: Demographics, accepted: frozenset[NhsNumber]) -> Comparison:
    """Compare one Patient resource with PDS. `accepted` holds the number asked for and its replacement."""
    try:
        patient = msgspec.json.decode(body, type=_Patient)
        claims = [claim for claim in nhs_number_claims(body) if claim.use != "old"]
    except ValueError:
        return Comparison(Standing.NO_NUMBER)
    if not claims:
        return Comparison(Standing.NO_NUMBER)
    if any(claim.number not in accepted for claim in claims):
        return Comparison(Standing.OTHER)
    differences = _differences(patient, person)
    is_comparable = bool(patient.name and patient.birth_date and person.born_on)
    standing = _standing(
        {claim.status for claim in claims}, differences, is_comparable=is_comparable
    )
    return Comparison(standing, differences)


def _standing(
    statuses: set[str | None], differences: frozenset[Difference], *, is_comparable: bool
) -> Standing:
    if not statuses <= {VERIFIED, None}:
        return Standing.NOT_VERIFIED
    identity = differences & {Difference.NAME, Difference.BIRTH_DATE}
    if len(identity) == 2:
        return Standing.DIFFERENT_DEMOGRAPHICS
    if None in statuses and (identity or not is_comparable):
        return Standing.NOT_VERIFIED
    return Standing.SAME


def number_of(text: str) -> NhsNumber | None:
    """Read a number as sources write it, or None."""
    try:
        return NhsNumber.parse(text)
    except InvalidNhsNumberError:
        return None


def _differences(patient: _Patient, person: Demographics) -> frozenset[Difference]:
    found: set[Difference] = set()
    if patient.name and not any(_is_name_of(name, person) for name in patient.name):
        found.add(Difference.NAME)
    if patient.birth_date and person.born_on and not _same_day(patient.birth_date, person.born_on):
        found.add(Difference.BIRTH_DATE)
    if patient.gender and person.gender and patient.gender != person.gender:
        found.add(Difference.GENDER)
    return frozenset(found)


def _is_name_of(name: _Name, person: Demographics) -> bool:
    family = _folded(person.family_name)
    if name.family is not None:
        return _folded(name.family) == family
    return name.text is not None and _has_words(name.text, family)


def _has_words(text: str, folded: str) -> bool:
    # Whole words, for the letters of a short family name stand within many others.
    words = " ".join(map(_folded, text.split()))
    return re.search(rf"(?<!\S){' ?'.join(folded)}(?!\S)", words) is not None


def _same_day(one: str, other: str) -> bool:
    # A source may hold only the year or the month: what it does state must agree.
    first, second = span_of(one[:10]), span_of(other[:10])
    if first is None or second is None:
        return False
    return first.low < second.high and second.low < first.high


def _folded(text: str) -> str:
    """Fold case, accents, hyphens and spaces, which systems write differently for one name."""
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in decomposed.casefold() if letter.isalpha())
