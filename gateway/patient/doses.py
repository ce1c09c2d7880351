"""Read what dose a medicine item states, and say whether two statements of it differ.

Converts no unit and guesses nothing: a dose that is not stated, or cannot be read, differs from none.
FHIR R4 Dosage.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

import msgspec
from msgspec import UNSET, Struct

from gateway.patient.shown import ShownItem

_TOKENS = re.compile(r"\d+(?:\.\d+)?|[^\W\d_]+|[%/]")


class DoseDifference(StrEnum):
    """How two doses differ: in a number of one unit, or in how they are put."""

    NUMBER = "number"
    WORDING = "wording"


class _Quantity(Struct):
    value: Decimal | None = None
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
    except (msgspec.DecodeError, ValueError, RecursionError):
        return None
    amounts = frozenset(
        _amount(rate.dose_quantity, rate.dose_quantity.value)
        for dosage in dosages
        for rate in dosage.dose_and_rate
        if rate.dose_quantity is not None and rate.dose_quantity.value is not None
    )
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


def _amount(quantity: _Quantity, value: Decimal) -> tuple[str, Decimal]:
    return ((quantity.unit or quantity.code or "").casefold(), value)


def _words(text: str) -> list[str]:
    # "5.00 mg" and "5mg" are one dose: only a number's value counts, not how many digits it is given.
    return [
        str(Decimal(token).normalize()) if token[0].isdecimal() else token
        for token in _TOKENS.findall(text.casefold())
    ]
