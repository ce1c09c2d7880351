"""T1, T2: a token in every place that FHIR R4 has for a text, in every spelling, comes out nowhere."""

import os
from collections.abc import Iterable
from itertools import islice
from random import Random

import pytest

from gateway.population.canaries import Canary, Identifier, traces_of
from gateway.population.deidentify import Deidentifier
from tests.population.deidentification.grounds import ALLOW_LISTS, ground, left_of, ndjson
from tests.population.deidentification.planting import (
    NAME,
    NUMBER,
    SPELLINGS,
    TYPES,
    cases,
    every_place,
    planted,
)
from tests.population.deidentification.r4_paths import IS_THERE, Place, places_of
from tests.population.deidentification.weakness import weak_ground
from tests.population.deidentification.whole import whole
from tests.run_seed import SWITCH

COUNT = int(os.environ.get("SCR_PROVE_TOKENS", "1500"))  # noqa: TID251 - a switch of the test run
SEEDS = [1, int(os.environ[SWITCH])]  # noqa: TID251 - as above
AT_ONCE = 500
TOKEN = Canary({Identifier.NHS_NUMBER: NUMBER, Identifier.NAME: NAME})
pytestmark = pytest.mark.skipif(not IS_THERE, reason="the published samples are not here")


def leaking(clean: Deidentifier, tried: Iterable[tuple[Place, str]]) -> list[tuple[Place, str]]:
    """Plant in batches, and give the places of the batches from which anything comes out."""
    found, rest = [], iter(tried)
    while batch := list(islice(rest, AT_ONCE)):
        done = clean(ndjson(*(planted(*case) for case in batch)))
        if traces_of(TOKEN, done.ndjson + str(done.report).encode()):
            found += batch
    return found


@pytest.mark.parametrize("seed", SEEDS)
def test_t01_t02_a_token_in_any_place_comes_out_nowhere(seed, record_property):
    record_property("tried", COUNT)
    record_property("places", len(every_place()))

    assert leaking(Deidentifier(ground()), islice(cases(seed), COUNT)) == []


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_t02_a_token_in_an_attachment_comes_out_nowhere(spelling):
    places = [
        each for kind in TYPES for each in places_of(kind) if each.primitive == "base64Binary"
    ]
    some = Random(SEEDS[1]).sample(places, 50)

    done = Deidentifier(ground())(ndjson(*(planted(place, spelling) for place in some)))

    assert traces_of(TOKEN, done.ndjson + str(done.report).encode()) == frozenset()


def test_t02_an_attachment_that_is_kept_as_it_stands_is_found_out(monkeypatch):
    [photo] = [each for each in places_of("Patient") if each.names == ("photo", "data")]
    clean = Deidentifier(weak_ground(monkeypatch, "photo"))
    found = {
        spelling
        for spelling in SPELLINGS
        if traces_of(TOKEN, clean(ndjson(planted(photo, spelling))).ndjson)
    }

    assert found == {*SPELLINGS}


@pytest.mark.parametrize("seed", SEEDS)
def test_t01_an_element_that_is_kept_as_it_stands_is_found_out(seed, monkeypatch):
    # Every order has places in a text; how soon they come is up to chance.
    in_a_text = (case for case in cases(seed) if case[0].names[0] == "text")

    assert leaking(Deidentifier(weak_ground(monkeypatch, "text")), islice(in_a_text, 500)) != []


@pytest.mark.parametrize("allowed", ALLOW_LISTS, ids=lambda one: one.resource_type)
def test_what_is_planted_into_is_whole(allowed):
    left = left_of(whole(allowed.resource_type))

    lsoa = {"address": "extension"}
    kept = {lsoa.get(one.path, one.path) for one in allowed.inside("")}
    # Beside a person's pseudonym stands the keyed hash of their id at the source.
    beside = {"identifier"} if allowed.resource_type == "Patient" else set()
    assert kept | beside | {"resourceType"} == set(left)


def test_every_kept_element_is_planted_into():
    planted_into = {(place.resource_type, place.names[0]) for place in every_place()}

    for allowed in ALLOW_LISTS:
        assert {(allowed.resource_type, one.path) for one in allowed.inside("")} <= planted_into
