"""Make random FHIRPath expressions of a wanted type over the shapes of `shapes.py`, each of at most one value.

It makes no views. What a view may not say is not made; whether an expression yields anything is left to chance.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Final

from tests.population.random_resources import URLS, random_value
from tests.population.shapes import ELEMENTS, PRIMITIVES, Element

_NUMBERS: Final = ("integer", "decimal")
_ORDERED: Final = ("integer", "decimal", "string", "code", "date", "dateTime", "instant", "time")
_STEPS: Final = 4


@dataclass(frozen=True, slots=True)
class Place:
    """Where an expression stands: the type of its focus, and whether that is the resource itself."""

    kind: str
    is_resource: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One element on a way, and the type that it has there."""

    element: Element
    kind: str


Steps = tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Path:
    """A path, the type of what it yields, and whether that may be several."""

    text: str
    kind: str
    is_many: bool

    def then(self, step: str, kind: str, *, is_many: bool) -> "Path":
        return Path(f"{self.text}.{step}" if self.text else step, kind, self.is_many or is_many)


HERE: Final = "$this"
_IS_HERE: Final = 0.03


def kinds_within(place: Place) -> tuple[str, ...]:
    """Give the types that a path from a place can yield."""
    return (place.kind,) if place.kind in PRIMITIVES else tuple(_chains(place.kind))


def random_path(chance: Random, place: Place, wanted: str | None = None) -> Path | None:
    """Give a path to a type, or to any; None where there is none."""
    if place.kind in PRIMITIVES or chance.random() < _IS_HERE:
        return Path(HERE, place.kind, is_many=False) if wanted in {None, place.kind} else None
    chains = _chains(place.kind)
    by_length = chains.get(chance.choice([*chains]) if wanted is None else wanted)
    if by_length is None:
        return None
    # Short ones are few, and lead to something more often.
    length = min(chance.choice([*by_length]) for _each in range(2))
    steps = chance.choice(by_length[length])
    path = Path("", place.kind, is_many=False)
    for step in steps:
        path = _stepped(chance, path, step)
    return path


def single(chance: Random, path: Path) -> str:
    """Give the text of a path with all but one of its values left out."""
    if not path.is_many:
        return path.text
    return chance.choice(
        (f"{path.text}.first()", f"{path.text}[0]", f"{path.text}[{chance.randint(0, 2)}]")
    )


def literal(chance: Random, kind: str) -> str:
    """Write a value: as a literal where the subset has one, else as the view's constant of that type."""
    value = random_value(chance, kind)
    if kind in {"string", "code", "uri", "id"}:
        return quoted(value)
    if kind == "boolean":
        return str(value).lower()
    # The subset has literals of texts, integers and decimals; an exponent is none.
    return (
        f"{value:f}"
        if kind == "decimal" and "." in f"{value:f}"
        else str(value)
        if kind == "integer"
        else f"%{kind}"
    )


def quoted(text: str) -> str:
    """Write a string literal."""
    escaped = (
        text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n").replace("\t", "\\t")
    )
    return f"'{escaped}'"


def expression(chance: Random, place: Place, wanted: str, depth: int = 2) -> str:
    """Give an expression of at most one value, of a type."""
    makers = [_path_expression]
    if wanted == "boolean" and depth:
        makers += [_truth] * 4
    if wanted in _NUMBERS and depth:
        makers += [_arithmetic]
    if wanted == "string":
        makers += [_joined, _concatenated]
    if wanted == "code":
        makers += [_beside]
    if wanted in {"date", "dateTime", "instant", "time", "decimal"}:
        makers += [_boundary]
    return chance.choice(makers)(chance, place, wanted, depth) or literal(chance, wanted)


def key(chance: Random, place: Place) -> str | None:
    """Give a key of the resource or of what it refers to."""
    if place.is_resource and chance.random() < 0.4:
        return "getResourceKey()"
    path = random_path(chance, place, "Reference")
    if path is None or path.text == HERE:
        return None if path is None else "getReferenceKey()"
    asked = chance.choice(("", "Patient", "Encounter"))
    return f"{single(chance, path)}.getReferenceKey({asked})"


def criterion(chance: Random, place: Place, depth: int = 1) -> str:
    """Give a Boolean expression to filter by."""
    return _truth(chance, place, "boolean", depth)


def _path_expression(chance: Random, place: Place, wanted: str, _depth: int) -> str | None:
    path = random_path(chance, place, wanted)
    return None if path is None else single(chance, path)


@cache
def _chains(kind: str) -> Mapping[str, Mapping[int, Sequence[Steps]]]:
    """Give all ways through the elements of a type, by the type that they end at and by their length."""
    found: dict[str, dict[int, list[Steps]]] = defaultdict(lambda: defaultdict(list))
    for steps in _ways(kind, _STEPS):
        found[steps[-1].kind][len(steps)].append(steps)
    return found


def _ways(kind: str, left: int) -> Iterator[Steps]:
    for element in ELEMENTS.get(kind, ()) if left else ():
        for each in element.types:
            step = Step(element, each)
            yield (step,)
            # Anything has extensions, and these lie within each other: a few ways through them are enough.
            further = min(left - 1, 1) if each in {"Extension", "Meta"} else left - 1
            yield from ((step, *rest) for rest in _ways(each, further))


def _stepped(chance: Random, path: Path, step: Step) -> Path:
    element = step.element
    found = path.then(_named(chance, step), step.kind, is_many=element.is_many)
    return _narrowed(chance, found) if element.is_many else found


def _named(chance: Random, step: Step) -> str:
    name = step.element.name
    if name == "extension" and chance.random() < 0.7:
        return f"extension({quoted(chance.choice(URLS))})"
    if not step.element.is_choice:
        return name
    # An age is a quantity too, and a code a text.
    asked = {"Age": ("Age", "Quantity"), "code": ("code", "string")}.get(step.kind, (step.kind,))
    return f"{name}.ofType({chance.choice(asked)})"


def _narrowed(chance: Random, path: Path) -> Path:
    match chance.randint(0, 7):
        case 0:
            return Path(f"{path.text}.first()", path.kind, is_many=False)
        case 1:
            return Path(f"{path.text}[{chance.randint(0, 2)}]", path.kind, is_many=False)
        case 2:
            asked = criterion(chance, Place(path.kind), 0)
            return Path(f"{path.text}.where({asked})", path.kind, is_many=True)
        case _:
            return path


def _truth(chance: Random, place: Place, _wanted: str, depth: int) -> str:
    makers = [_existence, _comparison, _comparison]
    if depth:
        makers += [_logic, _negation, _existence_of]
    return chance.choice(makers)(chance, place, depth) or literal(chance, "boolean")


def _existence(chance: Random, place: Place, _depth: int) -> str | None:
    path = random_path(chance, place)
    return None if path is None else f"{path.text}.{chance.choice(('exists', 'empty'))}()"


def _existence_of(chance: Random, place: Place, depth: int) -> str | None:
    path = random_path(chance, place)
    if path is None:
        return None
    return f"{path.text}.exists({criterion(chance, Place(path.kind), depth - 1)})"


def _comparison(chance: Random, place: Place, depth: int) -> str:
    kind = chance.choice((*_ORDERED, "boolean", "uri"))
    signs = ("=", "!=", "<", "<=", ">", ">=") if kind in _ORDERED else ("=", "!=")
    left = expression(chance, place, kind, 0)
    right = chance.choice(
        (literal(chance, kind), expression(chance, place, kind, max(0, depth - 1)))
    )
    # Comparisons bind to the left: one within another stands in brackets.
    right = f"({right})" if kind == "boolean" else right
    return f"{left} {chance.choice(signs)} {right}"


def _logic(chance: Random, place: Place, depth: int) -> str:
    sides = [criterion(chance, place, depth - 1) for _side in range(chance.randint(2, 3))]
    sides = [f"({side})" if chance.random() < 0.5 else side for side in sides]
    return chance.choice((" and ", " or ")).join(sides)


def _negation(chance: Random, place: Place, depth: int) -> str:
    return f"({criterion(chance, place, depth - 1)}).not()"


def _arithmetic(chance: Random, place: Place, wanted: str, depth: int) -> str:
    # A quotient is a decimal, of integers too; factors are small, or the result is beyond what decimals hold.
    match chance.choice("+-*/" if wanted == "decimal" else "+-*"):
        case "/":
            kinds = chance.choice(_NUMBERS), chance.choice(_NUMBERS)
            left, right = (
                expression(chance, place, kinds[0], depth - 1),
                expression(chance, place, kinds[1], 0),
            )
            return f"({left} / {right})"
        case "*":
            factor = chance.choice(
                ("2", "0", "-1") if wanted == "integer" else ("1.50", "-0.5", "3")
            )
            return f"({expression(chance, place, wanted, depth - 1)} * {factor})"
        case sign:
            left, right = (expression(chance, place, wanted, depth - 1) for _side in "lr")
            return f"({left} {sign} {right})"


def _joined(chance: Random, place: Place, wanted: str, _depth: int) -> str | None:
    path = random_path(chance, place, wanted)
    if path is None:
        return None
    return f"{path.text}.join({chance.choice(('', quoted(', '), quoted('')))})"


def _concatenated(chance: Random, place: Place, wanted: str, _depth: int) -> str | None:
    path = random_path(chance, place, wanted)
    return None if path is None else f"{single(chance, path)} + {quoted('/')}"


def _beside(chance: Random, place: Place, _wanted: str, _depth: int) -> str | None:
    path = random_path(chance, place, chance.choice(("date", "code", "string")))
    if path is None:
        return None
    extension = f"{path.text}.extension({quoted(chance.choice(URLS))}).value.ofType(code)"
    return single(chance, Path(extension, "code", is_many=True))


def _boundary(chance: Random, place: Place, wanted: str, _depth: int) -> str | None:
    path = random_path(chance, place, wanted)
    return (
        None
        if path is None
        else f"{single(chance, path)}.{chance.choice(('low', 'high'))}Boundary()"
    )
