"""The policy's life from the command line: begun once, changed by two people, explained to anybody."""

import json
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2
import pytest

from adapters.simulators.demo_users import DEMO_USERS
from gateway.demo.deployment import Folder, as_toml, deployment
from gateway.demo.simulators import Simulated
from tests.london import AUDIENCE, PASSWORD

TWO = ("--administrator", "555057000117", "--administrator", "555057000118")


@pytest.fixture
def config(london: Any, template: Path, tmp_path: Path) -> Path:
    """Give the settings of a deployment over the simulated London, with its database."""
    places = {Simulated(name): each for name, each in london.addresses.items()}
    document = deployment(Folder(tmp_path), "http://127.0.0.1:8000", places)
    for issuer in document["issuer"]:
        issuer["audience"] = AUDIENCE
    shutil.copy(template, tmp_path / "demo.db")
    shutil.copy(template.with_suffix(".keys"), tmp_path / "keys.json")
    path = tmp_path / "scr.toml"
    path.write_text(as_toml(document))
    return path


@pytest.fixture
def token(london: Any, tmp_path: Path) -> Callable[[str], tuple[str, str]]:
    def made(user: str) -> tuple[str, str]:
        form = {"grant_type": "password", "username": user, "password": PASSWORD}
        answer = httpx2.post(f"{london.addresses['identity']}/token", data=form)
        (tmp_path / user).write_text(answer.json()["access_token"] + "\n")
        return ("--token-file", str(tmp_path / user))

    return made


def changed(scr: Any, config: Path, **words: str) -> Path:
    """Write the active policy without the rows that hold these words."""
    shown = json.loads(scr("policy", "show", "--active", "--config", config, "--json").answer)
    shown["rules"] = [row for row in shown["rules"] if not words.items() <= row.items()]
    path = config.parent / "changed.json"
    path.write_text(json.dumps(shown))
    return path


def test_pa_06_two_people_change_the_policy_and_one_goes_back(scr, config, token):
    at = ("--config", config)
    before = json.loads(scr("policy", "show", "--active", *at, "--json").answer)["version"]
    file = changed(scr, config, role="practice_admin", category="appointments")

    draft = json.loads(
        scr("policy", "propose", file, "--why", "a test", *token("policy-admin"), *at).answer
    )
    codes = [
        scr("policy", verb, draft["id"], *token(user), *at).code
        for verb, user in [
            ("approve", "policy-admin"),
            ("activate", "policy-admin"),
            ("approve", "gp"),
            ("approve", "policy-approver"),
            ("activate", "policy-admin"),
        ]
    ]

    assert codes == [1, 1, 1, 0, 0]
    shown = json.loads(scr("policy", "show", "--active", *at, "--json").answer)
    assert (draft["based_on"], shown["version"]) == (before, draft["version"])
    assert scr("policy", "rollback", before, *token("policy-admin"), *at).code == 1


def test_pa_04_a_file_that_would_lock_out_is_refused_with_its_faults(scr, config, token):
    file = changed(scr, config, act="edit-policy")

    ended = scr("policy", "propose", file, "--why", "x", *token("policy-admin"), "--config", config)

    assert (ended.code, ended.answer) == (1, "")
    assert "leaves nobody who may edit it" in ended.progress


def test_administrators_are_named_once(scr, config):
    config.with_name("demo.db").unlink()
    assert scr("db", "upgrade", "--config", config).code == 0

    refused = scr("policy", "bootstrap", *TWO[:2], "--config", config)
    first = scr("policy", "bootstrap", *TWO, "--config", config)
    again = scr("policy", "bootstrap", *TWO, "--config", config)

    assert (refused.code, first.code, again.code) == (1, 0, 1)
    assert "fewer than two" in refused.progress
    assert "nothing was changed" in again.progress
    assert {DEMO_USERS[each].user_id for each in ("policy-admin", "policy-approver")} == set(
        TWO[1::2]
    )


def test_a_draft_needs_a_person(scr, config):
    draft = "00000000-0000-0000-0000-000000000001"

    assert scr("policy", "activate", draft, "--config", config).code == 2
    assert scr("policy", "explain", "--decision", draft, "--config", config).code == 2


def test_a_reason_and_a_decision_that_are_none_are_told(scr, config, token):
    at = (*token("policy-admin"), "--config", config)
    file = changed(scr, config, role="student")
    draft = "00000000-0000-0000-0000-000000000001"

    assert scr("policy", "propose", file, "--why", " ", *at).code == 2
    assert scr("policy", "explain", "--decision", draft, *at).code == 1
    assert scr("policy", "approve", draft, *at).code == 1


def test_a_recorded_decision_is_explained(scr, config, token):
    at = (*token("policy-admin"), "--config", config)
    draft = json.loads(
        scr("policy", "propose", changed(scr, config, role="student"), "--why", "x", *at).answer
    )
    entry = entry_of(config.with_name("demo.db"))

    told = json.loads(scr("policy", "explain", "--decision", entry, *at).answer)

    assert draft["needs_guardian"] is False
    assert (told["role"], told["act"], told["decision"]) == (
        "policy_admin",
        "propose-policy",
        "allowed",
    )


def entry_of(database: Path) -> str:
    connection = sqlite3.connect(database)
    [[found]] = connection.execute("SELECT decision_id FROM audit_entry WHERE kind = 'asked'")
    connection.close()
    return str(UUID(found))


@pytest.mark.parametrize("words", [(), ("--json",)])
def test_what_a_file_changes_is_told(scr, tmp_path, words):
    shown = json.loads(scr("policy", "show", "--json").answer)
    rules = shown["rules"]
    shown["rules"] = [row for row in rules if row["role"] != "student"]
    seen = {"role": "social_worker", "category": "problems", "label": "normal", "act": "view"}
    [row] = [row for row in rules if seen.items() <= row.items()]
    shown["rules"].append({**row, "label": "sexual-health", "level": "mask"})
    (tmp_path / "new.json").write_text(json.dumps(shown))

    ended = scr("policy", "diff", tmp_path / "new.json", *words)

    assert ended.code == 0
    assert "student" in ended.answer
    assert words or "Must be approved by a Caldicott Guardian." in ended.answer


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"version": "x", "rules": [{}]}', '{"version": "x", "rules": []}']
)
def test_a_file_that_is_no_policy_is_refused(scr, tmp_path, text):
    (tmp_path / "new.json").write_text(text)

    assert scr("policy", "diff", tmp_path / "new.json").code in {1, 2}
    assert scr("policy", "test", tmp_path / "new.json").code in {1, 2}


def test_the_starting_policy_meets_what_is_expected_of_it(scr):
    assert scr("policy", "test").answer.endswith("expected, 0 not met\n")
    assert json.loads(scr("policy", "test", "--json").answer)["unmet"] == []


def test_expectations_that_are_not_met_or_not_read_are_told(scr, tmp_path):
    table = tmp_path / "ours.csv"
    head = "name,role,organisation_kind,purpose,act,category,labels,expected\n"
    table.write_text(head + "ours,gp,general-practice,TREAT,view,problems,,none\n")
    unmet = scr("policy", "test", "--expected", table)
    table.write_text("nonsense")

    assert (unmet.code, "ours: expected none, found all" in unmet.answer) == (1, True)
    assert scr("policy", "test", "--expected", table).code == 2


@pytest.mark.parametrize("words", [(), ("--json",)])
def test_an_item_is_explained(scr, words):
    asked = ("--role", "paramedic", "--at", "ambulance", "--category", "results", *words)

    told = scr("policy", "explain", *asked).answer

    assert "summary" in told
    assert "paramedic" in told
    assert scr("policy", "explain", "--role", "paramedic").code == 2
