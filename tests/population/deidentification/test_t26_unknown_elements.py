"""T26, DE-02: elements, types and nesting that nobody knows come out nowhere, and are counted."""

import json
import os
from collections.abc import Iterator
from itertools import chain
from random import Random
from typing import Any

import pytest

from gateway.population.allow_list import AllowList, Kind
from gateway.population.deidentify import Deidentifier, deidentify
from gateway.population.elements import Group
from gateway.population.left_out import Refused
from tests.population.deidentification.grounds import ALLOW_LISTS, GROUND, about, done_with, ndjson
from tests.population.deidentification.weakness import weak_ground
from tests.population.deidentification.whole import whole
from tests.run_seed import SWITCH

COUNT = int(os.environ.get("SCR_PROVE_COUNT", "400"))  # noqa: TID251 - a switch of the test run
SEEDS = [1, int(os.environ[SWITCH])]  # noqa: TID251 - as above
TOKEN = "Zqxjkvyl9434765919"
DATA_TYPES: dict[Kind, set[str]] = {
    Kind.CODING: {"system", "code", "display"},
    Kind.CONCEPT: {"coding", "coding.system", "coding.code", "coding.display"},
    Kind.QUANTITY: {"value", "comparator", "unit", "system", "code"},
    Kind.PERIOD: {"start", "end"},
    Kind.PERSON: {"reference", "identifier", "identifier.value"},
    Kind.REFERENCE: {"reference", "identifier", "identifier.system", "identifier.value"},
    Kind.ORGANISATION: {"system", "value"},
    Kind.LABELS: {"security", "security.system", "security.code"},
}


def allowed_paths(allowed: AllowList) -> set[str]:
    """Give every path that may come out, from the list as a governance lead reads it."""
    inside = (
        {kept.path, *(f"{kept.path}.{part}" for part in DATA_TYPES.get(kept.kind, ()))}
        for kept in allowed.kept
    )
    lsoa = {"extension", "extension.url", "extension.valueCode"}
    has_area = any(kept.kind is Kind.LSOA for kept in allowed.kept)
    is_patient = any(kept.kind is Kind.PERSON_ID for kept in allowed.kept)
    known_as = {"identifier", "identifier.value"} if is_patient else set()
    return set(chain({"resourceType"}, known_as, *inside)) | (lsoa if has_area else set())


ALLOWED = {one.resource_type: allowed_paths(one) for one in ALLOW_LISTS}


def paths_in(value: object, start: str = "") -> Iterator[str]:
    match value:
        case dict():
            for name, inner in value.items():
                yield start + name
                yield from paths_in(inner, f"{start}{name}.")
        case list():
            for inner in value:
                yield from paths_in(inner, start)


def disturbed(random: Random) -> dict[str, Any]:
    """Give a whole resource with something in it that nobody knows."""
    resource = whole(random.choice(ALLOW_LISTS).resource_type)
    holders = list(objects_in(resource))
    for _ in range(random.randint(1, 4)):
        _disturb(random, random.choice(holders))
    return resource


def objects_in(value: object) -> Iterator[dict[str, Any]]:
    match value:
        case dict():
            yield value
            for inner in value.values():
                yield from objects_in(inner)
        case list():
            for inner in value:
                yield from objects_in(inner)


def _disturb(random: Random, holder: dict[str, Any]) -> None:
    name = random.choice([*holder, *holder, "madeUp", TOKEN, "_id", "extension", "fhir_comments"])
    if name != "resourceType" or random.random() < 0.2:
        holder[name] = _anything(random, 0)


def _anything(random: Random, depth: int) -> object:
    match random.randint(0, 8 if depth < 6 else 5):
        case 0 | 1 | 2:
            return TOKEN
        case 3:
            return random.choice([9434765919, 94347.65919, -1, 1e300, True, None])
        case 4:
            return random.choice(["", "\u0000", "\U0001f600", "a" * 10_000, "2024-01-01"])
        case 5:
            return []
        case 6:
            return [_anything(random, depth + 1) for _ in range(random.randint(1, 3))]
        case _:
            return {random.choice([TOKEN, "code", "value"]): _anything(random, depth + 1)}


def faults(clean: Deidentifier, seed: int, count: int) -> list[str]:
    """Give what is wrong with what comes out of disturbed resources."""
    random = Random(seed)
    done = clean(ndjson(*(disturbed(random) for _ in range(count))))
    told = done.ndjson + str(done.report).encode()
    found = [token for token in ("Zqxjkvyl", "9434765919") if token.encode() in told]
    for line in done.ndjson.splitlines():
        resource = json.loads(line)
        found += sorted(set(paths_in(resource)) - ALLOWED[resource["resourceType"]])
    assert done.report.lines == count
    kept = sum(done.report.kept.values())
    assert kept + sum(done.report.refused.values()) == count
    # Of what is refused and has an id a stub stays.
    assert kept <= len(done.ndjson.splitlines()) <= count
    return found


@pytest.mark.parametrize("seed", SEEDS)
def test_t26_nothing_unknown_comes_out(seed, record_property):
    record_property("tried", COUNT)

    assert faults(Deidentifier(GROUND), seed, COUNT) == []


@pytest.mark.parametrize("seed", SEEDS)
def test_t26_a_group_that_keeps_what_it_does_not_know_is_found_out(seed, monkeypatch):
    monkeypatch.setattr(Group, "clean", lambda _self, value, _left_out: value)

    assert faults(Deidentifier(GROUND), seed, 400) != []


@pytest.mark.parametrize("depth", [10, 500, 5_000, 200_000])
def test_t26_nesting_of_any_depth_is_no_way_in(depth):
    line = ndjson(about("Encounter", status="finished"))[:-2] + b',"madeUp":'
    deep = line + b'{"a":' * depth + b'"Zqxjkvyl"' + b"}" * depth + b"}\n"

    done = deidentify(deep + ndjson(about("Encounter")), GROUND)

    assert b"Zqxjkvyl" not in done.ndjson + str(done.report).encode()
    assert done.report.kept["Encounter"] in {1, 2}


def test_de_02_an_unknown_element_an_extension_and_a_new_type_are_dropped_and_counted():
    done = done_with(
        about("Encounter", newElement="Zqxjkvyl", extension=[{"url": "new", "valueString": "Zqxjkvyl"}]),
        {"resourceType": "Genome", "id": "g1", "text": "Zqxjkvyl"},
        about("Encounter", newElement={"newer": "Zqxjkvyl"}),
    )  # fmt: skip

    assert b"Zqxjkvyl" not in done.ndjson
    assert done.report.left_out == {"Encounter.(unlisted)": 2, "Encounter.extension": 1}
    assert done.report.refused == {("", Refused.UNLISTED_TYPE): 1}


def test_de_02_a_list_that_takes_what_it_does_not_know_is_found_out(monkeypatch):
    weak = weak_ground(monkeypatch, "newElement")

    assert b"Zqxjkvyl" in deidentify(ndjson(about("Encounter", newElement="Zqxjkvyl")), weak).ndjson
