"""One run has one seed, whoever reads it."""

import os

import pytest

from tests.run_seed import SWITCH, choose_seed, pytest_report_header


def seed() -> str:
    return os.environ[SWITCH]  # noqa: TID251 - what the tests read


def test_a_seed_that_is_given_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SWITCH, "11")

    choose_seed()

    assert seed() == "11"


def test_a_seed_is_chosen_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(SWITCH)

    choose_seed()
    chosen = seed()
    choose_seed()

    assert seed() == chosen
    assert int(chosen) > 0


def test_the_header_says_how_to_repeat_a_run() -> None:
    assert f"{SWITCH}={seed()}" in pytest_report_header()
