"""Every command explains itself, ends with the right code, and says nothing it should not."""

import json
from pathlib import Path

import pytest

from gateway.demo.deployment import Folder, as_toml, deployment
from gateway.demo.simulators import Simulated

COMMANDS = [
    ("demo",),
    ("serve",),
    ("simulate",),
    ("simulate", "traffic"),
    ("simulate", "bulk"),
    ("check",),
    ("docs",),
    ("bench",),
    ("policy", "show"),
    ("policy", "matrix"),
    ("policy", "diff"),
    ("policy", "test"),
    ("policy", "bootstrap"),
    ("policy", "propose"),
    ("policy", "approve"),
    ("policy", "activate"),
    ("policy", "rollback"),
    ("policy", "explain"),
    ("agreement", "add"),
    ("agreement", "list"),
    ("agreement", "end"),
    ("staff", "know"),
    ("audit", "radar"),
    ("keys", "init"),
    ("db", "upgrade"),
    ("db", "invent"),
]


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    """Give a settings file whose sources do not answer."""
    nowhere = dict.fromkeys(Simulated, "http://127.0.0.1:9")
    document = deployment(Folder(tmp_path), "http://127.0.0.1:8000", nowhere)
    path = tmp_path / "scr.toml"
    path.write_text(as_toml(document))
    return path


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_command_gives_help_with_an_example(scr, words):
    ended = scr(*words, "--help")

    assert ended.code == 0
    assert f"scr {' '.join(words)}" in ended.answer.split("Examples:")[1]


def test_the_default_policy_is_shown_rule_by_rule(scr):
    shown = json.loads(scr("policy", "show", "--json").answer)

    assert shown["origin"] == "default"
    assert shown["rules"][0].keys() >= {"role", "category", "level", "effect"}


def test_the_matrix_of_one_role_holds_that_role_alone(scr):
    rows = json.loads(scr("policy", "matrix", "--json", "--role", "paramedic").answer)

    assert {row["role"] for row in rows} == {"paramedic"}
    assert {row["category"] for row in rows} >= {"allergies", "medications"}


def test_the_matrix_reads_as_tables(scr):
    assert "| role | at | demographics |" in scr("policy", "matrix").answer


def test_the_tables_of_one_role_hold_that_role_alone(scr):
    told = scr("policy", "matrix", "--role", "paramedic").answer

    rows = [line.split(" | ")[0] for line in told.splitlines() if line.startswith("| ")]
    assert set(rows) == {"| role", "| paramedic"}


@pytest.mark.parametrize("command", ["show", "matrix"])
def test_settings_that_would_not_be_read_are_refused(scr, tmp_path, command):
    ended = scr("policy", command, "--config", tmp_path / "none.toml")

    assert (ended.code, ended.answer) == (2, "")
    assert "--config goes with --active" in ended.progress


def test_keys_are_made_once_and_never_replaced(scr, tmp_path):
    path = tmp_path / "keys.json"

    assert scr("keys", "init", path).code == 0
    made = path.read_bytes()
    again = scr("keys", "init", path)

    assert again.code == 1
    assert "would lose" in again.progress
    assert path.read_bytes() == made


def test_keys_that_cannot_be_written_are_a_failure(scr, tmp_path):
    assert scr("keys", "init", tmp_path / "nowhere" / "keys.json").code == 1


def test_a_deployment_is_prepared_step_by_step(scr, settings, tmp_path):
    config = ("--config", settings)

    assert scr("keys", "init", tmp_path / "keys.json").code == 0
    assert scr("db", "upgrade", *config).code == 0
    assert scr("policy", "show", "--active", *config).code == 1
    assert scr("policy", "activate", *config).code == 0
    assert "nothing was changed" in scr("policy", "activate", *config).progress
    assert "invented relationships" in scr("db", "invent", "--patients", "30", *config).progress
    assert scr("policy", "show", "--active", *config).answer.startswith("active policy")


def test_invented_people_are_refused_outside_a_demo(scr, settings, tmp_path):
    settings.write_text(settings.read_text().replace('"demo"', '"production"', 1))
    scr("keys", "init", tmp_path / "keys.json")
    scr("db", "upgrade", "--config", settings)

    ended = scr("db", "invent", "--config", settings)

    assert ended.code == 2
    assert "profile must be demo" in ended.progress


def test_a_check_lists_every_fault_of_a_deployment(scr, settings):
    ended = scr("check", "--config", settings)

    faults = [line for line in ended.answer.splitlines() if line.startswith("FAULT")]
    assert ended.code == 1
    assert (
        len(faults) == 12
    )  # keys, database, policy, agreements, identity provider, PDS, 4 practices, 2 more
    assert "source hospital: connection: no connection" in ended.answer


def test_a_check_lists_every_fault_of_the_settings_at_once(scr, tmp_path):
    path = tmp_path / "scr.toml"
    path.write_text('profile = "holiday"\nbase_url = "nowhere"\nkey_file = "secret-value"\n')

    ended = scr("check", "--config", path, "--json")

    found = [each["saw"].split(":")[0] for each in json.loads(ended.answer)]
    assert ended.code == 1
    assert found == ["profile", "base_url", "database_url", "source"]
    assert "holiday" not in ended.answer


@pytest.mark.parametrize("words", [("serve",), ("db", "upgrade"), ("policy", "activate")])
def test_settings_that_cannot_be_read_are_not_understood(scr, tmp_path, words):
    ended = scr(*words, "--config", tmp_path / "none.toml")

    assert ended.code == 2
    assert "none.toml cannot be read" in ended.progress


def test_a_database_of_another_version_is_not_served(scr, settings):
    ended = scr("serve", "--config", settings)

    assert ended.code == 1
    assert "scr db upgrade" in ended.progress


def test_documents_that_are_not_current_are_named_and_then_written(scr, tmp_path):
    stale = scr("docs", "--check", "--dir", tmp_path)
    written = scr("docs", "--dir", tmp_path)

    assert stale.code == 1
    assert "settings.md, roles.md, agreements.md, population-allow-list.md" in stale.progress
    assert "4 documents current, 4 of them written now" in written.progress
    assert scr("docs", "--check", "--dir", tmp_path).code == 0


def test_documents_elsewhere_than_in_the_source_tree_are_not_understood(scr, tmp_path):
    assert scr("docs", "--dir", tmp_path / "nowhere").code == 2


def test_a_benchmark_that_does_not_exist_is_not_understood(scr):
    ended = scr("bench", "nothing")

    assert ended.code == 2
    assert "everything" in ended.progress


def test_published_records_are_served_from_a_folder_that_is_there_and_asked_for(scr, tmp_path):
    assert scr("simulate", "gp", str(tmp_path), "--port", "0").code == 2
    assert scr("simulate", "gp", "--port", "0", "--data", str(tmp_path / "nowhere")).code == 1


def test_nothing_is_published_for_the_london_service(scr, tmp_path):
    ended = scr("simulate", "gp-london", "--port", "0", "--data", str(tmp_path))

    assert ended.code == 2
