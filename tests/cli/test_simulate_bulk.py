"""`scr simulate bulk` serves a bulk source, or says why it cannot."""

import json
import signal
import subprocess
import sys
from contextlib import contextmanager

import httpx2
import pytest
from joserfc.jwk import ECKey

KICK_OFF = {"Accept": "application/fhir+json", "Prefer": "respond-async"}


@contextmanager
def simulated(*words):
    """Run the command and give its FHIR address."""
    command = [sys.executable, "-m", "gateway.cli", "simulate", "bulk", "--port", "0"]
    process = subprocess.Popen([*command, *map(str, words)], stderr=subprocess.PIPE, text=True)
    try:
        yield process.stderr.readline().split(" at ")[1].strip().rstrip(".")
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)


def test_an_export_of_invented_people_is_kicked_off():
    with simulated("--people", "20", "--source", "gp") as address:
        begun = httpx2.get(f"{address}/$export", headers=KICK_OFF)

    assert begun.status_code == 202
    assert begun.headers["content-location"].startswith(address)


def test_with_keys_a_token_is_asked_for_and_without_export_it_is_searched(tmp_path):
    keys = tmp_path / "public.json"
    public = ECKey.generate_key("P-384").as_dict(private=False)
    keys.write_text(json.dumps({"keys": [public]}))

    with simulated("--people", "20", "--search-only", "--client-keys", keys) as address:
        assert httpx2.get(f"{address}/Patient").status_code == 401
        assert "operation" not in httpx2.get(f"{address}/metadata").json()["rest"][0]


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("somewhere",), 2, "--data"),
        (("--data", "nowhere"), 1, "no published data"),
        (("--people", "1", "--client-keys", "/"), 2, "JSON Web Key Set"),
    ],
)
def test_what_cannot_be_simulated_is_told(scr, words, code, told):
    ended = scr("simulate", "bulk", "--port", "0", *words)

    assert ended.code == code
    assert told in ended.progress


def test_a_published_export_that_is_not_in_the_folder_is_told(scr, tmp_path):
    ended = scr("simulate", "bulk", "--port", "0", "--data", tmp_path)

    assert (ended.code, "no published export" in ended.progress) == (1, True)
