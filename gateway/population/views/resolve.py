"""Say what a parsed path means on a given element: which elements it reads, of what type, one or several.

Walks the tree; what each part means is in `meanings.py` and `functions.py`. Writes no SQL.
"""

from decimal import Decimal

from gateway.population.views.constants import in_range
from gateway.population.views.faults import PathError
from gateway.population.views.fhirpath import (
    Call,
    Index,
    Literal,
    Member,
    Named,
    Negative,
    Path,
    This,
)
from gateway.population.views.functions import call
from gateway.population.views.meanings import element, negative, operation, picked
from gateway.population.views.scope import Scope
from gateway.population.views.typed import Family, Fixed, Resource, RowIndex, Typed

ROW_INDEX = "rowIndex"


def resolve(path: Path, scope: Scope) -> Typed:
    """Give the meaning of a path.

    Raises PathError where it has none: unknown functions, operands of the wrong type.
    """
    match path:
        case Literal() | Named() | This():
            return _given(path, scope)
        case Member(of, name):
            return _member(of, name, scope)
        case Call(of, name, arguments):
            return call(_before(of, scope), name, arguments, scope, resolve)
        case Index(of, place):
            return _indexed(resolve(of, scope), resolve(place, scope))
        case Negative(of):
            return negative(resolve(of, scope))
        case _:
            left, right = resolve(path.left, scope), resolve(path.right, scope)
            return operation(path.operator, left, right)


def _before(of: Path | None, scope: Scope) -> Typed:
    return scope.context if of is None else resolve(of, scope)


def _given(path: Literal | Named | This, scope: Scope) -> Typed:
    match path:
        case This():
            return scope.context
        case Named(name):
            return _named(name, scope)
        case _:
            return _literal(path)


def _literal(literal: Literal) -> Typed:
    match literal.value:
        case bool() as is_true:
            return Typed(Fixed(is_true), "boolean")
        case int() as number:
            return Typed(Fixed(in_range(number)), "integer")
        case Decimal() as number:
            return Typed(Fixed(in_range(number)), "decimal")
        case text:
            return Typed(Fixed(text), "string")


def _named(name: str, scope: Scope) -> Typed:
    if name == ROW_INDEX:
        return Typed(RowIndex(scope.row_index), "integer")
    constant = scope.constants.get(name)
    if constant is None:
        raise PathError(f"names %{name}, which is no constant of this view")
    return Typed(Fixed(constant.value), constant.kind)


def _member(of: Path | None, name: str, scope: Scope) -> Typed:
    is_resource = isinstance(scope.context.node, Resource)
    if of is None and is_resource and name == scope.context.kind:
        return scope.context
    return element(_before(of, scope), name, scope)


def _indexed(of: Typed, place: Typed) -> Typed:
    if not isinstance(place.node, Fixed) or place.family is not Family.INTEGER:
        raise PathError("needs a whole number, or a constant that is one, between [ and ]")
    return picked(of, int(place.node.value))
