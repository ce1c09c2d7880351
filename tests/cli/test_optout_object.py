"""`scr optout object` keeps who objected here by the store's names, from NHS numbers that are kept nowhere."""

import asyncio
import io
import shutil
from pathlib import Path
from typing import Any

import pytest

from gateway.planning_keys import KeyringPlace, open_custody
from gateway.population.keys.marks import current_mark
from gateway.population.objections import objected_in
from gateway.population.pull_files import alone_in
from tests.cli.planning_config import GEOGRAPHY, planning_config
from tests.cli.test_optout import entries, store_name
from tests.contract.bulk.asking import WORLD

ANN, BEN, CAT, *_ = (each.resident.nhs_number for each in WORLD.lives())

pytestmark = pytest.mark.skipif(not GEOGRAPHY.exists(), reason="the published samples are not here")


@pytest.fixture
def config(scr: Any, london: Any, template: Path, tmp_path: Path) -> Path:
    """A deployment with a place for objections, before anything was pulled."""
    shutil.copy(template, tmp_path / "demo.db")
    shutil.copy(template.with_suffix(".keys"), tmp_path / "keys.json")
    scr("keys", "init", tmp_path / "keyring.json", "--purpose", "store")
    path = planning_config(tmp_path, london.addresses, "http://127.0.0.1:9/fhir")
    kept = f'[population]\nobjections_file = "{tmp_path / "objections"}"'
    path.write_text(path.read_text().replace("[population]", kept))
    return path


@pytest.fixture
def say(scr: Any, config: Path, monkeypatch: pytest.MonkeyPatch):
    """Give a function that hands text to the command, and gives how it ended."""

    def run(text: str, *options: str):
        monkeypatch.setattr("sys.stdin", io.StringIO(text))
        return scr("optout", "object", *options, "--config", config)

    return run


def lines(*people) -> str:
    return "".join(f"{each.digits}\n" for each in people)


def objected(config: Path) -> frozenset[str]:
    async def mark() -> str:
        async with open_custody(KeyringPlace(config.parent / "keyring.json"), {}, None) as custody:
            return await current_mark(custody)

    return objected_in(config.parent / "objections", asyncio.run(mark()))


def named(config: Path, *people) -> frozenset[str]:
    return frozenset(store_name(config, each) for each in people)


def on_record(config: Path) -> list[tuple[str, str]]:
    return [(each["why"], each["user_id"]) for each in entries(config)]


def test_de_05_who_objects_is_kept_whoever_objected_before_and_each_run_is_on_record(config, say):
    first, second = say(lines(ANN), "--anew"), say(f"{BEN.grouped}\n\n{lines(ANN)}")

    assert (first.code, second.code) == (0, 0), second.progress
    assert "2 people object here" in second.progress
    assert objected(config) == named(config, ANN, BEN)
    assert on_record(config) == [
        ("opt-outs", "scr optout object --anew"),
        ("opt-outs", "scr optout object"),
    ]


def test_who_objects_no_more_may_be_used_again(config, say):
    say(lines(ANN, BEN), "--anew")

    assert say(lines(ANN), "--withdraw").code == 0
    assert objected(config) == named(config, BEN)


def test_de_05_no_number_is_told_logged_or_on_disk(config, say, caplog):
    ended = say(lines(ANN, BEN), "--anew")

    on_disk = b"".join(each.read_bytes() for each in config.parent.rglob("*") if each.is_file())
    told = f"{ended.answer}{ended.progress}{caplog.text}".encode() + on_disk
    assert [each.digits for each in (ANN, BEN) if each.digits.encode() in told] == []


def test_t23_after_the_stores_key_was_rotated_all_are_named_anew(scr, config, say):
    say(lines(ANN, BEN), "--anew")
    before = (config.parent / "objections").read_bytes()
    keyring = config.parent / "keyring.json"
    rotated = scr("keys", "rotate", keyring, "--purpose", "store", "--ends-releases")
    assert rotated.code == 0, rotated.progress

    refused = say(lines(CAT))

    assert (refused.code, "--anew" in refused.progress) == (1, True), refused.progress
    assert (config.parent / "objections").read_bytes() == before
    assert say(lines(BEN, CAT), "--anew").code == 0
    assert objected(config) == named(config, BEN, CAT)


@pytest.mark.parametrize(
    ("text", "options", "told"),
    [
        ("", (), "No NHS number was given"),
        (f"{ANN.digits}\n{BEN.digits[:-1]}\n", (), "Line 2 is no NHS number"),
        (lines(ANN), ("--withdraw", "--anew"), "Either --withdraw or --anew"),
    ],
)
def test_what_cannot_be_meant_changes_nothing_and_is_told_without_a_number(
    config, say, text, options, told
):
    ended = say(text, *options)

    assert (ended.code, told in ended.progress) == (2, True), ended.progress
    assert not any(each and each in ended.progress for each in text.splitlines())
    assert (config.parent / "objections").exists() is False
    assert on_record(config) == []


def test_two_who_change_objections_at_once_are_told_apart(config, say):
    with alone_in(config.parent):
        ended = say(lines(ANN))

    assert (ended.code, "try again" in ended.progress) == (1, True), ended.progress


@pytest.mark.parametrize("options", [(), ("--withdraw",)])
def test_de_05_a_file_that_is_missing_is_not_begun_unasked(config, say, options):
    ended = say(lines(ANN), *options)

    assert (ended.code, "Begin it with --anew" in ended.progress) == (1, True), ended.progress
    assert (config.parent / "objections").exists() is False


def test_without_a_place_for_them_nothing_is_on_record(config, say):
    text = config.read_text().splitlines()
    left = [each for each in text if not each.startswith("objections_file")]
    config.write_text("\n".join(left))

    ended = say(lines(ANN))

    assert (ended.code, "no objections_file" in ended.progress) == (2, True), ended.progress
    assert on_record(config) == []


def test_without_a_key_nobody_can_be_named(config, say):
    (config.parent / "keyring.json").unlink()

    ended = say(lines(ANN))

    assert (ended.code, "scr keys init" in ended.progress) == (1, True), ended.progress
    assert (config.parent / "objections").exists() is False
