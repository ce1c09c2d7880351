"""Say what an element, an operator or a type means on values whose types are known.

Writes no SQL. An element that FHIR R4 does not have is nothing, as FHIRPath has it, and is noted.
Source: FHIRPath N1, chapters 5 and 6, as far as SQL on FHIR v2 asks for it.
"""

from fhir_profiles.elements import Element, element_of, is_primitive
from gateway.population.views.faults import PathError
from gateway.population.views.scope import Scope
from gateway.population.views.shapes import Shape
from gateway.population.views.typed import (
    DATES,
    NOTHING,
    NUMBERS,
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
        scope.unknown.add(f"{of.kind}.{name}")
        return NOTHING
    return _step(of, name, found)


def typed_as(of: Typed, kind: str, scope: Scope) -> Typed:
    """Give what is of a type: the choice of that name, or what has that very type anyway."""
    if isinstance(of.node, Choice):
        chosen = of.node
        if kind not in chosen.kinds:
            scope.unknown.add(f"{chosen.of.kind}.{chosen.name}.ofType({kind})")
            return NOTHING
        name = chosen.name + kind[0].upper() + kind[1:]
        return _step(chosen.of, name, Element((kind,), is_list=False))
    return of if of.kind == kind else NOTHING


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
    is_list = of.is_list or found.is_list
    if len(found.types) > 1:
        return Typed(Choice(of, name, found.types), "", is_list)
    shape = of.shape or Shape()
    part = shape.read(name, found.types[0], is_list=found.is_list)
    return Typed(Step(of, part), part.kind, is_list, part.shape)


def _of_primitive(of: Typed, name: str, scope: Scope) -> Typed:
    """Extensions and the id of a primitive stand beside it, under its name with an underscore."""
    if name not in _OF_PRIMITIVES:
        scope.unknown.add(f"{of.kind}.{name}")
        return NOTHING
    if not isinstance(of.node, Step):
        raise PathError(f"cannot take {name!r} of a value that was chosen or reckoned")
    part = of.node.part
    beside = _step(of.node.of, f"_{part.name}", Element(("Element",), part.is_list))
    return element(beside, name, scope)


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
