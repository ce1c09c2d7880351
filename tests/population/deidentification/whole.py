"""Make resources in which everything that may be kept is there and good, and plant into them."""

import json
from collections.abc import Sequence
from functools import cache
from typing import Any

from gateway.population.allow_list import AllowList, Kept, Kind
from tests.population.deidentification.grounds import ALLOW_LISTS, CODE_LISTS, LSOA, PATIENT, UCUM
from tests.population.deidentification.r4_paths import Place

ODS = {"system": "https://fhir.nhs.uk/Id/ods-organization-code", "value": "RRV"}
AREA = ("https://shared-care-record.example/CodeSystem/lsoa", LSOA)
GOOD: dict[Kind, Any] = {
    Kind.PERSON: {"reference": "Patient/p1"},
    Kind.ORGANISATION: ODS,
    Kind.BOOLEAN: True,
    Kind.QUANTITY: {"value": 7.5, "system": UCUM, "code": "mmol/L", "unit": "mmol/L"},
    Kind.HOUR: "2024-05-06T07:08:09+01:00",
    Kind.PERIOD: {"start": "2024-05-06T07:08:09Z", "end": "2024-05-06T09:08:09Z"},
    Kind.MONTH: "1947-03-09",
    Kind.LSOA: {"postalCode": "NW1 0AA"},
    Kind.LABELS: {"security": [{"code": "PSY"}]},
}


@cache
def whole_text(resource_type: str) -> str:
    """Write a resource with every element that may be kept."""
    allowed = next(one for one in ALLOW_LISTS if one.resource_type == resource_type)
    made = {one.path: _good(one, allowed) for one in allowed.inside("") if one.path != "id"}
    if resource_type == "Patient":
        made = {**made, "identifier": PATIENT["identifier"]}
    own_id = "p1" if resource_type == "Patient" else "r1"
    return json.dumps({"resourceType": resource_type, "id": own_id, **made})


def whole(resource_type: str) -> dict[str, Any]:
    """Make a resource with every element that may be kept."""
    return json.loads(whole_text(resource_type))


def with_planted(place: Place, value: object) -> dict[str, Any]:
    """Make a whole resource with a value in one place; whatever else is on the way there stays."""
    resource = whole(place.resource_type)
    _plant(resource, list(zip(place.names, place.are_lists, strict=True)), value)
    return resource


def _plant(into: dict[str, Any], way: Sequence[tuple[str, bool]], value: object) -> None:
    (name, is_list), *rest = way
    if not rest:
        into[name] = [value] if is_list else value
        return
    there = into.get(name)
    inner = there[0] if isinstance(there, list) and there else there
    inner = inner if isinstance(inner, dict) else {}
    into[name] = [inner] if is_list else inner
    _plant(inner, rest, value)


def _good(kept: Kept, allowed: AllowList) -> Any:
    good = _one_good(kept, allowed)
    return [good] if kept.is_list else good


def _one_good(kept: Kept, allowed: AllowList) -> Any:
    match kept.kind:
        case Kind.GROUP:
            inside = allowed.inside(kept.path)
            return {one.path.rpartition(".")[2]: _good(one, allowed) for one in inside}
        case Kind.REFERENCE:
            return {"reference": f"{kept.to[0]}/x1", "identifier": ODS}
        case Kind.CODE:
            return _first_code(kept)[1]
        case Kind.CODING:
            return _coding(_first_code(kept))
        case Kind.CONCEPT:
            return {"coding": [_coding(_first_code(kept))]}
        case kind:
            return GOOD[kind]


def _first_code(kept: Kept) -> tuple[str, str]:
    listed = (pair for name in kept.codes for pair in getattr(CODE_LISTS.get(name), "wording", ()))
    return next(listed, AREA)


def _coding(pair: tuple[str, str]) -> dict[str, str]:
    return {"system": pair[0], "code": pair[1]}
