"""`scr staff`: suspend, list, restore."""

import json

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
