"""`scr team`: add, list, end."""

import json
from datetime import timedelta

import pytest

from gateway.wiring import now
from tests.cli.test_policy import config

__all__ = ["config"]

WHO = ("RV3", "Older adults", "555057000101")
BY = ("--entered-by", "Sam Ade")
TOMORROW = (now() + timedelta(days=1)).date().isoformat()
YESTERDAY = (now() - timedelta(days=1)).date().isoformat()


def listed(scr, config) -> list[dict[str, str | None]]:
    return json.loads(scr("team", "list", "--json", "--config", config).answer)


def test_somebody_is_put_on_a_team_listed_and_taken_off(scr, config):
    at = ("--config", config)

    added = scr("team", "add", *WHO, *BY, *at)
    [row] = listed(scr, config)
    told = scr("team", "list", *at).answer
    ended = scr("team", "end", *WHO, *BY, *at)

    assert (added.code, added.progress) == (0, "Added.\n")
    assert (row["organisation"], row["team"], row["user_id"]) == WHO
    assert (row["state"], row["ends_at"]) == ("on it", None)
    assert told.startswith("RV3  Older adults  555057000101  on it; ")
    assert told.endswith(" to no end\n")
    assert (ended.code, [each["state"] for each in listed(scr, config)]) == (0, ["ended"])


def test_days_to_come_are_kept(scr, config):
    at = ("--config", config)
    scr("team", "add", *WHO, *BY, "--starts", TOMORROW, "--ends", "2099-01-01", *at)
    [row] = listed(scr, config)

    assert (row["state"], row["starts_at"]) == ("not started", f"{TOMORROW}T00:00:00+00:00")
    assert scr("team", "end", *WHO, *BY, "--on", "2098-01-01", *at).code == 0
    assert listed(scr, config)[0]["ends_at"] == "2098-01-01T00:00:00+00:00"


def test_nobody_is_put_on_a_team_twice_or_taken_off_twice(scr, config):
    at = ("--config", config)
    scr("team", "add", *WHO, *BY, *at)

    assert scr("team", "add", *WHO, *BY, *at).code == 1
    assert scr("team", "add", *WHO, *BY, "--ends", "2099-01-01", *at).code == 1
    assert scr("team", "end", *WHO, *BY, *at).code == 0
    assert scr("team", "end", *WHO, *BY, *at).code == 1
    assert scr("team", "add", *WHO, *BY, *at).code == 0
    assert [each["state"] for each in listed(scr, config)] == ["ended", "on it"]


@pytest.mark.parametrize(
    "words",
    [
        ("add", "RV3", "", WHO[2], *BY),
        ("add", "RV3", "a\nb", WHO[2], *BY),
        ("add", "RV3", "Older adults", "x" * 201, *BY),
        ("add", "ZZ9", *WHO[1:], *BY),
        ("add", *WHO, "--entered-by", ""),
        ("add", *WHO, *BY, "--starts", TOMORROW, "--ends", TOMORROW),
        ("add", *WHO, *BY, "--ends", YESTERDAY),
        ("add", *WHO, *BY, "--starts", "soon"),
        ("end", *WHO, *BY, "--on", YESTERDAY),
        ("end", "", *WHO[1:], *BY),
    ],
)
def test_what_makes_no_sense_is_refused(scr, config, words):
    assert scr("team", *words, "--config", config).code == 2
    assert listed(scr, config) == []
