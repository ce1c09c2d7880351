"""Plant a token into any place that FHIR R4 has for a text, in any spelling."""

import base64
from collections.abc import Callable, Iterator
from functools import cache
from itertools import count
from math import gcd
from random import Random

from tests.population.deidentification.grounds import ALLOW_LISTS
from tests.population.deidentification.r4_paths import NUMBERS, Place, places_of
from tests.population.deidentification.whole import with_planted

TYPES = [one.resource_type for one in ALLOW_LISTS]
NUMBER, NAME = "9434765919", "Zqxjkvyl"
_FULL_WIDTH = {number: number + 0xFEE0 for number in range(33, 127)}
SPELLINGS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "spaced": " ".join,
    "grouped": lambda text: f"{text[:3]} {text[3:6]} {text[6:]}",
    "dashed": "-".join,
    "full width": lambda text: text.translate(_FULL_WIDTH),
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "hex": lambda text: text.encode().hex(),
    "reversed": lambda text: text[::-1],
}


@cache
def every_place() -> tuple[Place, ...]:
    """Give every place of every type that planners pull."""
    return tuple(place for each in TYPES for place in places_of(each))


def cases(seed: int) -> Iterator[tuple[Place, str]]:
    """Give every place with every spelling once, in an order by chance."""
    places, spellings = every_place(), list(SPELLINGS)
    whole = len(places) * len(spellings)
    step = next(each for each in count(Random(seed).randrange(whole)) if gcd(each, whole) == 1)
    for index in range(whole):
        place, spelling = divmod(index * step % whole, len(spellings))
        yield places[place], spellings[spelling]


def planted(
    place: Place, spelling: str, number: str = NUMBER, name: str = NAME
) -> dict[str, object]:
    """Make a resource with a number and a name in one place; where only a number may stand, the number."""
    spelt = SPELLINGS[spelling](f"{number} {name}")
    if place.primitive == "Resource":
        inner = {"resourceType": "Patient", "id": spelt, "name": [{"text": spelt}]}
        return with_planted(place, inner)
    return with_planted(place, int(number) if place.primitive in NUMBERS else spelt)
