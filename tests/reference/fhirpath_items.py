"""Hold the values that FHIRPath walks over, with their FHIR types, as far as JSON and the names of elements tell.

It reads parsed JSON only and evaluates no expression. Follows FHIR R4, "JSON" (arrays, `_` siblings of primitives)
and "FHIRPath" (choice elements are named without their type), and FHIRPath, "Models".
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from itertools import zip_longest
from typing import Any, Final

from tests.reference.fhirpath_parser import ViewError


@dataclass(frozen=True, slots=True)
class Item:
    """One value; a primitive may have an object beside it, and may have nothing but that."""

    value: Any
    type: str | None = None
    beside: Mapping[str, Any] | None = None


Items = Sequence[Item]

_DIGITS: Final = 8
_STEP: Final = Decimal(1).scaleb(-_DIGITS)
_ENOUGH: Final = Context(prec=100, rounding=ROUND_HALF_UP)

_PRIMITIVES: Final = [
    "base64Binary",
    "boolean",
    "canonical",
    "code",
    "date",
    "dateTime",
    "decimal",
    "id",
    "instant",
    "integer",
    "markdown",
    "oid",
    "positiveInt",
    "string",
    "time",
    "unsignedInt",
    "uri",
    "url",
    "uuid",
]
_COMPLEX: Final = [
    "Address",
    "Age",
    "Annotation",
    "Attachment",
    "CodeableConcept",
    "Coding",
    "ContactPoint",
    "Count",
    "Distance",
    "Duration",
    "HumanName",
    "Identifier",
    "Money",
    "Period",
    "Quantity",
    "Range",
    "Ratio",
    "Reference",
    "SampledData",
    "Signature",
    "Timing",
    "ContactDetail",
    "Contributor",
    "DataRequirement",
    "Expression",
    "ParameterDefinition",
    "RelatedArtifact",
    "TriggerDefinition",
    "UsageContext",
    "Dosage",
    "Meta",
]
# FHIR R4, "Open Type Element": what may follow the name of a choice element.
_TYPE_OF_ENDING: Final = {each[0].upper() + each[1:]: each for each in (*_PRIMITIVES, *_COMPLEX)}

# FHIR R4, "Data Types", the tree of them: what each is a kind of.
_KIND_OF: Final = (
    dict.fromkeys(("code", "id", "markdown"), "string")
    | dict.fromkeys(("url", "oid", "uuid", "canonical"), "uri")
    | dict.fromkeys(("positiveInt", "unsignedInt"), "integer")
    | dict.fromkeys(("Age", "Count", "Distance", "Duration"), "Quantity")
)

# FHIR R4, the definitions of the elements that a test speaks of: JSON does not tell a date from a text.
_TYPE_OF_ELEMENT: Final = {
    "birthDate": "date",
    "recordedDate": "dateTime",
    "start": "dateTime",
    "end": "dateTime",
    "issued": "instant",
    "lastUpdated": "instant",
}


def children(item: Item, name: str) -> Iterator[Item]:
    """Give an item's elements of a name, in order; a choice element is found by its name without the type."""
    # A primitive's own id and extensions stand in the object beside it.
    holder = item.value if isinstance(item.value, Mapping) else item.beside or {}
    if name in holder or f"_{name}" in holder:
        yield from _items(holder.get(name), holder.get(f"_{name}"), _TYPE_OF_ELEMENT.get(name))
        return
    for key in dict.fromkeys(each.removeprefix("_") for each in holder):
        ending = key.removeprefix(name)
        if key.startswith(name) and ending in _TYPE_OF_ENDING:
            yield from _items(holder.get(key), holder.get(f"_{key}"), _TYPE_OF_ENDING[ending])


def is_kind_of(item: Item, wanted: str) -> bool:
    """Say whether an item is of a type or of one that specialises it.

    Raises ViewError when the type is not known.
    """
    kind = item.type
    if kind is None:
        raise ViewError(f"the type of an element is not known that is asked to be {wanted}")
    return wanted in {kind, _KIND_OF.get(kind)}


def values(items: Items) -> list[Any]:
    """Give what the items hold; one that has only an object beside it holds nothing."""
    return [each.value for each in items if each.value is not None]


def stepped(value: int | Decimal) -> int | Decimal:
    """Round what was calculated to a step of 10^-8: a Decimal has no finer ones (FHIRPath N1, 4.1.5)."""
    is_fine = isinstance(value, Decimal) and int(value.as_tuple().exponent) < -_DIGITS
    return Decimal(value).quantize(_STEP, context=_ENOUGH) if is_fine else value


def kind_of_value(value: object) -> str:
    """Say which FHIRPath type a value has, integers and decimals being numbers alike."""
    match value:
        case bool():
            return "Boolean"
        case int() | Decimal():
            return "number"
        case str():
            return "String"
        case _:
            return "complex"


def _items(held: Any, beside: Any, kind: str | None) -> Iterator[Item]:
    many = held if isinstance(held, list) else [held]
    objects = beside if isinstance(beside, list) else [beside]
    for value, other in zip_longest(many, objects):
        if value is not None or other:
            yield Item(value, kind, other)
