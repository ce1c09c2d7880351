"""Build the small parts that FHIR resources of any release are made of, and write them as JSON.

Does not know a resource type or a source. Numbers keep the text they were recorded with.
"""

import hashlib
import re
from collections.abc import Mapping
from datetime import datetime

import orjson

from adapters.simulators.truth import Coding
from fhir_profiles import systems

Resource = dict[str, object]
"""A FHIR resource or a part of one, before it is written."""

_JSON_NUMBER = re.compile(r"(<=|>=|<|>)?(-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?)")
_WHOLE_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)")


def write(resource: Resource) -> bytes:
    """Write a resource as JSON; numbers made by `decimal` keep their digits."""
    return orjson.dumps(resource)


def stated(part: Mapping[str, object]) -> Resource:
    """Leave out what is not stated: nothing, empty text, empty list, empty mapping."""
    return {key: value for key, value in part.items() if value is not None and not _is_blank(value)}


def decimal(text: str) -> orjson.Fragment:
    """Give a number that is written exactly as its text.

    Raises ValueError when the text is not a JSON number.
    """
    if (match := _JSON_NUMBER.fullmatch(text)) is None or match[1]:
        raise ValueError("Expected the text of a JSON number.")
    return orjson.Fragment(text.encode())


def quantity(value: str, unit: str, unit_code: str) -> Resource | None:
    """Give a Quantity, with its comparator if the text has one; nothing when the text is no number."""
    if (match := _JSON_NUMBER.fullmatch(value)) is None:
        return None
    coded = {"system": systems.UCUM, "code": unit_code} if unit_code else {}
    return stated({"value": decimal(match[2]), "comparator": match[1], "unit": unit, **coded})


def measured(value: str, unit: str, unit_code: str) -> Resource:
    """Give the value[x] element of an Observation: integer, Quantity, or text when it is no number."""
    if not value:
        return {}
    if not unit and not unit_code and _WHOLE_NUMBER.fullmatch(value):
        return {"valueInteger": decimal(value)}
    if (number := quantity(value, unit, unit_code)) is not None:
        return {"valueQuantity": number}
    return {"valueString": value}


def coding(system: str, code: str, display: str = "") -> Resource:
    """Give one Coding."""
    return stated({"system": system, "code": code, "display": display})


def coded(system: str, code: str, display: str = "") -> Resource:
    """Give a CodeableConcept of one coding."""
    return {"coding": [coding(system, code, display)]}


def concept(recorded: Coding, text: str = "") -> Resource:
    """Give the CodeableConcept of a recorded code; a code without a system or code is text only."""
    codings = [coding(recorded.system, recorded.code, recorded.display)]
    has_code = bool(recorded.system and recorded.code)
    return stated({"coding": codings if has_code else None, "text": text or recorded.display})


def snomed(code: str, display: str = "") -> Resource:
    """Give a CodeableConcept of one SNOMED CT code."""
    return coded(systems.SNOMED_CT, code, display)


def extension(url: str, value_type: str, value: object) -> Resource:
    """Give a simple extension; the value type is the FHIR one, such as `Code` or `DateTime`."""
    return {"url": url, f"value{value_type}": value}


def moment(instant: datetime) -> str:
    """Write a date and time with its offset, as `dateTime` and `instant` both require."""
    return instant.isoformat(timespec="seconds")


def picks(key: str, purpose: str, *, one_in: int) -> bool:
    """Choose about one key in so many, always the same ones."""
    return pick_number(key, purpose, one_in) == 0


def pick_number(key: str, purpose: str, below: int) -> int:
    """Give a number from 0 that depends on key and purpose alone."""
    digest = hashlib.blake2b(f"{purpose}|{key}".encode(), digest_size=4).digest()
    return int.from_bytes(digest, "big") % below


def slug(text: str) -> str:
    """Make the text fit for use in a resource id."""
    return re.sub(r"[^A-Za-z0-9]+", "-", text).strip("-").lower()[:40]


def _is_blank(value: object) -> bool:
    return isinstance(value, str | list | dict | tuple) and not value
