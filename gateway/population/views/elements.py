"""Write how the elements of a value are taken out of it.

An item of a list of primitives may be null: it is there, and has nothing but an id or extensions beside it.
Source: FHIR R4, 2.6.2.3 (JSON representation of primitive elements).
"""

from fhir_profiles.elements import is_primitive
from gateway.population.views.quoting import identifier, text_literal
from gateway.population.views.shapes import BINARY, DECIMAL, Part, structure
from gateway.population.views.snippets import NEEDS_DIGITS, let, without_nulls
from gateway.population.views.typed import Guarded, Resource, Step

# Below it a binary number is true to the eighth place behind the point; above it need not be (2^-53 of it).
_SURE_BELOW = 10_000_000


def written(step: Step, held: str) -> str:
    """Write an element of what is held: a list if either may be several. Of the resource nothing is held."""
    if step.of.is_list:
        return _of_each(step, held)
    return _list(step, held) if step.part.is_list else _one(step, held)


def presence(step: Step, held: str) -> str:
    """Write whether an element that may be there once is there."""
    parts = (_is_there(step, held, part) for part in step.parts)
    return f"({' OR '.join(parts)})"


def number(found: str, *, is_list: bool) -> str:
    """Write a decimal, or each of a list: read as a binary number, or as a text where the digits were asked for."""
    if is_list:
        return f"list_transform({found}, lambda v: {_number('v')})"
    return let(found, _number)


def _number(found: str) -> str:
    is_unsure = f"typeof({found}) = '{BINARY}' AND abs(CAST({found} AS {BINARY})) >= {_SURE_BELOW}"
    failure = f"error({text_literal(NEEDS_DIGITS)})"
    return f"CASE WHEN {is_unsure} THEN {failure} ELSE CAST({found} AS {DECIMAL}) END"


def _of_each(step: Step, held: str) -> str:
    if step.part.is_list:
        found = f"flatten(list_transform({held}, lambda v: {_list(step, 'v')}))"
        return found if is_primitive(step.part.kind) else without_nulls(found)
    if is_primitive(step.part.kind):
        items = f"list_filter({held}, lambda v: {presence(step, 'v')})"
        return f"list_transform({items}, lambda v: {_one(step, 'v')})"
    return without_nulls(f"list_transform({held}, lambda v: {_one(step, 'v')})")


def _one(step: Step, held: str) -> str:
    found = [_taken(step, held, part.name) for part in step.parts]
    return found[0] if len(found) == 1 else f"coalesce({', '.join(found)})"


def _list(step: Step, held: str) -> str:
    """Only a choice has several parts, and no choice of FHIR R4 is a list."""
    part = step.part
    found = _taken(step, held, part.name)
    if not is_primitive(part.kind):
        return without_nulls(found)
    beside = _taken(step, held, part.beside)
    both = f"list_zip(coalesce({found}, []), {beside})"
    there = f"list_filter({both}, lambda w: w[1] IS NOT NULL OR w[2] IS NOT NULL)"
    whole = f"list_transform({there}, lambda w: w[1])"
    return f"CASE WHEN {beside} IS NULL THEN {without_nulls(found)} ELSE {whole} END"


def _is_there(step: Step, held: str, part: Part) -> str:
    found = f"{_taken(step, held, part.name)} IS NOT NULL"
    if not is_primitive(part.kind):
        return found
    return f"{found} OR {_taken(step, held, part.beside)} IS NOT NULL"


def _taken(step: Step, held: str, name: str) -> str:
    if isinstance(step.of.node, Resource | Guarded):
        return identifier(name)
    shape = step.of.shape
    assert shape is not None
    whole = f"from_json({held}, {text_literal(structure(shape))})" if shape.is_raw else held
    return f"struct_extract({whole}, {text_literal(name)})"
