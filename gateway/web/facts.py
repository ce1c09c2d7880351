"""Read from a shown item's own bytes the few facts that a reader needs beside its name: dose, reaction, place.

Reads nothing but what is shown, and says so where a part cannot be read. FHIR R4 element definitions.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

import msgspec
from msgspec import Raw, Struct

from fhir_profiles.datatypes import Concept, Reference
from gateway.patient.shown import ShownItem
from gateway.web.dates_in_words import date_in_words

Elements = Mapping[str, Raw]
_T = TypeVar("_T")

DOSE = "Dose"
UNREADABLE = "Part of this item could not be read: ask the source."


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing said of an item: what it is called, and the words."""

    term: str
    words: str


class _Quantity(Struct):
    # Raw, so that a dose is shown with the very digits that the source wrote.
    value: Raw = Raw(b"")
    unit: str | None = None
    code: str | None = None


class _DoseAndRate(Struct, rename="camel"):
    dose_quantity: _Quantity | None = None


class _Dosage(Struct, rename="camel"):
    text: str | None = None
    patient_instruction: str | None = None
    dose_and_rate: tuple[_DoseAndRate, ...] = ()
    dose: _Quantity | None = None
    route: Concept | None = None


class _Reaction(Struct):
    manifestation: tuple[Concept, ...] = ()
    severity: str | None = None
    description: str | None = None


class _Annotation(Struct):
    text: str | None = None


class _Place(Struct):
    location: Reference | None = None


def elements_of(item: ShownItem) -> Elements:
    """Open an item's bytes, exactly as any other reader gets them."""
    return msgspec.json.decode(b"".join(item.render()), type=dict[str, Raw])


def facts_of(resource_type: str, elements: Elements) -> tuple[Fact, ...]:
    """Give what is said of an item of this type, in reading order."""
    readers = (*_READERS.get(resource_type, ()), ("Note", "note", _annotations))
    kind = _KINDS.get(resource_type)
    told = (
        Fact(term, words)
        for term, element, read in readers
        if element in elements
        if (words := _in_words(elements[element], read))
    )
    return (*((Fact("Kind", kind),) if kind else ()), *told)


def wording_of(concept: Concept) -> str:
    """Give a concept's own words: its text, else its displays, else its codes."""
    displays = [coding.display for coding in concept.coding if coding.display]
    codes = [f"code {coding.code}" for coding in concept.coding if coding.code]
    return concept.text or next(iter(displays), None) or next(iter(codes), "")


def read_element(raw: Raw, shape: type[_T]) -> _T | None:
    """Read an element; None when it has another shape."""
    try:
        return msgspec.json.decode(raw, type=shape)
    except (msgspec.DecodeError, ValueError, RecursionError):
        return None


def _in_words(raw: Raw, read: Callable[[Raw], Iterable[str] | None]) -> str:
    found = read(raw)
    return UNREADABLE if found is None else "; ".join(words for words in found if words)


def _intent(raw: Raw) -> list[str] | None:
    found = read_element(raw, str)
    return None if found is None else [_INTENTS.get(found, found)]


def _risk(raw: Raw) -> list[str] | None:
    found = read_element(raw, str)
    return None if found is None else [_RISKS.get(found, found)]


def _date(raw: Raw) -> list[str] | None:
    found = read_element(raw, str)
    return None if found is None else [date_in_words(found)]


def _concepts(raw: Raw) -> list[str] | None:
    found = _one_or_more(raw, Concept, tuple[Concept, ...])
    return None if found is None else list(map(wording_of, found))


def _annotations(raw: Raw) -> list[str] | None:
    found = _one_or_more(raw, _Annotation, tuple[_Annotation, ...])
    return None if found is None else [note.text or "" for note in found]


def _reactions(raw: Raw) -> list[str] | None:
    found = _one_or_more(raw, _Reaction, tuple[_Reaction, ...])
    return None if found is None else list(map(_reaction, found))


def _dosages(raw: Raw) -> list[str] | None:
    found = _one_or_more(raw, _Dosage, tuple[_Dosage, ...])
    return None if found is None else list(map(_dosage, found))


def _places(raw: Raw) -> list[str] | None:
    found = _one_or_more(raw, _Place, tuple[_Place, ...])
    return None if found is None else list(map(_place, found))


def _place(place: _Place) -> str:
    return (place.location.display or "") if place.location else ""


def _organisation(raw: Raw) -> list[str] | None:
    found = read_element(raw, Reference)
    return None if found is None else [found.display or ""]


def _one_or_more(raw: Raw, shape: type[_T], many: type[tuple[_T, ...]]) -> tuple[_T, ...] | None:
    single = read_element(raw, shape)
    return (single,) if single is not None else read_element(raw, many)


def _reaction(reaction: _Reaction) -> str:
    signs = ", ".join(map(wording_of, reaction.manifestation)) or reaction.description or ""
    return f"{signs} ({reaction.severity})" if reaction.severity else signs


def _dosage(dosage: _Dosage) -> str:
    amounts = [each.dose_quantity for each in dosage.dose_and_rate] + [dosage.dose]
    told = [_quantity(amount) for amount in amounts if amount is not None]
    route = wording_of(dosage.route) if dosage.route else ""
    text = dosage.text or ", ".join(told)
    advice = dosage.patient_instruction or ""
    words = (text, advice if advice not in text else "", route)
    return ", ".join(each for each in words if each)


def _amount(raw: Raw) -> list[str] | None:
    found = read_element(raw, _Quantity)
    return None if found is None else [_quantity(found)]


def _text(raw: Raw) -> list[str] | None:
    found = read_element(raw, str)
    return None if found is None else [found]


def _quantity(quantity: _Quantity) -> str:
    return f"{bytes(quantity.value).decode()} {quantity.unit or quantity.code or ''}".strip()


_RISKS = {
    "high": "High: potential for life-threatening reaction",
    "low": "Low",
    "unable-to-assess": "Unable to assess",
}

_INTENTS = {
    "plan": "Authorised",
    "order": "Ordered or issued",
    "proposal": "Proposed",
    "original-order": "Ordered or issued",
    "reflex-order": "Ordered or issued",
}

_KINDS = {
    "MedicationStatement": "Stated as taken",
    "MedicationAdministration": "Given",
    "MedicationDispense": "Dispensed",
}

_Reader = tuple[str, str, Callable[[Raw], Iterable[str] | None]]
_DOSE_TAKEN: tuple[_Reader, ...] = ((DOSE, "dosage", _dosages),)
_DOSE_ORDERED: tuple[_Reader, ...] = ((DOSE, "dosageInstruction", _dosages),)
_READERS: Mapping[str, tuple[_Reader, ...]] = {
    "AllergyIntolerance": (
        ("Reaction", "reaction", _reactions),
        ("Risk", "criticality", _risk),
    ),
    "Condition": (("Severity", "severity", _concepts),),
    "MedicationRequest": (
        ("Kind", "intent", _intent),
        *_DOSE_ORDERED,
        ("Course", "courseOfTherapyType", _concepts),
    ),
    "MedicationStatement": _DOSE_TAKEN,
    "MedicationAdministration": _DOSE_TAKEN,
    "MedicationDispense": (*_DOSE_ORDERED, ("Handed over", "whenHandedOver", _date)),
    "Encounter": (
        ("Service", "serviceType", _concepts),
        ("Reason", "reasonCode", _concepts),
        ("Place", "location", _places),
        ("Provider", "serviceProvider", _organisation),
    ),
    "Flag": (("Kind", "category", _concepts),),
    "Observation": (("Value", "valueQuantity", _amount), ("Value", "valueString", _text)),
}
