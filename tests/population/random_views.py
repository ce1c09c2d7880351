"""Make random valid ViewDefinitions over the shapes of `shapes.py`: every part of the language, in any combination.

A view is told by its seed: `random_view(seed, kind)` gives the same one again. Most views guard every column that may
hold several values; a few leave one open, and then values decide whether the view is refused.
"""

from dataclasses import dataclass, field
from itertools import count
from math import prod
from random import Random
from typing import Any, Final

from tests.population.random_expressions import criterion, expression, key, quotient
from tests.population.random_paths import HERE, Path, Place, kinds_within, random_path
from tests.population.random_resources import random_value
from tests.population.shapes import PRIMITIVES

View = dict[str, Any]

_DEEPEST: Final = 2
_IS_CARELESS: Final = 0.08
_IS_COLLECTION: Final = 0.12
_ROWS: Final = 60
# What literals, comparisons and sums yield wherever they stand.
_ANYWHERE: Final = ("boolean", "boolean", "integer", "decimal", "string")
_CONSTANTS: Final = tuple(kind for kind in PRIMITIVES if kind != "id")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A column to be made: branches of a union make the same ones."""

    name: str
    kind: str
    is_collection: bool


@dataclass(slots=True)
class _Maker:
    chance: Random
    numbers: "count[int]" = field(default_factory=count)

    def wanted(self, place: Place) -> Wanted:
        is_collection = self.chance.random() < _IS_COLLECTION
        within = [kind for kind in kinds_within(place) if kind in PRIMITIVES]
        return Wanted(
            f"c{next(self.numbers)}", self.chance.choice([*within, *_ANYWHERE]), is_collection
        )

    def all_wanted(self, place: Place, most: int) -> list[Wanted]:
        return [self.wanted(place) for _each in range(self.chance.randint(1, most))]


def random_view(seed: str, kind: str) -> View:
    """Give the view of a seed over a type of resource."""
    chance = Random(seed)
    maker = _Maker(chance)
    root = Place(kind, is_resource=True)
    view: View = {
        "resourceType": "ViewDefinition",
        "name": "random_view",
        "status": "draft",
        "resource": kind,
        "constant": [_constant(chance, each) for each in _CONSTANTS],
        "select": _selections(maker, root),
    }
    if chance.random() < 0.25:
        view["where"] = [
            {"path": criterion(chance, root, 2)} for _each in range(chance.randint(1, 2))
        ]
    return view


def _selections(maker: _Maker, root: Place) -> list[View]:
    """Give selections that are not so many times each other that rows of one resource fill pages."""
    while True:
        number = maker.chance.randint(1, 3)
        made = [_selection(maker, root, 0) for _each in range(number)]
        if prod(map(_rows_about, made)) <= _ROWS:
            return made


def _rows_about(selection: View) -> int:
    """Reckon how many rows a selection gives of one resource that has two of everything."""
    iterates = 2 if any(each.startswith(("forEach", "repeat")) for each in selection) else 1
    inner = prod(map(_rows_about, selection.get("select", ())))
    branches = sum(map(_rows_about, selection.get("unionAll", ())))
    return iterates * inner * max(1, branches)


def _constant(chance: Random, kind: str) -> View:
    return {"name": kind, f"value{kind[0].upper()}{kind[1:]}": random_value(chance, kind)}


def _selection(maker: _Maker, place: Place, depth: int) -> View:
    """Give columns, inner selections and a union, perhaps for each of something."""
    made, focus = _iteration(maker.chance, place)
    parts = maker.chance.sample(("column", "select", "unionAll"), maker.chance.randint(1, 3))
    if depth == _DEEPEST or parts == ["select"]:
        parts = ["column"]
    if "column" in parts:
        made["column"] = [_column(maker.chance, focus, each) for each in maker.all_wanted(focus, 3)]
    if "select" in parts:
        number = maker.chance.randint(1, 2)
        made["select"] = [_selection(maker, focus, depth + 1) for _each in range(number)]
    if "unionAll" in parts:
        wanted = maker.all_wanted(focus, 2)
        number = maker.chance.randint(1, 3)
        made["unionAll"] = [
            _branch(maker.chance, focus, wanted, depth + 1) for _each in range(number)
        ]
    return made


def _branch(chance: Random, place: Place, wanted: list[Wanted], depth: int) -> View:
    """Give a branch of a union: the wanted columns, in one of the forms that yield them in that order."""
    made, focus = _iteration(chance, place)
    match chance.randint(0, 3) if depth < _DEEPEST else 0:
        case 1:
            made["select"] = [_branch(chance, focus, [each], depth + 1) for each in wanted]
        case 2:
            made["unionAll"] = [_branch(chance, focus, wanted, depth + 1) for _each in range(2)]
        case 3 if len(wanted) > 1:
            made["column"] = [_column(chance, focus, wanted[0])]
            made["select"] = [_branch(chance, focus, wanted[1:], depth + 1)]
        case _:
            made["column"] = [_column(chance, focus, each) for each in wanted]
    return made


def _iteration(chance: Random, place: Place) -> tuple[View, Place]:
    """Say what a selection is for each of, and where its columns then stand."""
    if chance.random() < 0.04 and place.kind in {"Extension", "Patient", "Observation"}:
        return {"repeat": ["extension"]}, Place("Extension")
    path = _iterated(chance, place) if chance.random() < 0.45 else None
    if path is None or path.text == HERE:
        return {}, place
    return {chance.choice(("forEach", "forEachOrNull")): path.text}, Place(path.kind)


def _iterated(chance: Random, place: Place) -> Path | None:
    """Give a path, of two the one that is shorter: far from the resource there is seldom anything."""
    wanted = chance.choice(
        [*[each for each in kinds_within(place) if each not in PRIMITIVES], None]
    )
    found = [path for _each in range(2) if (path := random_path(chance, place, wanted)) is not None]
    return min(found, key=lambda path: path.text.count("."), default=None)


def _column(chance: Random, place: Place, wanted: Wanted) -> View:
    made: View = {
        "name": wanted.name,
        "path": _column_path(chance, place, wanted),
        "type": wanted.kind,
    }
    return made | ({"collection": True} if wanted.is_collection else {})


def _column_path(chance: Random, place: Place, wanted: Wanted) -> str:
    path = random_path(chance, place, wanted.kind)
    if path is not None and (wanted.is_collection or chance.random() < _IS_CARELESS):
        return path.text
    # An index in a list is 0 of nothing, says the specification, where a list is what the column holds.
    special = None if wanted.is_collection else _special(chance, place, wanted.kind)
    return special or expression(chance, place, wanted.kind)


def _special(chance: Random, place: Place, kind: str) -> str | None:
    # Each stands alone: they are no part of other expressions.
    if kind == "integer" and chance.random() < 0.25:
        return "%rowIndex"
    if kind == "decimal" and chance.random() < 0.2:
        return quotient(chance, place)
    return key(chance, place) if kind == "id" and chance.random() < 0.7 else None
