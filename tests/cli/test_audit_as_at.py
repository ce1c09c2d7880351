"""`scr audit as-at`: what somebody could have been shown, by an id that is never an argument."""

import io
import json
import sys

import pytest

from adapters.simulators.demo_users import DEMO_USERS
from gateway.keys import KeyPurpose, read_keys
from gateway.patient.ids import PatientIds
from gateway.settings import read_settings
from gateway.wiring import now
from tests.cli.test_audit_report import asked
from tests.cli.test_policy import config, token
from tests.london import London

__all__ = ["config", "token"]

DOCTOR = DEMO_USERS["ed-consultant"].user_id


@pytest.fixture
def patient(config, london: London) -> str:
    keys = read_keys(read_settings(config, {}).key_file)
    return PatientIds(keys.all_of(KeyPurpose.PATIENT_IDS)).seal(london.people["everything"])


@pytest.fixture
def question(config, token):
    who = token("privacy-officer")
    return ["audit", "as-at", *who, "--user", DOCTOR, "--config", config, "--at"]


def test_an_officer_is_told_and_that_is_on_record(scr, config, question):
    ended = scr(*question, now().isoformat())

    told = json.loads(ended.answer)
    assert (ended.code, told["user"], told["person"]) == (0, DOCTOR, None)
    assert asked(config) == [("as-at", "allowed")]


def test_a_person_is_named_in_a_file_or_on_standard_input(
    scr, question, patient, tmp_path, monkeypatch
):
    file = tmp_path / "patient"
    file.write_text(f"{patient}\n")
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{patient}\n"))

    for given in (["--patient-file", file], ["--patient-stdin"]):
        ended = scr(*question, now().isoformat(), *given)

        assert ended.code == 0
        assert json.loads(ended.answer)["person"]["shown_before"] == []


@pytest.mark.parametrize(
    "given", [["yesterday"], ["2026-03-02T09:30:00Z", "--patient-stdin", "--patient-file", "x"]]
)
def test_what_is_misunderstood_ends_the_command(scr, question, given):
    assert scr(*question, *given).code == 2


def test_an_instant_that_is_to_come_ends_the_command(scr, question):
    assert scr(*question, "2999-01-01T00:00:00Z").code == 2
