"""P18: of a million pairs of questions made to be mistaken for one another, none has the same key.

`SCR_PROVE_COUNT` sets how many pairs, `SCR_PROVE_SEED` repeats a run.
"""

import hashlib
import os
import time
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from fhir_profiles.vocabulary import Category, Label
from gateway.policy.drafts import digest_of
from gateway.store.policy_drafts import Draft
from rbac.canonical import digest_of_levels, length_prefixed, version_of
from rbac.decide import CompiledPolicy
from rbac.types import Act, Effect, Level, Levels, OrganisationKind, Purpose, Rule
from tests.rbac.near_collisions import SEPARATORS, Words, near

COUNT = int(os.environ.get("SCR_PROVE_COUNT", "20000"))  # noqa: TID251 - a switch of the test run
SEED = int(os.environ.get("SCR_PROVE_SEED", time.time_ns() % 10**6))  # noqa: TID251 - as above
LEAST_PAIRS_OF_AN_EXAMPLE = 1_000
"""On average; short words leave fewer ways to mistake them than long ones."""

OFTEN = settings(
    max_examples=COUNT // LEAST_PAIRS_OF_AN_EXAMPLE,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)

# Letters that mean something to some separator, or that other letters are made of.
LETTERS = st.sampled_from([*SEPARATORS, *"abg1[]\"'\\é", "e\u0301", "\ud800", "p", "gp", "trust"])
WORD = st.lists(LETTERS, max_size=4).map("".join)
WORDS = st.tuples(WORD, WORD, WORD)
RULE = Rule(
    "gp",
    OrganisationKind.TRUST,
    Category.PROBLEMS,
    Label.NORMAL,
    Purpose.TREAT,
    Act.VIEW,
    Level.ALL,
    Effect.ALLOW,
)
DRAFT = Draft(
    id=UUID(int=1),
    based_on="a" * 64,
    version="b" * 64,
    administrators=None,
    why="why",
    needs_guardian=False,
    digest="",
    proposed_at=datetime(2026, 3, 2, tzinfo=UTC),
    proposed_by="u1",
)
NOTHING = Levels({}, frozenset())


def collisions(of: Iterable[Words], key: Callable[[Words], object]) -> int:
    """Count those of different words that have a key which others have too."""
    different = set(of)
    return len(different) - len({key(each) for each in different})


def pairs(of: frozenset[Words]) -> int:
    return len(of) * (len(of) - 1) // 2


def test_p18_az_20_questions_made_to_be_mistaken_have_different_keys(
    record_property: Callable[[str, object], None],
) -> None:
    tried, keys = [0], dict[bytes, Words]()

    @seed(SEED)
    @OFTEN
    @given(WORDS)
    def no_two_collide(words: Words) -> None:
        alike = near(words)
        tried[0] += pairs(alike)
        assert collisions(alike, length_prefixed) == 0
        # What was asked before may be mistaken for it just as well.
        assert keys.setdefault(hashlib.sha256(length_prefixed(words)).digest(), words) == words

    no_two_collide()
    record_property("seed", SEED)
    record_property("pairs", tried[0])
    assert tried[0] >= COUNT


@pytest.mark.parametrize("between", ["", ",", ":", "|", "\x00", '","'], ids=repr)
def test_p18_words_with_something_put_between_are_found_to_collide(between: str) -> None:
    words = (f"gp{between}x", "trust", "TREAT")

    assert collisions(near(words), between.join) > 0


def test_p18_words_brought_into_one_form_are_found_to_collide() -> None:
    def composed(words: Words) -> bytes:
        return length_prefixed(unicodedata.normalize("NFC", each) for each in words)

    assert collisions(near(("cafe\u0301", "trust", "TREAT")), composed) > 0


@seed(SEED)
@OFTEN
@given(WORDS)
def test_az_20_rules_and_drafts_made_to_be_mistaken_have_different_hashes(words: Words) -> None:
    alike = near(words)

    assert collisions(alike, lambda each: digest_of(replace(DRAFT, administrators=each))) == 0
    of_three = [each for each in alike if len(each) == 3]
    assert collisions(of_three, lambda each: digest_of(draft_saying(*each))) == 0
    assert collisions(of_three, lambda each: version_of([rule_saying(*each)])) == 0
    assert collisions(of_three, lambda each: digest_of_levels({(each[:2]): each[2]}, ())) == 0


def draft_saying(why: str, who: str, based_on: str) -> Draft:
    return replace(DRAFT, why=why, proposed_by=who, based_on=based_on)


def rule_saying(role: str, category: str, label: str) -> Rule:
    return replace(RULE, role=role, category=category, label=label)


@pytest.mark.parametrize(
    "asked", [1, True, 1.0, b"1", "true", "True", "\uff11", ("1",), ["1"], None], ids=repr
)
def test_az_20_one_and_true_are_not_the_role_whose_name_is_the_digit(asked):
    scope = ("1", OrganisationKind.TRUST, Purpose.TREAT)
    policy = CompiledPolicy("v", {}, 0, {length_prefixed(scope): NOTHING})

    assert policy.levels_for(*scope) is NOTHING
    assert policy.levels_for(asked, *scope[1:]) is None
    assert policy.levels_for(scope[0], asked, scope[2]) is None
    assert policy.levels_for(*scope[:2], asked) is None


def test_az_20_a_list_of_one_and_a_list_of_two_have_different_keys():
    assert length_prefixed(["a,b"]) != length_prefixed(["a", "b"])
    assert length_prefixed(['["a","b"]']) != length_prefixed(["a", "b"])
