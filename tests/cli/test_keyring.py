"""`scr keys` makes, rotates and destroys planning keys, whoever holds the roots."""

import base64
import json
import socket

import pytest

from adapters.simulators.kms import KeyServiceWorld, create_app
from gateway.wiring import now
from tests.population.pull.served import _serving

VIOLENCE = ("--purpose", "project", "--project", "violence", "--recipient", "CSP1")


@pytest.fixture
def ring(tmp_path):
    return tmp_path / "keyring.json"


@pytest.fixture(params=["file", "environment", "kms"])
def roots(request, monkeypatch):
    """Roots as each kind of custody has them."""
    monkeypatch.setenv("SCR_KEYS_ROOT", base64.b64encode(b"r" * 32).decode())
    if request.param != "kms":
        yield ("--roots", request.param)
        return
    service = KeyServiceWorld("the-token", now)
    service.add_root("of-projects")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        monkeypatch.setenv("SCR_KMS_ADDRESS", address)
        monkeypatch.setenv("SCR_KMS_TOKEN", "the-token")
        monkeypatch.setenv("SCR_KMS_ROOT_PROJECT", "of-projects")
        with _serving(create_app(service), listener):
            yield ("--roots", "kms")


def test_a_planning_key_is_made_rotated_and_destroyed(scr, ring, roots):
    assert scr("keys", "init", ring, *VIOLENCE, *roots).code == 0
    assert "epoch 2" in scr("keys", "rotate", ring, *VIOLENCE, *roots).progress

    ended = scr("keys", "destroy", ring, *VIOLENCE, *roots, "--for-ever")

    assert ended.code == 0
    told = [(each["project"], each["epoch"]) for each in json.loads(ended.answer)]
    assert told == [("violence", 1), ("violence", 2)]
    assert [each["sealed"] for each in json.loads(ring.read_text())["keys"]] == [None, None]


def test_nothing_is_destroyed_unless_it_is_said_for_ever(scr, ring):
    scr("keys", "init", ring, "--purpose", "store")
    before = ring.read_bytes()

    assert scr("keys", "destroy", ring, "--purpose", "store").code == 2
    assert ring.read_bytes() == before


def test_t22_the_stores_key_is_not_rotated_unless_it_is_said_to_end_releases(scr, ring):
    scr("keys", "init", ring, "--purpose", "store")
    before, words = ring.read_bytes(), ("keys", "rotate", ring, "--purpose", "store")

    refused = scr(*words)

    assert (refused.code, ring.read_bytes()) == (2, before)
    assert "nothing is released or counted here any more" in refused.progress
    assert "epoch 2" in scr(*words, "--ends-releases").progress


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("init", "--purpose", "project"), 2, "needs project and recipient"),
        (("rotate", "--purpose", "vault"), 1, "There is no such key"),
        (("rotate", "--purpose", "store", "--ends-releases"), 1, "There is no such key"),
        (("init", "--purpose", "store", "--roots", "kms"), 1, "no SCR_KMS_ADDRESS"),
        (("init", "--purpose", "store", "--roots", "environment"), 1, "no SCR_KEYS_ROOT"),
        (("init", "--purpose", "store", "--root-file", "/nowhere/roots"), 1, "cannot be written"),
    ],
)
def test_what_cannot_be_done_is_told(scr, ring, words, code, told):
    ended = scr("keys", words[0], ring, *words[1:])

    assert (ended.code, told in ended.progress) == (code, True)


def test_the_services_own_key_file_is_made_as_before(scr, tmp_path):
    assert scr("keys", "init", tmp_path / "keys.json").code == 0
    assert "patient-ids" in json.loads((tmp_path / "keys.json").read_text())
    assert scr("keys", "init", tmp_path / "keys.json").code == 1
