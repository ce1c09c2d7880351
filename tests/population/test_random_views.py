"""Random views are valid, are told by their seed, and leave no part of the language out."""

from collections import Counter
from random import Random

import pytest

from tests.population.random_resources import parsed, random_resources, written
from tests.population.random_views import random_view
from tests.population.shapes import RESOURCES
from tests.reference.fhirpath_parser import ViewError
from tests.reference.view_walker import columns_of_view, run_view

VIEWS = 60
PARTS = (
    *(
        '"forEach":',
        '"forEachOrNull":',
        '"repeat":',
        '"unionAll":',
        '"where":',
        '"collection":true',
        "%rowIndex",
    ),
    *(
        ".where(",
        ".exists()",
        ".exists(",
        ".empty()",
        ".not()",
        ".first()",
        "[0]",
        ".join(",
        ".ofType(",
        "$this",
    ),
    *(
        "getResourceKey()",
        "getReferenceKey()",
        "getReferenceKey(Patient)",
        "extension('",
        "lowBoundary()",
    ),
    *(
        "highBoundary()",
        " and ",
        " or ",
        " = ",
        " != ",
        " < ",
        " <= ",
        " > ",
        " >= ",
        " + ",
        " - ",
        " * ",
        " / ",
    ),
    *("%dateTime", "%decimal", "'https://", "true", "120.25"),
)


def views_over(kind: str) -> list[dict[str, object]]:
    return [random_view(f"{kind} {number}", kind) for number in range(VIEWS)]


@pytest.mark.parametrize("kind", RESOURCES)
def test_random_views_are_valid_and_their_seed_tells_them(kind):
    for number, view in enumerate(views_over(kind)):
        assert columns_of_view(view)
        assert random_view(f"{kind} {number}", kind) == view


def test_random_views_speak_of_every_part_of_the_language():
    said = "\n".join(written(view) for kind in RESOURCES for view in views_over(kind))

    assert [part for part in PARTS if part not in said] == []


def test_most_random_views_give_rows_and_a_few_are_refused_for_their_values():
    held = {kind: parsed(random_resources(Random(kind), kind, 5)) for kind in RESOURCES}

    ends = Counter(end_of(view, held[kind]) for kind in RESOURCES for view in views_over(kind))

    assert ends["rows"] > ends.total() / 2
    assert ends.total() / 100 < ends["refused"] < ends.total() / 5


def end_of(view: dict[str, object], resources: list[dict[str, object]]) -> str:
    try:
        return "rows" if run_view(view, resources) else "none"
    except ViewError:
        return "refused"


@pytest.mark.parametrize("kind", RESOURCES)
def test_random_resources_hold_what_readers_of_json_trip_over(kind):
    lines = random_resources(Random(kind), kind, 100)
    whole = "\n".join(lines)

    for held in (
        ":null",
        ":[]",
        "[null,",
        "😀",
        '\\"',
        '"_',
        '"1970-06"',
    ):
        assert held in whole, held
    assert all(resource["id"] for resource in parsed(lines))


def test_random_resources_hold_decimals_of_more_digits_than_a_binary_float_has():
    whole = "\n".join(random_resources(Random(1), "Observation", 100))

    assert ":12345678901234.5678" in whole
    assert ":1.50," in whole
