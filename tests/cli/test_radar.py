"""`scr audit radar` and `scr simulate traffic`: looked for from the command line, and something to look at."""

import json

from tests.cli.test_policy import config

__all__ = ["config"]


def test_an_audit_without_snooping_gives_no_alert(scr, config):
    ended = scr("audit", "radar", "--config", config)

    assert (ended.code, ended.answer, ended.progress) == (0, "", "0 new alerts.\n")


def test_the_radar_looks_at_most_once_a_minute(scr, config):
    assert scr("audit", "radar", "--every", "59", "--config", config).code == 2


def test_traffic_to_nowhere_fails_and_says_what_to_do(scr, tmp_path):
    (tmp_path / "password").write_text("p")
    nowhere = "http://127.0.0.1:9"
    truth = tmp_path / "truth.jsonl"

    ended = scr(
        *("simulate", "traffic", "--base-url", nowhere, "--identity", nowhere, "--patients", "40"),
        *("--password-file", tmp_path / "password", "--truth", truth, "--snooping", "0.1"),
    )

    assert ended.code == 1
    assert "Is `scr demo` running?" in ended.progress
    told = [json.loads(line) for line in truth.read_text().splitlines()]
    assert {each["snooping"] is None for each in told} == {True, False}


def test_traffic_without_a_password_is_refused(scr, tmp_path):
    ended = scr("simulate", "traffic", "--password-file", tmp_path / "none")

    assert ended.code == 2
    assert "--password-file" in ended.progress
