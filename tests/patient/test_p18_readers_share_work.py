"""P18: readers who share a worker's remembered work each see what they would see alone.

`SCR_PROVE_COUNT` sets how many views are joined (a hundredth of it), `SCR_PROVE_SEED` repeats a run.
"""

import os
import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from adapters.contract import SourceAnswer
from fhir_profiles.vocabulary import Category, Label
from gateway.access.permit import Permit
from gateway.patient.join import Joiner
from gateway.patient.narrow import Terms
from rbac.types import Level
from tests.patient.factories import (
    DIRECTORY,
    NOW,
    answer,
    joiner,
    labelled,
    levels,
    permit,
    principal,
    resource,
)
from tests.patient.worlds import told

COUNT = int(os.environ.get("SCR_PROVE_COUNT", "6000")) // 100  # noqa: TID251 - a switch of the test run
SEED = int(os.environ.get("SCR_PROVE_SEED", time.time_ns() % 10**6))  # noqa: TID251 - as above
WORDS = (None, "sexual-health", "mental-health", "sealed")
KINDS = ("Condition", "Encounter", "Observation", "AllergyIntolerance")


def answers() -> list[SourceAnswer]:
    """Give what three sources hold: each kind of item under each label, none a copy of another."""
    return [answer(*items_of(each.source_id), source=each.source_id) for each in DIRECTORY.sources]


def items_of(source: str) -> list[dict[str, object]]:
    return [
        resource(kind, word or "plain", note=[{"text": f"{source} {kind} {word}"}], **meta_of(word))
        for word in WORDS
        for kind in KINDS
    ]


def meta_of(word: str | None) -> dict[str, object]:
    return {} if word is None else {"meta": labelled(word)}


def readers() -> list[Permit]:
    """Give readers who differ in levels, in organisation, in role or in what they may not be told."""
    seen = [
        levels(base, sexual_health=sexual_health, mental_health=mental_health)
        for base in Level
        for sexual_health in (Level.NONE, Level.MASK, Level.ALL)
        for mental_health in (Level.SUMMARY, Level.ALL)
    ]
    organisations = ("F84004", "RRV", "RRU")
    return [
        permit(levels=each, hides_whereabouts=hides, principal=principal(organisation=organisation))
        for each in seen
        for organisation in organisations
        for hides in (False, True)
    ]


def alone(reader: Permit, given: list[SourceAnswer]) -> object:
    return told(joiner().join(reader, given))


def test_p18_readers_in_turn_and_at_once_each_see_what_they_see_alone(
    record_property: Callable[[str, object], None],
) -> None:
    chance, given, every = random.Random(SEED), answers(), readers()
    own = [alone(each, given) for each in every]
    shared: Joiner = joiner()
    asking = [chance.randrange(len(every)) for _ in range(COUNT)]

    with ThreadPoolExecutor(2) as threads:
        views = threads.map(lambda which: told(shared.join(every[which], given)), asking)
        wrong = sum(own[which] != view for which, view in zip(asking, views, strict=True))

    record_property("seed", SEED)
    record_property("views", COUNT)
    assert wrong == 0
    # Most differ: a mix-up of two readers would be seen.
    assert len({repr(each) for each in own}) > 40


def test_p18_terms_made_of_others_remember_nothing_of_these() -> None:
    wide = Terms(levels(Level.ALL), False, {}, NOW, "gp", {})
    asked_for = (Category.PROBLEMS, frozenset({Label.MENTAL_HEALTH}))
    assert wide.level_of(*asked_for) is Level.ALL
    assert wide.summarising(asked_for[1]) == frozenset()

    narrow = replace(wide, levels=levels(Level.MASK))

    assert narrow.level_of(*asked_for) is Level.MASK
    assert narrow.summarising(asked_for[1]) == asked_for[1]
