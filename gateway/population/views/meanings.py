"""Say what an element, an operator or a type means on values whose types are known.

Writes no SQL. An element that FHIR R4 does not have is nothing, as FHIRPath has it, and is noted.
Source: FHIRPath N1, chapters 5 and 6, as far as SQL on FHIR v2 asks for it.
"""

from fhir_profiles.elements import Element, base_of, element_of, is_kind_of, is_primitive
from gateway.population.views.faults import PathError
from gateway.population.views.scope import Scope
from gateway.population.views.shapes import Part, Shape, read_presence
from gateway.population.views.typed import (
    DATES,
    NOTHING,
    NUMBERS,
    Beside,
    Choice,
    Family,
    Negated,
    Operation,
    Picked,
    Step,
    Typed,
)

_LOGIC = frozenset({"and", "or"})
_EQUALITY = frozenset({"=", "!="})
_ORDER = frozenset({"<", "<=", ">", ">="})
_OF_PRIMITIVES = frozenset({"extension", "id"})


def element(of: Typed, name: str, scope: Scope) -> Typed:
    """Give an element of a value by its name."""
    if of.family is Family.NOTHING:
        return NOTHING
    if of.family is Family.CHOICE:
        raise PathError(
            f"needs ofType() before {name!r}: what is before it is one of several types"
        )
    if is_primitive(of.kind):
        return _of_primitive(of, name, scope)
    found = element_of(of.kind, name)
    if found is None or of.shape is None:
        scope.noted.lacks(f"{of.kind}.{name}")
        return NOTHING
    return _step(of, name, found)


def typed_as(of: Typed, kind: str, scope: Scope) -> Typed:
    """Give what is of a type or of one that specialises it."""
    if not isinstance(of.node, Choice):
        return of if is_kind_of(of.kind, kind) else NOTHING
    found = tuple(each for each in of.node.kinds if is_kind_of(each, kind))
    if not found:
        scope.noted.lacks(f"{of.node.of.kind}.{of.node.name}.ofType({kind})")
        return NOTHING
    return _chosen(of.node, found, kind)


def _chosen(choice: Choice, kinds: tuple[str, ...], kind: str) -> Typed:
    above = choice.of.shape or Shape()
    parts = tuple(_part_of_choice(above, choice.name, each) for each in kinds)
    return _typed_step(choice.of, Step(choice.of, parts), kind)


def _part_of_choice(above: Shape, name: str, kind: str) -> Part:
    shared = above.choice(f"{name} {_root_of(kind)}")
    return above.read(name + kind[0].upper() + kind[1:], kind, is_list=False, shape=shared)


def _root_of(kind: str) -> str:
    base = base_of(kind)
    return kind if base in {"Element", "BackboneElement", ""} else _root_of(base)


def with_presence(of: Typed) -> Typed:
    """Give a value back with all read that says whether it is there."""
    if isinstance(of.node, Step) and of.node.of.shape is not None:
        for part in of.node.parts:
            read_presence(of.node.of.shape, part)
    return of


def boolean(value: Typed, where: str) -> Typed:
    """Give a value that may stand where true or false is needed."""
    if value.family not in {Family.BOOLEAN, Family.NOTHING}:
        raise PathError(f"needs true or false {where}, not {value.family}")
    return value


def operation(operator: str, left: Typed, right: Typed) -> Typed:
    """Give what two values and the operator between them mean."""
    if operator in _LOGIC:
        place = f"beside {operator!r}"
        return Typed(Operation(operator, boolean(left, place), boolean(right, place)), "boolean")
    if Family.NOTHING in {left.family, right.family}:
        return NOTHING
    if operator in _EQUALITY | _ORDER:
        _check_comparable(operator, left.family, right.family)
        if operator in _EQUALITY and (left.is_list or right.is_list):
            left, right = with_presence(left), with_presence(right)
        return Typed(Operation(operator, left, right), "boolean")
    return Typed(Operation(operator, left, right), _reckoned(operator, left.family, right.family))


def picked(of: Typed, place: int) -> Typed:
    """Give the item at a place; what can only be one is at 0."""
    if of.family is Family.CHOICE:
        raise PathError("needs ofType() before an item is taken of one of several types")
    if of.is_list:
        return Typed(Picked(of, place), of.kind, shape=of.shape)
    return of if place == 0 else NOTHING


def negative(of: Typed) -> Typed:
    """Give a number with its sign turned."""
    if of.family is Family.NOTHING:
        return NOTHING
    if of.family not in NUMBERS:
        raise PathError(f"needs a number behind '-', not {of.family}")
    return Typed(Negated(of), of.kind)


def _step(of: Typed, name: str, found: Element) -> Typed:
    if len(found.types) > 1:
        return Typed(Choice(of, name, found.types), "", of.is_list or found.is_list)
    shape = of.shape or Shape()
    part = shape.read(name, found.types[0], is_list=found.is_list)
    return _typed_step(of, Step(of, (part,)), part.kind)


def _typed_step(of: Typed, step: Step, kind: str) -> Typed:
    is_list = of.is_list or step.part.is_list
    value = Typed(step, kind, is_list, step.part.shape)
    # Items count by their places, of those too that have no value.
    return with_presence(value) if is_list else value


def _of_primitive(of: Typed, name: str, scope: Scope) -> Typed:
    """Extensions and the id of a primitive stand beside it, under its name with an underscore."""
    if name not in _OF_PRIMITIVES:
        scope.noted.lacks(f"{of.kind}.{name}")
        return NOTHING
    match of.node:
        case Step() as step:
            return element(_beside(step), name, scope)
        case Picked(Typed(Step() as step), place):
            _, shape = _read_beside(step)
            items = Typed(Beside(step), "Element", is_list=True, shape=shape)
            return element(picked(items, place), name, scope)
        case _:
            raise PathError(f"cannot take {name!r} of a value that was chosen or reckoned")


def _beside(step: Step) -> Typed:
    parts, _ = _read_beside(step)
    return _typed_step(step.of, Step(step.of, parts), "Element")


def _read_beside(step: Step) -> tuple[tuple[Part, ...], Shape]:
    above = step.of.shape or Shape()
    for part in step.parts:
        read_presence(above, part)
    parts = tuple(above.parts[part.beside] for part in step.parts)
    return parts, parts[0].shape


def _check_comparable(operator: str, left: Family, right: Family) -> None:
    has_order = left is not Family.BOOLEAN or operator in _EQUALITY
    if {Family.STRUCTURE, Family.CHOICE} & {left, right} or not has_order:
        raise PathError(f"cannot compare {left} with {right} by {operator!r}")
    alike = left is right or {left, right} <= NUMBERS or {left, right} <= DATES
    if not alike:
        raise PathError(f"compares {left} with {right}")


def _reckoned(operator: str, left: Family, right: Family) -> str:
    if operator == "+" and left is right is Family.TEXT:
        return "string"
    if not {left, right} <= NUMBERS:
        raise PathError(f"cannot reckon {operator!r} with {left} and {right}")
    is_whole = left is right is Family.INTEGER and operator != "/"
    return "integer" if is_whole else "decimal"
