"""Agreements are entered by two people, listed, ended early, and never without a record."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.commands.agreement_files import AgreementFile
from gateway.demo.deployment import Folder, as_toml, deployment
from gateway.demo.simulators import Simulated
from gateway.wiring import now

DAY = timedelta(days=1)
EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "agreement.toml"
PEOPLE = ("--entered-by", "Sam Ade", "--checked-by", "Kim Roy")


def text(**changes: object) -> str:
    """An agreement in force today, as a file; None leaves a line out."""
    today = now().date()
    lines = {
        "id": "london",
        "parties": ["F84004", "RRV", "other:1"],
        "items": ["health-records", "name-contact-age"],
        "purposes": ["TREAT"],
        "starts": today - DAY,
        "ends": today + 30 * DAY,
        "review": today,
        "contact": "who@example.org",
        "document": "https://example.org/text",
        **changes,
    }
    return "".join(
        f"{name} = {json.dumps(value) if isinstance(value, str | list) else value}\n"
        for name, value in lines.items()
        if value is not None
    )


@pytest.fixture
def config(scr, tmp_path: Path) -> tuple[str, Path]:
    """Give the settings of a deployment that has its tables and nothing else."""
    nowhere = dict.fromkeys(Simulated, "http://127.0.0.1:9")
    path = tmp_path / "scr.toml"
    path.write_text(as_toml(deployment(Folder(tmp_path), "http://127.0.0.1:8000", nowhere)))
    scr("db", "upgrade", "--config", path)
    return "--config", path


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "agreement.toml"
    path.write_text(text())
    return path


def listed(scr, config) -> list[dict[str, object]]:
    return json.loads(scr("agreement", "list", "--json", *config).answer)


def feed(**changes: object) -> str:
    """A release that the agreement names; None leaves a line out."""
    lines = {"dataset": "violence", "project": "streets", "recipient": "RRV", **changes}
    said = {name: value for name, value in lines.items() if value is not None}
    return "[[feed]]\n" + "".join(f"{name} = {json.dumps(each)}\n" for name, each in said.items())


def test_an_agreement_names_releases(scr, config, file):
    ethics = {"ethics": "26/LO/1", "ethics_ends": "2030-01-01"}
    file.write_text(text(purposes=["HOPERAT"]) + feed() + feed(project="study", **ethics))
    scr("agreement", "add", file, *PEOPLE, *config)

    [one] = listed(scr, config)
    assert [each["project"] for each in one["feed"]] == ["streets", "study"]
    assert one["feed"][1]["ethics_ends_at"] == "2030-01-01T00:00:00+00:00"
    assert "; feed violence of streets to RRV" in scr("agreement", "list", *config).answer


@pytest.mark.parametrize(
    ("feeds", "purpose", "fault"),
    [
        (feed() + feed(), "HOPERAT", "a feed stands twice"),
        (feed(recipient="RJ1"), "HOPERAT", "a feed's recipient is no party"),
        (feed(), "TREAT", "a feed needs a purpose of planning"),
        (feed(ethics="26/LO/1"), "HRESCH", "an id and an end"),
        (feed(ethics_ends="2030-01-01"), "HRESCH", "an id and an end"),
        (feed(dataset="Violence!"), "HOPERAT", "feed.0.dataset"),
    ],
)
def test_a_release_that_makes_no_sense_is_not_taken_in(scr, config, file, feeds, purpose, fault):
    file.write_text(text(purposes=[purpose]) + feeds)

    ended = scr("agreement", "add", file, *PEOPLE, *config)

    assert (ended.code, fault in ended.progress) == (2, True)


def test_an_agreement_is_entered_listed_and_ended(scr, config, file):
    assert listed(scr, config) == []
    assert (
        "Took in london with 3 parties" in scr("agreement", "add", file, *PEOPLE, *config).progress
    )

    [one] = listed(scr, config)
    assert (one["state"], one["renewal_due"]) == ("in force", True)
    assert one["parties"] == ["F84004", "RRV", "other:1"]
    told = scr("agreement", "list", *config).answer
    assert "london: in force, TO BE RENEWED OR REVIEWED" in told

    assert scr("agreement", "end", "london", "--entered-by", "Sam Ade", *config).code == 0
    [one] = listed(scr, config)
    assert (one["state"], one["renewal_due"]) == ("ended", False)
    assert "london: ended;" in scr("agreement", "list", *config).answer


def test_an_end_may_be_set_for_a_day_to_come(scr, config, file):
    file.write_text(text(starts=now().date() + DAY, review=now().date() + 2 * DAY))
    scr("agreement", "add", file, *PEOPLE, *config)
    assert listed(scr, config)[0]["state"] == "not started"
    later, before = now().date() + 9 * DAY, now().date() - DAY
    by = ("--entered-by", "Sam Ade", *config)

    assert scr("agreement", "end", "london", "--on", later, *by).code == 0
    assert listed(scr, config)[0]["ends"] == f"{later}T00:00:00+00:00"
    assert scr("agreement", "end", "london", "--on", before, *by).code == 2
    assert scr("agreement", "end", "london", "--on", later + DAY, *by).code == 1
    assert scr("agreement", "end", "paris", *by).code == 1


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Sam Ade", "Sam Ade"),
        ("Sam Ade", " sam ade "),
        ("Sam Ade", "Sam  Ade"),
        ("Sam Ade", "Sam\u200b Ade"),
        ("Zo\u00eb", "Zoe\u0308"),
        ("Sam Ade", ""),
        ("Sam Ade", " \u200b"),
        (" ", "Kim Roy"),
    ],
)
def test_one_person_alone_enters_none(scr, config, file, first, second):
    people = ("--entered-by", first, "--checked-by", second)

    assert scr("agreement", "add", file, *people, *config).code == 2
    assert listed(scr, config) == []


def test_nobody_ends_none(scr, config, file):
    scr("agreement", "add", file, *PEOPLE, *config)

    assert scr("agreement", "end", "london", "--entered-by", " ", *config).code == 2
    assert listed(scr, config)[0]["state"] == "in force"


def test_the_same_id_is_not_entered_twice(scr, config, file):
    scr("agreement", "add", file, *PEOPLE, *config)

    ended = scr("agreement", "add", file, *PEOPLE, *config)

    assert ended.code == 1
    assert "end it, and add another" in ended.progress


@pytest.mark.parametrize(
    "content",
    [
        "id = ",
        text(id="London Agreement"),
        text(parties=["F84004"]),
        text(parties=["F84004", "F84004"]),
        text(parties=["F84004", "*"]),
        text(items=[]),
        text(items=["everything"]),
        text(purposes=["HSYSADMIN"]),
        text(purposes=["TREAT", "TREAT"]),
        text(ends=None),
        text(ends=now().date() - 2 * DAY),
        text(review=now().date() + 31 * DAY),
        text(starts=now().date(), ends=now().date(), review=now().date()),
        text(contact="a\nb"),
        text(more="x"),
        text(starts="2026-01-01T10:00:00"),
    ],
)
def test_what_is_no_agreement_is_refused_and_not_repeated(scr, config, file, content):
    file.write_text(content)

    ended = scr("agreement", "add", file, *PEOPLE, *config)

    assert (ended.code, ended.answer) == (2, "")
    assert "who@example.org" not in ended.progress
    assert listed(scr, config) == []


def test_a_file_that_is_not_there_or_no_text_is_refused(scr, config, tmp_path):
    assert scr("agreement", "add", tmp_path / "none", *PEOPLE, *config).code == 1
    (tmp_path / "bytes").write_bytes(b"\xff\xfe")
    assert scr("agreement", "add", tmp_path / "bytes", *PEOPLE, *config).code == 2


def test_an_instant_with_its_zone_is_taken_as_it_is(scr, config, file):
    starts = (now() - DAY).replace(microsecond=0)
    file.write_text(text(starts=starts.isoformat(sep="T")))

    assert scr("agreement", "add", file, *PEOPLE, *config).code == 0
    assert listed(scr, config)[0]["starts"] == starts.isoformat()


def test_the_example_is_a_whole_agreement(scr, config):
    assert scr("agreement", "add", EXAMPLE, *PEOPLE, *config).code == 0
    assert listed(scr, config)[0].keys() >= AgreementFile.model_fields.keys()


def test_a_check_says_that_none_is_in_force_and_which_are_to_be_renewed(scr, config, file):
    def finding() -> dict[str, object]:
        found = json.loads(scr("check", "--json", *config).answer)
        return next(each for each in found if each["what"] == "agreements")

    assert finding() == {
        "what": "agreements",
        "is_fine": False,
        "saw": "none is in force, so nothing is shown: `scr agreement add`",
    }
    scr("agreement", "add", file, *PEOPLE, *config)
    assert finding()["saw"] == "1 in force; to be renewed or reviewed: london"
    file.write_text(text(id="long", ends=now().date() + 400 * DAY, review=now().date() + DAY))
    scr("agreement", "end", "london", "--entered-by", "Sam Ade", *config)
    scr("agreement", "add", file, *PEOPLE, *config)
    assert finding() == {"what": "agreements", "is_fine": True, "saw": "1 in force"}
