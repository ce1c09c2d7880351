"""`scr check --source` tells an integration engineer what a source does, and what to mend."""

import io
import json

import pytest

from adapters.simulators.faults import FaultKind
from gateway.demo.deployment import Folder, as_toml, deployment
from gateway.demo.simulators import Simulated

UNREACHABLE = "http://127.0.0.1:9"


@pytest.fixture
def settings(london, tmp_path):
    """Give the settings of a demo over the simulated London, with short deadlines."""
    places = {Simulated(name): each for name, each in london.addresses.items()}
    document = deployment(Folder(tmp_path), "http://127.0.0.1:8000", places)
    for source in document["source"]:
        source["deadline_seconds"] = 1.0
    path = tmp_path / "scr.toml"
    path.write_text(as_toml(document))
    yield path
    london.clear_faults()


@pytest.fixture
def person(london, tmp_path):
    path = tmp_path / "number"
    path.write_text(f" {london.people['everything'].grouped}\n")
    return path


@pytest.fixture
def tried(scr, settings, person):
    """Give a function that tries a source out with a test person: exit status, and trials by name."""

    def try_out(source, *words):
        command = ("check", "--config", settings, "--source", source, "--json", *words)
        ended = scr(*command, "--number-file", person)
        assert not any(digits in ended.answer + ended.progress for digits in shapes(person))
        return ended.code, trials_of(json.loads(ended.answer))

    return try_out


def shapes(person):
    """Give the ways in which the number must not be told."""
    grouped = person.read_text().strip()
    return {grouped, grouped.replace(" ", "")}


def trials_of(document):
    return {each["trial"]: each for each in document["trials"]}


def standings(trials, *names):
    return [trials[name]["standing"] for name in names]


@pytest.mark.parametrize("source", ["hospital", "ambulance"])
def test_a_good_r4_source_passes_every_trial(tried, source):
    code, trials = tried(source)

    assert code == 0
    assert {each["standing"] for each in trials.values()} <= {"fine", "remark", "untried"}
    assert "FHIR 4.0.1" in trials["description"]["saw"]
    assert trials["test person"]["saw"] == "1 Patient found, carrying the number asked for"
    assert standings(trials, "unknown person", "unknown type", "paging") == ["fine"] * 3
    assert standings(trials, "$everything", "Observation by patient", "timing") == ["fine"] * 3


def test_a_good_practice_passes_every_trial(tried):
    code, trials = tried("gp", "--practice", "F84004")

    assert code == 0
    assert "FHIR 3.0.1" in trials["description"]["saw"]
    names = ("no Spine headers", "bad token", "unknown person", "test person", "timing")
    assert standings(trials, *names) == ["fine"] * 5


def test_pds_passes_every_trial(tried):
    code, trials = tried("pds")

    assert code == 0
    assert standings(trials, "admission", "unknown person", "test person") == ["fine"] * 3


@pytest.mark.parametrize(
    ("fault", "trial", "saw", "remedy"),
    [
        (FaultKind.ERROR_500, "admission", "status 500", "ask those who run it"),
        (FaultKind.UNAUTHORISED_401, "admission", "status 401", "credentials are not taken"),
        (FaultKind.ERROR_429, "admission", "status 429", "raise our limit"),
        (FaultKind.LOGIN_PAGE, "description", "text/html, not FHIR JSON", "sign-in page"),
        (FaultKind.REDIRECT, "description", "a redirect", "the source itself answers"),
        (FaultKind.TRUNCATED, "description", "cut off", "proxy"),
        (FaultKind.MALFORMED_JSON, "description", "cannot be read as JSON", "CapabilityStatement"),
        (FaultKind.OPERATION_OUTCOME_200, "description", "OperationOutcome", "CapabilityStatement"),
        (FaultKind.BAD_PAGING, "test person", "leads away", "under base_url"),
        (FaultKind.BAD_PAGING_LOOP, "$everything", "read already", "no next link"),
        (FaultKind.WRONG_PATIENT, "test person", "1 of 1 found carry another", "must carry it"),
    ],
)
def test_each_fault_of_a_source_is_named_with_its_remedy(tried, london, fault, trial, saw, remedy):
    london.faults["hospital"].set(fault)

    code, trials = tried("hospital")

    assert code == 1
    assert trials[trial]["standing"] == "problem"
    assert saw in trials[trial]["saw"]
    assert remedy in trials[trial]["remedy"]


def test_what_several_types_share_is_told_once(tried, london):
    london.faults["hospital"].set(FaultKind.BAD_PAGING)

    _code, trials = tried("hospital")

    [shared] = [name for name in trials if "Observation" in name]
    assert shared.startswith("AllergyIntolerance, Appointment, ")
    assert trials["paging"]["standing"] == "untried"


@pytest.mark.parametrize("source", ["hospital", "pds"])
def test_a_source_that_hangs_is_asked_no_further(tried, london, source):
    london.faults[source].set(FaultKind.HANG)

    code, trials = tried(source)

    assert code == 1
    assert list(trials) == ["connection", "everything else"]
    assert trials["connection"]["saw"] == "no whole answer in time"


@pytest.mark.parametrize("source", ["gp", "pds"])
def test_a_source_of_another_kind_that_fails_is_asked_no_further(tried, london, source):
    london.faults[source].set(FaultKind.ERROR_500)

    code, trials = tried(source, "--practice", "F84004")

    assert code == 1
    assert list(trials)[-1] == "everything else"
    assert [each["standing"] for each in trials.values()][-2:] == ["problem", "untried"]


def test_a_source_that_is_not_there(scr, settings, london, person):
    text = settings.read_text().replace(london.addresses["hospital"], UNREACHABLE)
    settings.write_text(text)

    ended = scr("check", "--config", settings, "--source", "hospital")

    assert ended.code == 1
    assert "PROBLEM  connection: no connection, or one that broke off" in ended.answer
    assert "Check that base_url is right" in ended.answer
    assert ended.answer.endswith("Problems found: 1.\n")


def test_without_a_test_person_the_rest_is_still_tried(scr, settings):
    ended = scr("check", "--config", settings, "--source", "hospital")

    assert ended.code == 0
    assert "ok       unknown type: refused with status 404" in ended.answer
    assert "untried  test person: no test number was given (--number-file)" in ended.answer
    assert ended.answer.endswith("No problem was found.\n")


def test_the_number_may_come_by_standard_input(scr, settings, person, monkeypatch):
    piped = io.TextIOWrapper(io.BytesIO(person.read_bytes()))
    monkeypatch.setattr("sys.stdin", piped)

    ended = scr("check", "--config", settings, "--source", "pds", "--number-file", "-")

    assert ended.code == 0
    assert "ok       test person: found, and readable in full" in ended.answer


def test_a_person_whom_the_source_does_not_know(scr, settings, tmp_path):
    (tmp_path / "number").write_text("9999999913")
    told = {
        source: scr("check", "--config", settings, *words, "--number-file", tmp_path / "number")
        for source, words in {
            "hospital": ("--source", "hospital"),
            "pds": ("--source", "pds"),
            "gp": ("--source", "gp", "--practice", "F84004"),
        }.items()
    }

    assert {ended.code for ended in told.values()} == {1}
    assert "no Patient has this number" in told["hospital"].answer
    assert "PROBLEM  test person: not found" in told["pds"].answer
    assert "outcome refused (not-found, status 404)" in told["gp"].answer


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--source", "nowhere"), "no source nowhere in the settings; there are pds, gp"),
        (("--source", "gp"), "Name one practice with --practice; the settings have F84004"),
        (("--source", "gp", "--practice", "X"), "Name one practice"),
        (("--practice", "F84004"), "go with --source"),
        (("--number-file", "x"), "go with --source"),
        (("--source", "pds", "--number-file", "none"), "cannot be read: none: No such file"),
    ],
)
def test_what_cannot_be_meant_is_told(scr, settings, words, told):
    ended = scr("check", "--config", settings, *words)

    assert (ended.code, ended.answer) == (2, "")
    assert told in ended.progress


@pytest.mark.parametrize("text", ["", "9434765918", "9434765919 x", "943476591é"])
def test_what_is_no_nhs_number_is_not_repeated(scr, settings, tmp_path, text):
    (tmp_path / "number").write_text(text)

    ended = scr(
        "check", "--config", settings, "--source", "pds", "--number-file", tmp_path / "number"
    )

    assert ended.code == 2
    assert "must hold one NHS number" in ended.progress
    assert "9434" not in ended.progress


def test_practices_are_asked_in_somebodys_name_or_not_at_all(scr, settings):
    lines = settings.read_text().splitlines()
    organisations = lines.index("[[organisation]]")
    kept = [n for n, line in enumerate(lines) if n < organisations or "asid" not in line]
    settings.write_text("\n".join(lines[n] for n in kept))

    ended = scr("check", "--config", settings, "--source", "gp", "--practice", "F84004")

    assert ended.code == 1
    assert "No organisation has an asid" in ended.progress


def test_a_check_of_everything_says_what_is_known_of_each_source(scr, settings, london):
    london.faults["hospital"].set(FaultKind.UNAUTHORISED_401)

    ended = scr("check", "--config", settings)

    lines = {line.split(": ")[0]: line for line in ended.answer.splitlines()}
    assert "CapabilityStatement of FHIR 4.0.1" in lines["ok     source ambulance"]
    assert "a search with no credentials is answered" in lines["ok     source ambulance"]
    assert "CapabilityStatement of FHIR 3.0.1" in lines["ok     source gp, practice F84004"]
    assert "PDS answers us" in lines["ok     source pds"]
    assert "status 401" in lines["FAULT  source hospital"]
    assert "`scr check --source hospital` says more" in lines["FAULT  source hospital"]
