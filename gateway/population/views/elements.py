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
    found = unsifted(step, held)
    is_structures = is_list(step) and not is_primitive(step.part.kind)
    return without_nulls(found) if is_structures else found


def unsifted(step: Step, held: str) -> str:
    """Write the same for somebody who passes over the nulls that may be among structures."""
    if step.of.is_list:
        return _of_each(step, held)
    return _list(step, held) if step.part.is_list else _one(step, held)


def beside(step: Step, held: str) -> str:
    """Write what stands beside each item of a list of primitives, in the places of the items."""
    if not step.part.is_list:
        items = f"list_filter({held}, lambda v: {presence(step, 'v')})"
        return f"list_transform({items}, lambda v: {_one_beside(step, 'v')})"
    if step.of.is_list:
        return f"flatten(list_transform({held}, lambda v: {_whole(step, 'v', 2)}))"
    return _whole(step, held, 2)


def is_list(step: Step) -> bool:
    """Say whether an element may be several: of one thing, or of several."""
    return step.of.is_list or step.part.is_list


def presence(step: Step, held: str) -> str:
    """Write whether an element that may be there once is there."""
    parts = (_is_there(step, held, part) for part in step.parts)
    return f"({' OR '.join(parts)})"


def number(found: str, step: Step) -> str:
    """Write a decimal, or each of a list: read as a binary number, or as a text where the digits were asked for."""
    if is_list(step):
        return f"list_transform({found}, lambda v: {_number('v')})"
    return let(found, _number)


def _number(found: str) -> str:
    is_unsure = f"typeof({found}) = '{BINARY}' AND abs(CAST({found} AS {BINARY})) >= {_SURE_BELOW}"
    failure = f"error({text_literal(NEEDS_DIGITS)})"
    return f"CASE WHEN {is_unsure} THEN {failure} ELSE CAST({found} AS {DECIMAL}) END"


def _of_each(step: Step, held: str) -> str:
    if step.part.is_list:
        return f"flatten(list_transform({held}, lambda v: {_list(step, 'v')}))"
    if is_primitive(step.part.kind):
        held = f"list_filter({held}, lambda v: {presence(step, 'v')})"
    return f"list_transform({held}, lambda v: {_one(step, 'v')})"


def _one(step: Step, held: str) -> str:
    return _first_of([_taken(step, held, part.name) for part in step.parts])


def _one_beside(step: Step, held: str) -> str:
    return _first_of([_taken(step, held, part.beside) for part in step.parts])


def _first_of(found: list[str]) -> str:
    return found[0] if len(found) == 1 else f"coalesce({', '.join(found)})"


def _list(step: Step, held: str) -> str:
    """Only a choice has several parts, and no choice of FHIR R4 is a list."""
    found = _taken(step, held, step.part.name)
    if not is_primitive(step.part.kind):
        return found
    is_plain = f"{_taken(step, held, step.part.beside)} IS NULL"
    return f"CASE WHEN {is_plain} THEN {without_nulls(found)} ELSE {_whole(step, held, 1)} END"


def _whole(step: Step, held: str, side: int) -> str:
    """Write the first or the second side of a list and of that beside it, where either has something."""
    found, aside = (_taken(step, held, name) for name in (step.part.name, step.part.beside))
    both = f"list_zip(coalesce({found}, []), coalesce({aside}, []))"
    there = f"list_filter({both}, lambda w: w[1] IS NOT NULL OR w[2] IS NOT NULL)"
    return f"list_transform({there}, lambda w: w[{side}])"


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
