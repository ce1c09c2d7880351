"""Make random resources as lines of JSON: with elements missing, null, empty, of any precision and script.

A primitive may have an object of extensions beside it (`_birthDate`), or nothing but that; a null may stand in any list,
though in a list of objects FHIR has none.
Each follows the shapes of `shapes.py`, and chance alone decides what of them is there.
"""

import json
from collections.abc import Sequence
from decimal import Decimal
from random import Random
from typing import Any, Final

from tests.population.shapes import ELEMENTS, PRIMITIVES, Element

_IS_THERE, _IS_NULL, _IS_EMPTY, _HAS_SIBLING, _IS_ALONE = 0.75, 0.04, 0.06, 0.12, 0.3
_DEEPEST: Final = 6
_AT_MOST: Final = 3

URLS: Final = ("http://hl7.org/fhir/a", "https://fhir.hl7.org.uk/b", "urn:oid:1.2.3")
CODES: Final = ("official", "usual", "final", "phone", "male", "8480-6")
WORDS: Final = (
    *(
        "Smith",
        "O'Brien",
        "smith",
        "Zoë",
        "Łukasz",
        "李小龍",
        "أحمد",
        "😀",
        "e\u0301",
        "\u00e9",
        "a\tb",
        "\\",
        '"',
    ),
    *("%", "x_y", "null", "true", "1", " ", "$.a", "NaN", "line\nbreak", "\uffff", "\U0001f525z"),
)
INTEGERS: Final = (0, 1, 2, 3, 7, 42, 100, 9999, -1, -5)
DECIMALS: Final = tuple(
    Decimal(each)
    for each in (
        *(
            "0",
            "1",
            "2",
            "1.0",
            "1.50",
            "0.001",
            "-3.25",
            "1.587",
            "-0.5",
            "120.25",
            "9999.9999",
            "0.00",
        ),
        *("98.6", "37", "12345678901234.5678", "0.1234567"),
    )
)
DATES: Final = (
    "1970",
    "1970-06",
    "1970-06-15",
    "2000-02-29",
    "2024-02",
    "1900-02",
    "2023-12-31",
    "1970-06-16",
)
TIMES: Final = ("12:34:00", "12:34:56", "08:05:30.500", "00:00:00", "23:59:59", "12:34:00.000")
INSTANTS: Final = (
    "2020-01-01T10:00:00Z",
    "2020-01-01T11:00:00+01:00",
    "2020-01-01T10:00:00.000Z",
    "2020-01-01T10:00:00.123+00:00",
    "2015-02-07T13:28:17.239+02:00",
    "2024-06-30T21:30:00-05:30",
)
DATE_TIMES: Final = (*DATES, *INSTANTS)
_POOLS: Final[dict[str, Sequence[Any]]] = {
    "boolean": (True, False),
    "canonical": URLS,
    "code": CODES,
    "date": DATES,
    "dateTime": DATE_TIMES,
    "decimal": DECIMALS,
    "instant": INSTANTS,
    "integer": INTEGERS,
    "positiveInt": (1, 2, 3, 42),
    "string": WORDS,
    "time": TIMES,
    "uri": URLS,
}
KEYS: Final = tuple(f"k{number}" for number in range(8))
REFERENCES: Final = (
    *(f"{kind}/{key}" for kind in ("Patient", "Practitioner", "Encounter") for key in KEYS[:3]),
    *("#c1", "urn:uuid:9f0a51b6-2f62-4b3a-9d6e-0c5a3f1b2d3c", "Patient?identifier=x|1"),
)


def random_resources(chance: Random, kind: str, number: int) -> list[str]:
    """Give so many lines of JSON, each a resource of a kind."""
    return [written(_resource(chance, kind)) for _each in range(number)]


def parsed(lines: Sequence[str]) -> list[dict[str, Any]]:
    """Read lines as the walker wants them: decimals with their digits."""
    return [json.loads(line, parse_float=Decimal) for line in lines]


def written(value: Any) -> str:
    """Write JSON, decimals digit by digit."""
    match value:
        case dict():
            return (
                "{"
                + ",".join(f"{json.dumps(key)}:{written(held)}" for key, held in value.items())
                + "}"
            )
        case list():
            return "[" + ",".join(map(written, value)) + "]"
        case Decimal():
            return str(value)
        case _:
            return json.dumps(value, ensure_ascii=False)


def random_value(chance: Random, kind: str) -> Any:
    """Give a value of a primitive type."""
    return chance.choice(KEYS) if kind == "id" else chance.choice(_POOLS[kind])


def _resource(chance: Random, kind: str) -> dict[str, Any]:
    made = {"resourceType": kind, **_complex(chance, kind, 0)}
    if chance.random() < 0.2:
        made["contained"] = [{"resourceType": kind, "id": "c1"}]
    if chance.random() < 0.2:
        made["text"] = {"status": "generated", "div": "<div>a < b</div>"}
    return made


def _complex(chance: Random, kind: str, depth: int) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for element in ELEMENTS[kind]:
        if _is_required(element) or chance.random() < _IS_THERE / (1 + depth / 6):
            made |= _element(chance, element, depth)
    return made


def _is_required(element: Element) -> bool:
    # Without an id nobody could speak of a resource's rows; without its url an extension is none.
    return element.types == ("id",) or element.name == "url"


def _element(chance: Random, element: Element, depth: int) -> dict[str, Any]:
    kind = chance.choice(element.types)
    name = element.name + kind[0].upper() + kind[1:] if element.is_choice else element.name
    if depth > _DEEPEST and not _is_required(element):
        return {}
    if chance.random() < _IS_NULL and not _is_required(element):
        return {name: None}
    if element.is_many:
        return _many(chance, name, kind, depth)
    return _one(chance, name, kind, depth)


def _one(chance: Random, name: str, kind: str, depth: int) -> dict[str, Any]:
    if kind not in PRIMITIVES:
        made = _held(chance, kind, depth)
        return {name: made} if made else {}
    if name in {"id", "url"} or chance.random() > _HAS_SIBLING:
        return {name: _primitive(chance, name, kind)}
    beside = {f"_{name}": _sibling(chance)}
    return (
        beside if chance.random() < _IS_ALONE else {name: _primitive(chance, name, kind), **beside}
    )


def _many(chance: Random, name: str, kind: str, depth: int) -> dict[str, Any]:
    if chance.random() < _IS_EMPTY:
        return {name: []}
    number = chance.randint(1, _AT_MOST)
    if kind in PRIMITIVES:
        return _primitives(chance, name, kind, number)
    made = [held for _each in range(number) if (held := _held(chance, kind, depth))]
    nothing: list[Any] = [None] if chance.random() < _IS_NULL else []
    return {name: nothing + made} if made else {}


def _primitives(chance: Random, name: str, kind: str, number: int) -> dict[str, Any]:
    made = [_primitive(chance, name, kind) for _each in range(number)]
    if chance.random() < _IS_NULL:
        # Such lists come of leaving out what stands beside.
        return {name: [None, *made]}
    if chance.random() > _HAS_SIBLING:
        return {name: made}
    beside = [_sibling(chance) if chance.random() < 0.5 else None for _each in made]
    # A null keeps the place of what has only an object beside it.
    is_alone = chance.random() < _IS_ALONE
    made = [
        None if is_alone and other else value for value, other in zip(made, beside, strict=True)
    ]
    return {name: made, f"_{name}": beside}


def _held(chance: Random, kind: str, depth: int) -> dict[str, Any]:
    # Extensions lie within extensions: they end sooner.
    return _complex(chance, kind, depth + (2 if kind == "Extension" else 1))


def _primitive(chance: Random, name: str, kind: str) -> Any:
    return chance.choice(REFERENCES) if name == "reference" else random_value(chance, kind)


def _sibling(chance: Random) -> dict[str, Any]:
    return {"extension": [{"url": chance.choice(URLS), "valueCode": chance.choice(CODES)}]}
