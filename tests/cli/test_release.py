"""`scr release`: a planner asks, a guardian approves, a job makes or refuses, and everybody can see what became of it."""

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.cli.planning_config import GEOGRAPHY, agreement_file, planning_config
from tests.london import PASSWORD
from tests.population.releases.small_making import FILES, SmallMaking
from tests.population.releases.small_store import fill, order_of

FEED = {"dataset": "violence", "project": "streets", "recipient": "CSP1"}
PEOPLE = ("--entered-by", "Sam Ade", "--checked-by", "Kim Roy")
NOBODY = "6f1c9f0e-6a4b-4c58-9d0e-0c5b4b0e8f11"
KEYS = (("store",), ("project", "--project", "streets", "--recipient", "CSP1"))

pytestmark = pytest.mark.skipif(not GEOGRAPHY.exists(), reason="the published samples are not here")


@pytest.fixture
def config(scr: Any, london: Any, template: Path, tmp_path: Path) -> Path:
    shutil.copy(template, tmp_path / "demo.db")
    shutil.copy(template.with_suffix(".keys"), tmp_path / "keys.json")
    for purpose, *words in KEYS:
        scr("keys", "init", tmp_path / "keyring.json", "--purpose", purpose, *words)
    path = planning_config(tmp_path, london.addresses, "http://127.0.0.1:9/fhir")
    scr("agreement", "add", agreement_file(tmp_path, FEED), *PEOPLE, "--config", path)
    return path


@pytest.fixture
def token(london: Any, tmp_path: Path) -> Callable[[str], tuple[str, str]]:
    def made(user: str) -> tuple[str, str]:
        form = {"grant_type": "password", "username": user, "password": PASSWORD}
        answer = httpx2.post(f"{london.addresses['identity']}/token", data=form)
        (tmp_path / user).write_text(answer.json()["access_token"] + "\n")
        return ("--token-file", str(tmp_path / user))

    return made


def asked(scr: Any, config: Path, by: tuple[str, str], **changes: str) -> Any:
    told = {
        **FEED,
        "purpose-of-use": "PUBHLTH",
        "purpose": "where to send patrols",
        "legal-basis": "Crime and Disorder Act 1998, section 115",
        "agreement": "planning",
        "ends": "2099-12-31",
        "setting": "a room that is locked",
        **changes,
    }
    words = [word for name, value in told.items() for word in (f"--{name}", value)]
    return scr("release", "request", *words, *by, "--config", config)


def test_a_release_is_asked_for_approved_and_refused_without_a_list_and_told(scr, config, token):
    at, analyst = ("--config", config), token("csp-analyst")
    release = json.loads(asked(scr, config, analyst).answer)["id"]

    codes = [
        scr("release", "run", release, *at).code,
        scr("release", "approve", release, *analyst, *at).code,
        scr("release", "approve", release, *token("caldicott"), *at).code,
    ]
    ran = scr("release", "run", release, *at)

    assert codes == [1, 1, 0]
    assert (ran.code, "opt-out list" in ran.progress) == (1, True)
    told = json.loads(scr("release", "status", release, *at).answer)
    assert (told["state"], told["fetched"]) == ("refused", [])
    assert f"{release}: refused; violence for streets" in scr("release", "list", *at).answer
    assert json.loads(scr("release", "list", "--json", *at).answer)[0]["why"] == told["why"]


def test_who_asked_gives_it_up_and_what_is_not_published_is_not_recalled(scr, config, token):
    at, analyst = ("--config", config), token("csp-analyst")
    release = json.loads(asked(scr, config, analyst).answer)["id"]
    why = ("--why", "asked twice")

    recalled = scr("release", "recall", release, *why, *token("caldicott"), *at)
    cancelled = scr("release", "cancel", release, *why, *analyst, *at)

    assert (recalled.code, cancelled.code) == (1, 0)
    assert json.loads(scr("release", "status", release, *at).answer)["why"] == ["asked twice"]
    assert scr("release", "cancel", release, *why, *token("caldicott"), *at).code == 1


@pytest.mark.parametrize(
    ("by", "changes", "code", "word"),
    [
        ("planner", {}, 1, "Reason: not-the-recipient."),
        ("csp-analyst", {"project": "another"}, 1, "Reason: feed-not-agreed."),
        ("csp-analyst", {"purpose": "for 943 476 5919"}, 2, "Purpose"),
    ],
)
def test_what_may_not_be_asked_for_is_refused_in_words(scr, config, token, by, changes, code, word):
    ended = asked(scr, config, token(by), **changes)

    assert (ended.code, ended.answer) == (code, "")
    assert word in ended.progress
    assert scr("release", "list", "--config", config).answer == ""


def test_a_planner_who_approves_their_own_is_told_why_not(scr, config, token):
    release = json.loads(asked(scr, config, token("csp-analyst")).answer)["id"]

    ended = scr("release", "approve", release, *token("csp-analyst"), "--config", config)

    assert ended.progress.strip().endswith("Reason: purpose-not-allowed.")


def test_a_sweep_finds_nothing_over_and_an_unknown_release_is_told(scr, config):
    at = ("--config", config)

    assert "Expired: 0" in scr("release", "sweep", *at).progress
    assert scr("release", "status", NOBODY, *at).code == 1
    unknown = config.parent / "releases" / "streets" / ("0" * 32)
    unknown.mkdir(parents=True)
    (unknown / "manifest.json").write_text("{}")
    assert scr("release", "sweep", *at).code == 1


def test_t24_a_recipient_finds_whether_a_release_is_as_it_was_published(scr, tmp_path):
    fill(tmp_path / "store")
    folder = tmp_path / "release"
    folder.mkdir()
    SmallMaking()(order_of(tmp_path / "store"), folder, lambda *_told: None)
    digest = hashlib.sha256((folder / "manifest.json").read_bytes()).hexdigest()

    assert digest in scr("release", "verify", folder).progress
    assert scr("release", "verify", folder, "--manifest", digest).code == 0
    (folder / FILES[0]).write_text("changed")
    assert scr("release", "verify", folder).code == 1
    assert scr("release", "verify", folder, "--manifest", "a" * 64).code == 1
    assert scr("release", "verify", tmp_path / "nowhere").code == 1
