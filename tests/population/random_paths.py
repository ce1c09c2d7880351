"""Make random FHIRPath paths to a wanted type over the shapes of `shapes.py`, and literals of it.

It calculates and compares nothing, but for the filters within a path.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Final

from tests.population.random_resources import URLS, random_value
from tests.population.shapes import ELEMENTS, PRIMITIVES, Element

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
    if kind in {"string", "code", "uri", "id", "canonical"}:
        return quoted(value)
    if kind == "boolean":
        return str(value).lower()
    # The subset has literals of texts, integers and decimals; an exponent is none.
    text = f"{value:f}" if kind == "decimal" else str(value)
    is_literal = kind in {"integer", "positiveInt"} or (kind == "decimal" and "." in text)
    return text if is_literal else f"%{kind}"


def quoted(text: str) -> str:
    """Write a string literal."""
    escaped = (
        text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n").replace("\t", "\\t")
    )
    return f"'{escaped}'"


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
            return Path(f"{path.text}.where({_plain(chance, path.kind)})", path.kind, is_many=True)
        case _:
            return path


def _plain(chance: Random, kind: str) -> str:
    # A filter of full freedom holds paths, and these filters, without an end.
    if kind in PRIMITIVES:
        return f"{HERE} {chance.choice(('=', '!='))} ({literal(chance, kind)})"
    element = chance.choice(ELEMENTS[kind])
    name = _named(chance, Step(element, element.types[0]))
    if element.is_many or element.types[0] not in PRIMITIVES:
        return f"{name}.{chance.choice(('exists', 'empty'))}()"
    return f"{name} {chance.choice(('=', '!='))} ({literal(chance, element.types[0])})"
