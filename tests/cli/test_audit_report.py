"""`scr audit report`: who has used a person's record, as text and as JSON, by a number that is never an argument."""

import io
import json
import sqlite3
import sys
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from gateway.audit.statement import Statement
from gateway.commands.audit_report import _headed
from gateway.patient.statements import Subject
from gateway.wiring import now
from tests.cli.test_policy import config, token
from tests.london import London
from tests.web.factories import PERSON

__all__ = ["config", "token"]


@pytest.fixture
def number(london: London) -> str:
    return london.people["everything"].grouped


@pytest.fixture
def typed(monkeypatch):
    """Let standard input hold a text."""
    return lambda text: monkeypatch.setattr(sys, "stdin", io.StringIO(text))


def asked(config) -> list[tuple[str, str]]:
    """Give act and decision of every row A."""
    rows = sqlite3.connect(config.parent / "demo.db").execute(
        "SELECT body FROM audit_entry WHERE kind = 'asked' ORDER BY sequence"
    )
    bodies = [json.loads(body) for (body,) in rows]
    return [(each["act"], each["decision"]) for each in bodies]


def test_an_officer_prints_the_statement_and_that_is_on_record(scr, config, token, typed, number):
    typed(number + "\n")

    ended = scr("audit", "report", *token("privacy-officer"), "--config", config)

    assert ended.code == 0
    head, title, *_rest = ended.answer.split("\n\n")
    assert f"NHS number {number}. Made on " in head
    assert title == "Who has used your record."
    assert "Who: Uma Sethi, a privacy officer, at " in ended.answer
    assert "What they did: They read this list." in ended.answer
    assert asked(config) == [("find", "allowed"), ("statement", "allowed")]


def test_the_statement_is_printed_as_json(scr, config, token, typed, number):
    typed(number)

    ended = scr("audit", "report", *token("caldicott"), "--json", "--config", config)

    told = json.loads(ended.answer)
    assert [each["asked"]["act"] for each in told["accesses"]] == ["statement", "find"]
    assert told["person"]["nhs_number"] == number.replace(" ", "")


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_at_a_terminal_the_number_is_asked_for_and_not_shown(
    scr, config, token, number, monkeypatch
):
    monkeypatch.setattr(sys, "stdin", Terminal())
    monkeypatch.setattr("getpass.getpass", lambda _prompt="": number)

    ended = scr("audit", "report", *token("privacy-officer"), "--config", config)

    assert (ended.code, "Who has used your record." in ended.answer) == (0, True)


@pytest.mark.parametrize("user", ["auditor", "gp", "policy-admin"])
def test_who_may_not_know_whose_it_is_finds_nobody_by_number(
    scr, config, token, typed, number, user
):
    typed(number)

    ended = scr("audit", "report", *token(user), "--config", config)

    assert (ended.code, ended.answer) == (1, "")
    assert asked(config) == [("find", "refused")]


def test_a_number_that_nobody_holds_fails(scr, config, token, typed):
    typed("944 930 5552")

    ended = scr("audit", "report", *token("privacy-officer"), "--config", config)

    assert (ended.code, ended.answer) == (1, "")


@pytest.mark.parametrize("text", ["", "999 000 001\n", "not a number"])
def test_what_is_no_number_is_not_understood_and_not_repeated(scr, config, token, typed, text):
    typed(text)

    ended = scr("audit", "report", *token("privacy-officer"), "--config", config)

    assert (ended.code, ended.progress) == (2, "That is no NHS number of 10 digits.\n")
    assert asked(config) == []


def test_standard_input_is_not_for_the_token(scr, config, typed, number):
    typed(number)

    assert scr("audit", "report", "--token-file", "-", "--config", config).code == 2


def test_a_name_from_elsewhere_says_nothing_to_a_terminal():
    person = replace(PERSON, given_names=("Ann\x1b]0;\x07",), family_name="O\u202eB")
    made: Any = SimpleNamespace(
        subject=Subject("p", person), made_at=now(), statement=Statement(1, ())
    )

    head = _headed(made).splitlines()[0]

    assert head.startswith(r"Ann\x1b]0;\x07 O\u202eB. NHS number ")
