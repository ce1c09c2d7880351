"""The enforcer over Casbin says yes to its own rules alone, and writes nothing down."""

import logging
from dataclasses import replace

import pytest

from fhir_profiles.vocabulary import Category, Label
from rbac.decide import UnusablePolicyError, casbin_enforcer
from rbac.types import Act, Effect, Level, OrganisationKind, Purpose, Rule

RULE = Rule(
    "gp",
    OrganisationKind.GENERAL_PRACTICE,
    Category.PROBLEMS,
    Label.NORMAL,
    Purpose.TREAT,
    Act.VIEW,
    Level.SUMMARY,
    Effect.ALLOW,
)
DENY = replace(RULE, level=Level.NONE, effect=Effect.DENY)
QUESTION = ("gp", "general-practice", "problems", "normal", "TREAT", "view", "summary")


def test_the_enforcer_says_yes_to_its_own_rule():
    assert casbin_enforcer([RULE]).enforce(*QUESTION) is True


@pytest.mark.parametrize("position", range(len(QUESTION)))
@pytest.mark.parametrize("word", ["", "*", "gp_nurse", "summary ", "SUMMARY"])
def test_the_enforcer_says_no_when_any_one_word_differs(position, word):
    question = [*QUESTION[:position], word, *QUESTION[position + 1 :]]

    assert casbin_enforcer([RULE]).enforce(*question) is False


@pytest.mark.parametrize("level", ["all", "summary", "mask", "none"])
def test_a_deny_row_beats_an_allow_row_at_every_level(level):
    enforcer = casbin_enforcer([replace(RULE, level=Level(level)), DENY])

    assert enforcer.enforce(*QUESTION[:-1], level) is False


@pytest.mark.parametrize("rules", [[], [RULE, RULE]], ids=["none", "repeated"])
def test_an_enforcer_is_not_made_unless_casbin_holds_exactly_its_rules(rules):
    with pytest.raises(UnusablePolicyError):
        casbin_enforcer(rules)


def test_casbin_writes_no_denied_question_to_the_log(caplog):
    for name in ("casbin.enforcer", "casbin.policy", "casbin.role"):
        logging.getLogger(name).disabled = False
    caplog.set_level(logging.DEBUG)

    casbin_enforcer([RULE]).enforce(*QUESTION[:-1], "all")

    assert "problems" not in caplog.text
