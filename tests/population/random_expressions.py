"""Make random FHIRPath expressions of a wanted type over the shapes of `shapes.py`, each of at most one value.

It makes no views. What a view may not say is not made; whether an expression yields anything is left to chance.
"""

from random import Random
from typing import Final

from tests.population.random_paths import HERE, Path, Place, literal, quoted, random_path, single
from tests.population.random_resources import URLS

_NUMBERS: Final = ("integer", "decimal")
_ORDERED: Final = ("integer", "decimal", "string", "code", "date", "dateTime", "instant", "time")
_TRIES: Final = 5


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


def quotient(chance: Random, place: Place) -> str:
    """Give a division, which is a decimal, of integers too.

    It has no end where others calculate on: how many digits they then have before them is left open.
    """
    left, right = (expression(chance, place, chance.choice(_NUMBERS), depth) for depth in (1, 0))
    return f"{left} / {right}"


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


def _truth(chance: Random, place: Place, _wanted: str, depth: int) -> str:
    makers = [_existence, _comparison, _comparison, _comparison, _sameness]
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


def _sameness(chance: Random, place: Place, _depth: int) -> str | None:
    """Compare all that a path yields: that may be several, and then they are one by one the same or not."""
    kind = chance.choice(("code", "boolean", "uri", "integer"))
    left = _several(chance, place, kind)
    right = _several(chance, place, kind)
    if left is None or right is None:
        return None
    one = f"({literal(chance, kind)})"
    other = chance.choice((right.text, left.text, single(chance, left), single(chance, left), one))
    return f"{left.text} {chance.choice(('=', '!='))} {other}"


def _several(chance: Random, place: Place, kind: str) -> Path | None:
    found = [
        path for _try in range(_TRIES) if (path := random_path(chance, place, kind)) is not None
    ]
    return max(found, key=lambda path: path.is_many, default=None)


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
    # Factors are small, or the result is beyond what decimals hold.
    match chance.choice("+-*"):
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
    if path is None or _has_lost_its_name(path):
        return None
    extension = f"{path.text}.extension({quoted(chance.choice(URLS))}).value.ofType(code)"
    return single(chance, Path(extension, "code", is_many=True))


def _boundary(chance: Random, place: Place, wanted: str, _depth: int) -> str | None:
    path = random_path(chance, place, wanted)
    if path is None or (wanted == "decimal" and _has_lost_its_name(path)):
        return None
    return f"{single(chance, path)}.{chance.choice(('low', 'high'))}Boundary()"


def _has_lost_its_name(path: Path) -> bool:
    # What stands beside a primitive, and a decimal's digits, are known by its name: compiled views refuse to ask for them
    # after `$this` and `where()` (docs/decisions/0028, Limits).
    return path.text == HERE or path.text.endswith("))")
