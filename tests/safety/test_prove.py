"""The runner of the full counts knows what it runs, and what its evidence is worth."""

import json
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


def test_evidence_of_a_failure_or_of_a_smaller_count_is_stale(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(prove, "EVIDENCE", tmp_path)
    code = list(PROMISES["P01"].code)
    for kept in ({"failures": 1, "count": 100_000}, {"failures": 0, "count": 10}):
        (tmp_path / "P01.json").write_text(json.dumps({**kept, "code": code, "commit": "HEAD"}))

        assert prove.stale()["P01"] == "the evidence is not of what is promised now"
