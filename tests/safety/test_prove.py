"""The runner of the full counts knows what it runs, and what its evidence is worth."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from tests import prove
from tests.prove import PROMISES, ROOT


@pytest.mark.parametrize("name", PROMISES)
def test_a_promise_names_tests_and_code_that_exist(name: str):
    promise = PROMISES[name]

    assert promise.tests
    assert promise.code
    assert [each for each in (*promise.tests, *promise.code) if not (ROOT / each).exists()] == []


@pytest.mark.parametrize("name", PROMISES)
def test_a_switch_of_a_full_run_is_read_by_its_tests(name: str):
    promise = PROMISES[name]
    read = "".join((ROOT / each).read_text() for each in promise.tests)

    assert [switch for switch in promise.switches if switch not in read] == []


def test_a_promise_without_evidence_is_stale(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(prove, "EVIDENCE", tmp_path)

    assert set(prove.stale()) == set(PROMISES)


def why_stale(folder: Path, **kept: object) -> str | None:
    held = {"failures": 0, "tests": 3, "count": 100_000, "code": PROMISES["P01"].code}
    (folder / "P01.json").write_text(json.dumps({**held, "commit": "HEAD", **kept}))
    return prove.stale().get("P01")


@pytest.mark.parametrize(
    "kept", [{"failures": 1}, {"count": 10}, {"tests": 0}, {"switches": {"SCR_OTHER": "1"}}]
)
def test_evidence_of_a_failure_or_of_less_than_is_promised_is_stale(
    kept: dict[str, object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(prove, "EVIDENCE", tmp_path)
    monkeypatch.setattr(prove, "_changes", lambda _code: "")

    assert why_stale(tmp_path) is None
    assert why_stale(tmp_path, **kept) == "the evidence is not of what is promised now"


def test_evidence_of_other_code_or_of_a_commit_that_is_lost_is_stale(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(prove, "EVIDENCE", tmp_path)
    monkeypatch.setattr(prove, "_changes", lambda _code: "")

    assert why_stale(tmp_path, digest="0" * 64) == "the code has changed since"
    assert why_stale(tmp_path, commit="0" * 40) == "its commit is not in this history"


def test_a_run_that_did_not_come_to_its_end_is_a_failure():
    promise = replace(PROMISES["P01"], tests=("tests/safety/test_there_is_none.py",))

    found = prove._run_share(promise, 1, "0/1")

    assert (found.tests, found.failures) == (0, 1)


def test_a_run_takes_no_options_of_the_run_that_it_is_within(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PYTEST_ADDOPTS", "--there-is-no-such-option")
    promise = replace(PROMISES["P01"], tests=("tests/test_run_seed.py",))

    found = prove._run_share(promise, 1, "0/1")

    assert found.tests > 0
    assert found.failures == 0
