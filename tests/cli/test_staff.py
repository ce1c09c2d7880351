"""`scr staff`: suspend, list, restore."""

import json
import sqlite3

import pytest

from tests.cli.test_policy import config

__all__ = ["config"]

SUBJECT = "555057000101"


def test_somebody_is_suspended_listed_and_restored(scr, config):
    at = ("--config", config)

    taken = scr("staff", "suspend", SUBJECT, "--why", "Left the practice", *at)
    listed = scr("staff", "list", *at)
    [row] = json.loads(scr("staff", "list", *at, "--json").answer)
    given_back = scr("staff", "restore", SUBJECT, *at)

    assert (taken.code, taken.progress) == (0, "Suspended; 0 sessions ended.\n")
    assert SUBJECT in listed.answer
    assert (row["user_id"], row["role_profile_id"], row["why"]) == (
        SUBJECT,
        "*",
        "Left the practice",
    )
    assert (given_back.code, scr("staff", "list", *at).answer) == (0, "")


def test_one_role_profile_is_suspended_and_restored_as_such(scr, config):
    at, profile = ("--config", config), ("--role-profile", "555211000101")
    scr("staff", "suspend", SUBJECT, *profile, "--why", "Left this ward", *at)

    assert scr("staff", "restore", SUBJECT, *at).code == 1
    assert scr("staff", "restore", SUBJECT, *profile, *at).code == 0


@pytest.mark.parametrize("odd", ["", "x" * 201, "a\nb", "a\x1b[2J"])
def test_a_word_that_is_none_is_refused(scr, config, odd):
    ended = scr("staff", "suspend", odd, "--why", "left", "--config", config)

    assert ended.code == 2
    assert scr("staff", "list", "--config", config).answer == ""


HEAD = "organisation,user_id,nhs_number,postcode,address_line\n"


@pytest.fixture
def staff_file(tmp_path):
    def write(text):
        path = tmp_path / "staff.csv"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def known_to(config):
    with sqlite3.connect(config.with_name("demo.db")) as connection:
        return connection.execute("SELECT * FROM staff_member ORDER BY user_id").fetchall()


def test_staff_are_known_by_hashes_alone(scr, config, staff_file):
    file = staff_file(f"{HEAD}F84004,u1,999 000 0018,NW1 1AA,12 Albion Road\nRRV,u2,,,\n")

    ended = scr("staff", "know", file, "--entered-by", "Sam Ade", "--config", config)

    assert (ended.code, ended.answer) == (0, "")
    assert ended.progress == "2 members of staff are known now. Destroy the file.\n"
    [first, second] = known_to(config)
    assert (len(first[2]), len(first[3]), second[2:4]) == (64, 64, (None, None))
    assert not {"9990000018", "NW1 1AA", "12 Albion Road"} & {str(each) for each in first}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("user_id\nu1\n", "The first line must be"),
        (HEAD, "names nobody"),
        (f"{HEAD}XYZ,u1,,,\n", "Line 2: an organisation of the settings"),
        (f"{HEAD}RRV,,,,\n", "Line 2: an organisation of the settings"),
        (f"{HEAD}RRV,u1,9990000019,,\n", "Line 2: the NHS number is none"),
        (f"{HEAD}RRV,u1,,\n", "Line 2: it has 5 columns"),
        (f"{HEAD}RRV,u1,,,,more\n", "Line 2: it has 5 columns"),
        (f"{HEAD}RRV,u1,,,{'x' * 201}\n", "Line 2: it has 5 columns"),
        (f"{HEAD}RRV,u1,,,\nRRV,u1,,,\n", "Entry 2: this member of staff stands twice"),
        (f'{HEAD}RRV,"u1,,,\n', "no table of commas"),
    ],
)
def test_a_file_of_staff_that_is_odd_is_refused_whole(scr, config, staff_file, text, told):
    file = staff_file(text)

    ended = scr("staff", "know", file, "--entered-by", "Sam Ade", "--config", config)

    assert ended.code == 2
    assert told in ended.progress
    assert known_to(config) == []
