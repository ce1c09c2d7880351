"""What cannot be done is told in one sentence with a documented exit status, never in a traceback."""

import socket

import pytest

from tests.cli.running_demo import free_port

WHOLE = """
base_url = "https://record.example"
database_url = "sqlite:///{folder}/scr.db"
key_file = "{folder}/keys.json"

[[source]]
id = "pds"
kind = "pds"
base_url = "https://pds.example"
"""


@pytest.fixture
def settings(tmp_path):
    """Give a function that writes settings, with parts of them replaced."""

    def write(*replaced):
        text = WHOLE.format(folder=tmp_path)
        for old, new in replaced:
            text = text.replace(old, new)
        path = tmp_path / "scr.toml"
        path.write_text(text)
        return path

    return write


@pytest.fixture
def taken():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


def failed(ended, code, *told):
    assert (ended.code, ended.answer) == (code, "")
    assert "Traceback" not in ended.progress
    assert all(each in ended.progress for each in told), ended.progress


def prepare(scr, config, tmp_path):
    assert scr("keys", "init", tmp_path / "keys.json").code == 0
    assert scr("db", "upgrade", "--config", config).code == 0
    assert scr("policy", "activate", "--config", config).code == 0


@pytest.mark.parametrize("kind", ["pds", "identity"])
def test_a_simulator_on_a_taken_port(scr, tmp_path, taken, kind):
    (tmp_path / "password").write_text("p")
    words = ("--password-file", tmp_path / "password")

    failed(
        scr("simulate", kind, "--port", taken, *words), 1, f"Port {taken} of 127.0.0.1", "in use"
    )


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "needs --password-file"),
        (("--password-file", "none"), "The password file cannot be read: none: No such file"),
        (("--password-file", "/"), "/: Is a directory"),
    ],
)
def test_an_identity_provider_without_a_password(scr, words, told):
    failed(scr("simulate", "identity", "--port", "0", *words), 2, told)


def test_a_demo_on_a_taken_port(scr, tmp_path, taken):
    failed(scr("demo", "--port", taken, "--dir", tmp_path), 1, "in use", "Give --port another.")


def test_a_demo_in_a_folder_that_cannot_be_made(scr, tmp_path):
    (tmp_path / "file").touch()

    ended = scr("demo", "--port", free_port(), "--dir", tmp_path / "file" / "demo")

    failed(ended, 1, "file/demo", "Give --dir another folder.")


def test_a_gateway_on_a_taken_port(scr, settings, tmp_path, taken):
    config = settings()
    prepare(scr, config, tmp_path)

    failed(scr("serve", "--config", config, "--port", taken), 1, f"Port {taken}", "in use")


def test_an_address_that_is_none_of_this_machines(scr, settings, tmp_path):
    config = settings()
    prepare(scr, config, tmp_path)

    failed(scr("serve", "--config", config, "--host", "256.1.1.1"), 1, "of 256.1.1.1")


def test_a_gateway_without_keys_fails_as_every_command_does(scr, settings, tmp_path):
    config = settings()
    prepare(scr, config, tmp_path)
    (tmp_path / "keys.json").write_text("junk")

    ended = scr("serve", "--config", config, "--port", "0")

    failed(ended, 1, "The key file cannot be read", "The gateway did not start")


@pytest.mark.parametrize("command", [("db", "upgrade"), ("policy", "activate"), ("serve",)])
def test_a_database_in_a_folder_that_is_not_there(scr, settings, command):
    config = settings(("/scr.db", "/nowhere/scr.db"))

    failed(scr(*command, "--config", config), 1, "database")


def test_looking_for_a_database_does_not_make_one(scr, settings, tmp_path):
    failed(scr("serve", "--config", settings()), 1, "scr db upgrade")

    assert not (tmp_path / "scr.db").exists()


@pytest.mark.parametrize("address", ["nonsense", "mysql://u:hunter2@h/d", "sqlite://"])
def test_a_database_address_that_is_not_understood_is_not_repeated(
    scr, settings, tmp_path, address
):
    config = settings((f"sqlite:///{tmp_path}/scr.db", address))

    ended = scr("db", "upgrade", "--config", config)

    failed(ended, 2, "The database address is not understood")
    assert "hunter2" not in ended.progress


def test_a_postgresql_that_does_not_answer(scr, settings, tmp_path):
    config = settings((f"sqlite:///{tmp_path}/scr.db", "postgresql://scr@127.0.0.1:9/x"))

    failed(scr("db", "upgrade", "--config", config), 1, "nothing was changed")


def test_settings_that_are_no_toml(scr, tmp_path):
    path = tmp_path / "scr.toml"
    path.write_text("base_url = \n")

    failed(scr("serve", "--config", path), 2, "scr.toml is no TOML (at line 1, column 12)")


def test_settings_that_are_a_folder(scr, tmp_path):
    failed(scr("db", "upgrade", "--config", tmp_path), 2, "cannot be read: Is a directory")


def test_documents_that_cannot_be_written(scr, tmp_path):
    (tmp_path / "settings.md").mkdir()

    failed(scr("docs", "--dir", tmp_path), 1, "A document cannot be read or written", "settings.md")


def test_keys_in_a_folder_that_is_not_there(scr, tmp_path):
    failed(scr("keys", "init", tmp_path / "no" / "keys.json"), 1, "No such file or directory")
