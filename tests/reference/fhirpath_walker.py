"""Evaluate a FHIRPath expression of the subset that views may use, item by item.

It parses nothing and makes no rows. Follows FHIRPath, "Functions" and "Operations", FHIR R4, "FHIRPath"
(extension), and SQL on FHIR v2, "Required Additional Functions".
"""

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final

from tests.reference.fhirpath_items import (
    Item,
    Items,
    children,
    is_kind_of,
    kind_of_value,
    stepped,
    values,
)
from tests.reference.fhirpath_parser import (
    Binary,
    Call,
    Index,
    Literal,
    Minus,
    Name,
    Node,
    Step,
    This,
    Variable,
    ViewError,
)
from tests.reference.fhirpath_times import TIMES, boundary, order


@dataclass(frozen=True, slots=True)
class Scope:
    """What an expression may speak of besides its focus."""

    this: Items
    variables: Mapping[str, Item]


def evaluate(node: Node, focus: Items, scope: Scope) -> list[Item]:
    """Give what an expression yields, in order.

    Raises ViewError where the specification ends the evaluation with an error.
    """
    match node:
        case Literal(value=value):
            return [Item(value)]
        case This():
            return list(scope.this)
        case Variable(name=name):
            return [scope.variables[name]]
        case Name(name=name):
            return [found for item in focus for found in _named(item, name)]
        case Call(name=name, arguments=arguments):
            return FUNCTIONS[name].apply(focus, arguments, scope)
        case _:
            return _of_parts(node, focus, scope)


def _of_parts(node: Step | Index | Minus | Binary, focus: Items, scope: Scope) -> list[Item]:
    match node:
        case Step(left=left, right=right):
            return evaluate(right, evaluate(left, focus, scope), scope)
        case Index(left=left, position=position):
            return _indexed(evaluate(left, focus, scope), _argument(position, scope))
        case Minus(operand=operand):
            return _calculated("*", [Item(-1)], evaluate(operand, focus, scope))
        case Binary(operator=sign, left=left, right=right):
            return _operate(sign, evaluate(left, focus, scope), evaluate(right, focus, scope))


def truth(items: Items) -> bool | None:
    """Read a collection as a Boolean: a single item that is none counts as true."""
    held = _single(items)
    return held if held is None or isinstance(held, bool) else True


def _named(item: Item, name: str) -> list[Item]:
    is_resource = isinstance(item.value, Mapping) and item.value.get("resourceType") == name
    return [item] if is_resource else list(children(item, name))


def _single(items: Items) -> Any:
    """Give the one value, None for none."""
    if len(items) > 1:
        raise ViewError("several values where one is expected")
    return next(iter(values(items)), None)


def _argument(node: Node, scope: Scope) -> Any:
    # What is no criterion is read where the whole expression is, not at the items.
    return _single(evaluate(node, scope.this, scope))


def _indexed(items: Items, position: Any) -> list[Item]:
    if position is None:
        return []
    if kind_of_value(position) != "number":
        raise ViewError("an index is no number")
    return [items[position]] if 0 <= position < len(items) else []


def _operate(sign: str, left: Items, right: Items) -> list[Item]:
    match sign:
        case "and" | "or":
            return _logic(sign == "or", truth(left), truth(right))
        case "=" | "!=":
            same = _equal(left, right)
            return [] if same is None else [Item(same is (sign == "="))]
        case "<" | "<=" | ">" | ">=":
            return _compared(sign, left, right)
        case _:
            return _calculated(sign, left, right)


def _logic(decides: bool, left: bool | None, right: bool | None) -> list[Item]:
    """Join two truths; `decides` is the one that settles it alone: true for `or`, false for `and`."""
    if decides in (left, right):
        return [Item(decides)]
    return [] if None in (left, right) else [Item(not decides)]


def _equal(left: Items, right: Items) -> bool | None:
    if not left or not right:
        return None
    if len(left) != len(right):
        return False
    pairs = [_same(one, other) for one, other in zip(left, right, strict=True)]
    return False if False in pairs else None if None in pairs else True


def _same(left: Item, right: Item) -> bool | None:
    if left.value is None or right.value is None:
        return None
    if kind_of_value(left.value) != kind_of_value(right.value):
        return False
    if {left.type, right.type} & TIMES:
        ordered = order(left.value, right.value)
        return None if ordered is None else ordered == 0
    return bool(left.value == right.value)


_COMPARISONS: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def _compared(sign: str, left: Items, right: Items) -> list[Item]:
    one, other = _single(left), _single(right)
    if one is None or other is None:
        return []
    if kind_of_value(one) != kind_of_value(other) or kind_of_value(one) not in {"number", "String"}:
        raise ViewError("values of different types are compared")
    if {left[0].type, right[0].type} & TIMES:
        ordered = order(one, other)
        return [] if ordered is None else [Item(_COMPARISONS[sign](ordered, 0))]
    # Python orders texts by the number of each character, as the specification asks.
    return [Item(_COMPARISONS[sign](one, other))]


_CALCULATE = {"+": operator.add, "-": operator.sub, "*": operator.mul}


def _calculated(sign: str, left: Items, right: Items) -> list[Item]:
    one, other = _single(left), _single(right)
    if one is None or other is None:
        return []
    kinds = {kind_of_value(one), kind_of_value(other)}
    if sign == "+" and kinds == {"String"}:
        return [Item(one + other)]
    if kinds != {"number"}:
        raise ViewError("what is no number is calculated with")
    if sign == "/":
        return [Item(stepped(Decimal(one) / Decimal(other)))] if other else []
    return [Item(stepped(_CALCULATE[sign](one, other)))]


@dataclass(frozen=True, slots=True)
class Function:
    """What a call does, and how many arguments it takes at least and at most."""

    apply: Callable[[Items, tuple[Node, ...], Scope], list[Item]]
    least: int = 0
    most: int = 0


def _where(focus: Items, arguments: tuple[Node, ...], scope: Scope) -> list[Item]:
    return [
        item
        for item in focus
        if truth(evaluate(arguments[0], [item], replace(scope, this=[item]))) is True
    ]


def _exists(focus: Items, arguments: tuple[Node, ...], scope: Scope) -> list[Item]:
    return [Item(bool(_where(focus, arguments, scope) if arguments else focus))]


def _negated(focus: Items, _arguments: tuple[Node, ...], _scope: Scope) -> list[Item]:
    held = truth(focus)
    return [] if held is None else [Item(not held)]


def _joined(focus: Items, arguments: tuple[Node, ...], scope: Scope) -> list[Item]:
    separator = _argument(arguments[0], scope) if arguments else ""
    held = values(focus)
    if not all(isinstance(each, str) for each in (separator, *held)):
        raise ViewError("what is no text is joined")
    # The published cases give an empty text where nothing is joined; FHIRPath's draft gives nothing.
    return [Item(str(separator).join(held))]


def _of_type(focus: Items, arguments: tuple[Node, ...], _scope: Scope) -> list[Item]:
    return [item for item in focus if is_kind_of(item, _type_name(arguments[0]))]


def _extension(focus: Items, arguments: tuple[Node, ...], scope: Scope) -> list[Item]:
    url = _argument(arguments[0], scope)
    return [
        each
        for item in focus
        for each in children(item, "extension")
        if url is not None and values([*children(each, "url")]) == [url]
    ]


def _resource_key(focus: Items, _arguments: tuple[Node, ...], _scope: Scope) -> list[Item]:
    for item in focus:
        if not (isinstance(item.value, Mapping) and "resourceType" in item.value):
            raise ViewError("getResourceKey() is asked of what is no resource")
    return [found for item in focus for found in children(item, "id")]


# SQL on FHIR v2: the relative literal form must be followed, others may be; what is not followed is no key.
_RELATIVE: Final = re.compile(r"([A-Z][A-Za-z]+)/([A-Za-z0-9.\-]{1,64})")


def _reference_key(focus: Items, arguments: tuple[Node, ...], _scope: Scope) -> list[Item]:
    wanted = _type_name(arguments[0]) if arguments else None
    texts = [text for item in focus for text in values([*children(item, "reference")])]
    found = [match for text in texts if (match := _RELATIVE.fullmatch(text))]
    return [Item(match[2]) for match in found if wanted in {None, match[1]}]


def _low(focus: Items, _arguments: tuple[Node, ...], _scope: Scope) -> list[Item]:
    return _boundary(focus, is_high=False)


def _high(focus: Items, _arguments: tuple[Node, ...], _scope: Scope) -> list[Item]:
    return _boundary(focus, is_high=True)


def _boundary(focus: Items, *, is_high: bool) -> list[Item]:
    held = _single(focus)
    if held is None:
        return []
    kind = focus[0].type
    if kind in TIMES:
        return [Item(boundary(held, kind, is_high=is_high), kind)]
    if kind_of_value(held) != "number":
        raise ViewError("what has no boundaries is asked for them")
    digits = max(0, -int(Decimal(held).as_tuple().exponent))
    half = Decimal(5).scaleb(-digits - 1)
    return [Item(stepped(Decimal(held) + (half if is_high else -half)))]


def _type_name(node: Node) -> str:
    match node:
        case Name(name=name) | Step(left=Name(name="FHIR"), right=Name(name=name)):
            return name
        case _:
            raise ViewError("a type is named by its name alone")


FUNCTIONS: Final[Mapping[str, Function]] = {
    "where": Function(_where, 1, 1),
    "exists": Function(_exists, 0, 1),
    "empty": Function(lambda focus, _arguments, _scope: [Item(not focus)]),
    "not": Function(_negated),
    "first": Function(lambda focus, _arguments, _scope: list(focus[:1])),
    "join": Function(_joined, 0, 1),
    "ofType": Function(_of_type, 1, 1),
    "extension": Function(_extension, 1, 1),
    "getResourceKey": Function(_resource_key),
    "getReferenceKey": Function(_reference_key, 0, 1),
    "lowBoundary": Function(_low),
    "highBoundary": Function(_high),
}
