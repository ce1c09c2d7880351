"""Read what dose a medicine item states, and say whether two statements of it differ.

Converts no unit and guesses nothing: a dose that is not stated, or cannot be read, differs from none.
FHIR R4 Dosage.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

import msgspec
from msgspec import UNSET, Raw, Struct

from gateway.patient.shown import ShownItem

_LONGEST_NUMBER = 28
"""Digits and signs of a number that is read as one; no dose is near it, and sums stay exact up to here."""

_TOKENS = re.compile(r"\d+(?:\.\d+)?|[^\W\d_]+|[%/]")
_JSON_NUMBER = re.compile(rb"-?\d+(?:\.\d+)?(?:[eE][+-]?\d{1,3})?")


class DoseDifference(StrEnum):
    """How two doses differ: in a number of one unit, or in how they are put."""

    NUMBER = "number"
    WORDING = "wording"


class _Quantity(Struct):
    value: Raw = Raw(b"null")
    unit: str | None = None
    code: str | None = None


class _DoseAndRate(Struct, rename="camel"):
    dose_quantity: _Quantity | None = None


class _Dosage(Struct, rename="camel"):
    text: str | None = None
    dose_and_rate: tuple[_DoseAndRate, ...] = ()


_DOSAGES = msgspec.json.Decoder(tuple[_Dosage, ...])


@dataclass(frozen=True, slots=True)
class Dose:
    """What one item states: amounts by unit, and words with numbers written alike. Either may be empty."""

    amounts: frozenset[tuple[str, Decimal]]
    words: tuple[str, ...]


def dose_of(item: ShownItem) -> Dose | None:
    """Give the dose that an item states; None when it states none."""
    header = item.header
    raw = (
        header.dosage if item.resource_type == "MedicationStatement" else header.dosage_instruction
    )
    if raw is UNSET:
        return None
    try:
        dosages = _DOSAGES.decode(raw)
        amounts = _amounts(dosages)
    except (msgspec.DecodeError, ValueError, RecursionError):
        return None
    words = tuple(word for dosage in dosages for word in _words(dosage.text or ""))
    return Dose(amounts, words) if amounts or words else None


def difference(one: Dose, other: Dose) -> DoseDifference | None:
    """Say how two doses differ, as far as both state the same kind of thing."""
    if one.amounts and other.amounts and one.amounts != other.amounts:
        is_one_unit = _units(one) == _units(other)
        return DoseDifference.NUMBER if is_one_unit else DoseDifference.WORDING
    if one.words and other.words and one.words != other.words:
        return DoseDifference.WORDING
    return None


def _units(dose: Dose) -> frozenset[str]:
    return frozenset(unit for unit, _value in dose.amounts)


def _amounts(dosages: Iterable[_Dosage]) -> frozenset[tuple[str, Decimal]]:
    quantities = [rate.dose_quantity for each in dosages for rate in each.dose_and_rate]
    return frozenset(
        ((each.unit or each.code or "").casefold(), value)
        for each in quantities
        if each is not None and (value := _number(bytes(each.value))) is not None
    )


def _number(written: bytes) -> Decimal | None:
    """Read a JSON number, None where there is none; a text is no number, even one that spells it."""
    if written == b"null":
        return None
    # So that none of the numbers that cannot be compared, such as a signalling NaN, is ever made.
    if len(written) > _LONGEST_NUMBER or not _JSON_NUMBER.fullmatch(written):
        raise ValueError("This is not the number of a dose.")
    return Decimal(written.decode())


def _words(text: str) -> list[str]:
    # "5.00 mg" and "5mg" are one dose: only a number's value counts, not how many digits it is given.
    return [
        str(Decimal(token).normalize())
        if token[0].isdecimal() and len(token) <= _LONGEST_NUMBER
        else token
        for token in _TOKENS.findall(text.casefold())
    ]
