"""Different words never share a key, and a version speaks of a set of rules alone."""

import hashlib
import unicodedata
from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from fhir_profiles.vocabulary import Category, Label
from rbac.canonical import canonical_form, fields_of, length_prefixed, version_of
from rbac.types import Act, Effect, Level, OrganisationKind, Purpose, Rule

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
# Few letters, all of which mean something to some separator, so that near-collisions are common.
WORDS = st.lists(st.text(alphabet="a1:,[]\"'\\\x00|e\u0301\u00e9", max_size=6), max_size=4)


@settings(max_examples=500)
@given(WORDS, WORDS)
@example(["a,b"], ["a", "b"])
@example(["1:a"], ["1", "a"])
@example(["a", ""], ["a"])
@example(["ab", "c"], ["a", "bc"])
def test_az_20_p18_different_words_have_different_keys(these, those):
    assert (length_prefixed(these) == length_prefixed(those)) == (these == those)


def test_az_20_the_same_letter_composed_and_decomposed_has_different_keys():
    composed, decomposed = (unicodedata.normalize(form, "caf\u00e9") for form in ("NFC", "NFD"))

    assert length_prefixed([composed]) != length_prefixed([decomposed])


def test_az_20_keys_of_look_alikes_are_all_different():
    words = ["gp", "GP", "gp ", " gp", "g\u0440", "gp\x00", "\ud800", "", "g", "2:gp"]
    keys = [length_prefixed([word, "trust"]) for word in words]

    assert len(set(keys)) == len(words)


def test_a_key_is_written_as_netstrings():
    assert length_prefixed(["gp", "caf\u00e9", ""]) == b"2:gp5:caf\xc3\xa90:"


def test_the_words_of_a_rule_come_in_the_order_of_the_row():
    words = ("gp", "trust", "problems", "normal", "TREAT", "view", "all", "allow")

    assert fields_of(RULE) == words


@pytest.mark.parametrize(
    "change",
    [
        {"role": "gp_nurse"},
        {"organisation_kind": OrganisationKind.ICB},
        {"category": Category.ALERTS},
        {"label": Label.OWN},
        {"purpose": Purpose.BTG},
        {"act": Act.SEARCH},
        {"level": Level.MASK},
        {"effect": Effect.DENY},
    ],
)
def test_a_change_of_any_word_changes_the_version(change):
    assert version_of([RULE]) != version_of([replace(RULE, **change)])


def test_the_order_of_rules_does_not_change_the_version():
    rules = [replace(RULE, category=category) for category in Category]

    assert version_of(rules) == version_of(reversed(rules))


def test_the_number_of_rules_changes_the_version():
    sets = [[], [RULE], [RULE, RULE], [RULE, replace(RULE, level=Level.MASK)]]

    assert all(version_of(one) != version_of(other) for one, other in combinations(sets, 2))


def test_the_version_is_the_hash_of_the_written_form():
    form = canonical_form([RULE])

    assert form.startswith(b"27:shared-care-record policy 11:12:gp5:trust")
    assert version_of([RULE]) == hashlib.sha256(form).hexdigest()
