"""`scr pull` fills the store from every bulk source, by an agreement that says so, and on record."""

import asyncio
import json
import shutil
import sqlite3
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gateway.demo.deployment import Folder
from gateway.demo.filling import pulled
from gateway.population.pull_manifest import finished_pulls
from tests.cli.planning_config import FEED, GEOGRAPHY, agreement_file, planning_config
from tests.population.pull.served import QUICK, served

PEOPLE = ("--entered-by", "Sam Ade", "--checked-by", "Kim Roy")

pytestmark = pytest.mark.skipif(not GEOGRAPHY.exists(), reason="the published samples are not here")


@pytest.fixture
def source():
    # Polls come whenever they come.
    pace = replace(QUICK, seconds_between_polls=0, exports_at_once=10**6)
    with served(machines=(), pace=pace) as world:
        yield world


@pytest.fixture
def config(scr: Any, london: Any, template: Path, tmp_path: Path, source: Any) -> Path:
    shutil.copy(template, tmp_path / "demo.db")
    shutil.copy(template.with_suffix(".keys"), tmp_path / "keys.json")
    scr("keys", "init", tmp_path / "keyring.json", "--purpose", "store")
    return planning_config(tmp_path, london.addresses, f"{source.address}/fhir")


@pytest.fixture
def agreed(scr: Any, config: Path) -> None:
    ended = scr(
        "agreement", "add", agreement_file(config.parent, FEED), *PEOPLE, "--config", config
    )
    assert ended.code == 0, ended.progress


def entries(config: Path) -> list[dict[str, Any]]:
    with sqlite3.connect(config.parent / "demo.db") as database:
        rows = database.execute(
            "SELECT body FROM audit_entry WHERE kind LIKE 'pull-%' ORDER BY sequence"
        ).fetchall()
    database.close()
    return [json.loads(body) for (body,) in rows]


def test_every_source_is_pulled_and_each_pull_is_on_record(scr, config, agreed):
    ended = scr("pull", "--config", config)

    assert (ended.code, "hospital: pull 1 is at rest." in ended.progress) == (0, True), (
        ended.progress
    )
    [manifest] = finished_pulls(config.parent / "store" / "hospital")
    assert sum(each.rows for each in manifest.partitions) > 0
    assert [(each["action"], each.get("outcome")) for each in entries(config)] == [
        ("pull-begun", None),
        ("pull-ended", "data"),
    ]
    assert scr("pull", "--source", "hospital", "--config", config).code == 0
    assert entries(config)[-1]["pull"] == 2


def test_the_demos_own_pull_says_that_the_store_was_not_filled(config):
    assert asyncio.run(pulled(Folder(config.parent))) is False


def test_without_an_agreement_that_names_it_no_source_is_asked(scr, config, source):
    source.asked.clear()

    ended = scr("pull", "--config", config)

    assert (ended.code, "hospital: not asked: " in ended.progress) == (1, True)
    assert source.asked == []
    [ended] = entries(config)
    assert (ended["action"], ended["outcome"], ended["source"]) == (
        *("pull-ended", "not-asked"),
        "hospital",
    )


def test_a_source_that_does_not_answer_is_told_and_nothing_is_at_rest(scr, config, agreed, source):
    text = config.read_text().replace(f"{source.address}/fhir", f"{source.address}/nowhere")
    config.write_text(text)

    ended = scr("pull", "--config", config)

    assert (ended.code, "hospital: stopped, " in ended.progress) == (1, True)
    assert finished_pulls(config.parent / "store" / "hospital") == ()
    assert entries(config)[-1]["outcome"] != "data"


def test_a_pull_that_breaks_off_here_is_on_record_as_ended(scr, config, agreed):
    (config.parent / "keyring.json").unlink()

    ended = scr("pull", "--config", config)

    assert (ended.code, "scr keys init" in ended.progress) == (1, True), ended.progress
    assert [(each["action"], each.get("outcome")) for each in entries(config)] == [
        ("pull-begun", None),
        ("pull-ended", "failed"),
    ]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--source", "mars"), "no bulk source mars"),
        ((), "no [[bulk_source]]"),
    ],
)
def test_what_is_not_in_the_settings_cannot_be_pulled(scr, config, words, told):
    if not words:
        text = config.read_text()
        start = text.index("[[bulk_source]]")
        end = text.find("\n[", start + 3)
        config.write_text(text[:start] + (text[end:] if end > 0 else ""))

    ended = scr("pull", *words, "--config", config)

    assert (ended.code, told in ended.progress) == (2, True)
