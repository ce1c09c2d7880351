"""The runner of the full counts knows what it runs, and what its evidence is worth."""

import json
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

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


def run_of(*tests: str) -> tuple[int, int]:
    found = prove._run_share(replace(PROMISES["P01"], tests=tests), 1, "0/1")
    return found.tests, found.failures


QUICK = "tests/test_run_seed.py"


def test_a_run_that_did_not_come_to_its_end_is_a_failure():
    assert run_of("tests/safety/test_there_is_none.py") == (0, 1)


def test_a_run_of_which_one_file_tries_nothing_is_a_failure():
    assert run_of(QUICK)[1] == 0
    assert run_of(QUICK, "tests/run_seed.py") == (0, 1)


@pytest.mark.parametrize(
    ("status", "failures"), [(pytest.ExitCode.OK, 0), (pytest.ExitCode.TESTS_FAILED, 1)]
)
def test_a_run_that_ends_badly_with_no_test_to_blame_is_a_failure(status: int, failures: int):
    promise = replace(PROMISES["P01"], tests=(QUICK,))
    told = ElementTree.fromstring(
        f'<testsuite tests="1" failures="0" errors="0" skipped="0"><testcase name="one" file="{QUICK}"/></testsuite>'
    )

    assert prove._what_came(promise, status, told).failures == failures


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PYTEST_ADDOPTS", "--there-is-no-such-option"),
        ("PYTEST_PLUGINS", "there_is_no_such_plugin"),
        ("SCR_PROVE_COUNT", "not a number"),
    ],
)
def test_a_run_takes_nothing_that_steers_the_run_it_is_within(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv(name, value)

    tests, failures = run_of(QUICK)

    assert tests > 0
    assert failures == 0
    assert name not in prove._inherited()
