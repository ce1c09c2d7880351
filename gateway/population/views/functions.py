"""Say what each function of a path means.

The required functions of SQL on FHIR v2, and of its further ones `join`, `lowBoundary` and `highBoundary`. Any
other is refused: a view that gave something else than its author meant would be worse than none.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from gateway.population.views.faults import PathError
from gateway.population.views.fhirpath import Member, Path
from gateway.population.views.meanings import (
    boolean,
    element,
    operation,
    picked,
    typed_as,
    with_presence,
)
from gateway.population.views.scope import Resolve, Scope
from gateway.population.views.typed import (
    DATES,
    NOTHING,
    NUMBERS,
    Bound,
    Boundary,
    Choice,
    Exists,
    Family,
    Fixed,
    Guarded,
    Joined,
    Kept,
    Not,
    Picked,
    ReferenceKey,
    Resource,
    Step,
    Typed,
)

_WITH_BOUNDARIES = NUMBERS | DATES | {Family.TIME}


@dataclass(frozen=True, slots=True)
class _Called:
    """A function as called: on what, with what."""

    of: Typed
    name: str
    arguments: tuple[Path, ...]
    scope: Scope
    resolve: Resolve


def call(
    of: Typed, name: str, arguments: tuple[Path, ...], scope: Scope, resolve: Resolve
) -> Typed:
    """Give what a function means on a value.

    Raises PathError if there is no such function, or its arguments are not what it takes.
    """
    function, least, most = _FUNCTIONS.get(name, (None, 0, 0))
    if function is None:
        raise PathError(f"calls {name}(), which is no function of a view")
    if not least <= len(arguments) <= most:
        raise PathError(f"calls {name}() with {len(arguments)} arguments")
    return function(_Called(of, name, arguments, scope, resolve))


def _where(called: _Called) -> Typed:
    return _kept(called, called.of)


def _kept(called: _Called, of: Typed) -> Typed:
    match of.node:
        case Resource():
            return Typed(Guarded(of, _criterion(called, of)), of.kind, shape=of.shape)
        case Guarded(resource, criterion):
            both = operation("and", criterion, _criterion(called, resource))
            return Typed(Guarded(resource, both), of.kind, shape=of.shape)
        case Choice():
            raise PathError(f"needs ofType() before {called.name}(): it is one of several types")
        case _:
            return of if of.family is Family.NOTHING else _filtered(called, of)


def _filtered(called: _Called, of: Typed) -> Typed:
    name = f"p{called.scope.depth}"
    item = Typed(Bound(name), of.kind, shape=of.shape)
    kept = Kept(with_presence(of), name, _criterion(called, item))
    return Typed(kept, of.kind, is_list=True, shape=of.shape)


def _criterion(called: _Called, item: Typed) -> Typed:
    found = called.resolve(called.arguments[0], called.scope.on(item))
    return boolean(found, f"in {called.name}()")


def _exists(called: _Called) -> Typed:
    of = _kept(called, called.of) if called.arguments else called.of
    return Typed(Exists(_alternatives(of, called.scope)), "boolean")


def _empty(called: _Called) -> Typed:
    return Typed(Not(_exists(called)), "boolean")


def _alternatives(of: Typed, scope: Scope) -> tuple[Typed, ...]:
    match of.node:
        case Choice(_, _, kinds):
            return tuple(with_presence(typed_as(of, kind, scope)) for kind in kinds)
        case _:
            return (with_presence(of),)


def _not(called: _Called) -> Typed:
    return Typed(Not(boolean(called.of, "before not()")), "boolean")


def _first(called: _Called) -> Typed:
    return picked(called.of, 0)


def _of_type(called: _Called) -> Typed:
    return typed_as(called.of, _type_named(called), called.scope)


def _type_named(called: _Called) -> str:
    match called.arguments[0]:
        case Member(None, name) | Member(Member(None, "FHIR"), name):
            return name
        case _:
            raise PathError(f"needs the name of a type in {called.name}()")


def _extension(called: _Called) -> Typed:
    of = element(called.of, "extension", called.scope)
    if of.family is Family.NOTHING:
        return NOTHING
    name = f"p{called.scope.depth}"
    item = Typed(Bound(name), of.kind, shape=of.shape)
    same = operation("=", element(item, "url", called.scope), _text(called))
    return Typed(Kept(of, name, same), of.kind, is_list=True, shape=of.shape)


def _text(called: _Called) -> Typed:
    found = called.resolve(called.arguments[0], called.scope)
    if not isinstance(found.node, Fixed) or found.family is not Family.TEXT:
        raise PathError(f"needs a text, or a constant that is one, in {called.name}()")
    return found


def _join(called: _Called) -> Typed:
    if called.of.family not in {Family.TEXT, Family.NOTHING}:
        raise PathError(f"needs texts before join(), not {called.of.family}")
    separator = _text(called) if called.arguments else Typed(Fixed(""), "string")
    return Typed(Joined(called.of, separator), "string")


def _resource_key(called: _Called) -> Typed:
    if not isinstance(called.of.node, Resource | Guarded):
        raise PathError("needs the resource itself before getResourceKey()")
    return element(called.of, "id", called.scope)


def _reference_key(called: _Called) -> Typed:
    if called.of.family is Family.NOTHING:
        return NOTHING
    if called.of.kind != "Reference":
        raise PathError("needs a Reference before getReferenceKey()")
    target = _type_named(called) if called.arguments else None
    reference = element(called.of, "reference", called.scope)
    return Typed(ReferenceKey(reference, target), "id", reference.is_list)


def _boundary(called: _Called) -> Typed:
    of = called.of
    if of.family is Family.NOTHING:
        return NOTHING
    if of.family not in _WITH_BOUNDARIES:
        raise PathError(f"needs a number, a date or a time before {called.name}(), not {of.family}")
    if of.family is Family.DECIMAL:
        _ask_for_digits(of, called)
    kind = "decimal" if of.family in NUMBERS else of.kind
    return Typed(Boundary(of, called.name == "highBoundary"), kind)


def _ask_for_digits(of: Typed, called: _Called) -> None:
    """Have numbers read as they are written: how many digits one has is what its boundaries are made of."""
    step = of.node.of.node if isinstance(of.node, Picked) else of.node
    if not isinstance(step, Step):
        raise PathError(
            f"needs an element before {called.name}(), not a number that was chosen or reckoned"
        )
    called.scope.noted.needs_digits = True


_FUNCTIONS: Mapping[str, tuple[Callable[[_Called], Typed], int, int]] = {
    "where": (_where, 1, 1),
    "exists": (_exists, 0, 1),
    "empty": (_empty, 0, 0),
    "not": (_not, 0, 0),
    "first": (_first, 0, 0),
    "ofType": (_of_type, 1, 1),
    "extension": (_extension, 1, 1),
    "join": (_join, 0, 1),
    "getResourceKey": (_resource_key, 0, 0),
    "getReferenceKey": (_reference_key, 0, 1),
    "lowBoundary": (_boundary, 0, 0),
    "highBoundary": (_boundary, 0, 0),
}
