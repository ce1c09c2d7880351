"""The Casbin model is fixed, compares words for equality, and lets any deny win."""

import re

import pytest

from rbac.model import MODEL


@pytest.mark.parametrize(
    "word", ["eval", "regex", "keyMatch", "keyGet", "glob", "ipMatch", "g(", " in ", "priority"]
)
def test_pa_03_nothing_in_the_model_evaluates_matches_or_inherits(word):
    assert word not in MODEL


def test_the_model_allows_only_where_something_allows_and_nothing_denies():
    assert "e = some(where (p.eft == allow)) && !some(where (p.eft == deny))" in MODEL


def test_the_model_compares_every_word_of_the_question():
    asked = re.search(r"^r = (.*)$", MODEL, re.MULTILINE).group(1).split(", ")

    for word in asked:
        assert f"r.{word} == p.{word}" in MODEL
