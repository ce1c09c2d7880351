"""`scr audit`: who checks a log whose key was changed needs all of its keys, and is told where something cannot be read."""

import asyncio
import base64
import json
from datetime import timedelta

from gateway.keys import read_keys
from gateway.log_signing import keeper_of
from gateway.settings import read_settings
from gateway.store.engine import open_store
from gateway.wiring import now
from tests.audit.signed_log import KEY
from tests.cli.test_audit import signed
from tests.cli.test_policy import config

__all__ = ["config", "signed"]


def change_key(config) -> None:
    """Put a new key before the one that signed, write an entry more, and sign."""
    path = config.parent / "keys.json"
    keys = json.loads(path.read_text())
    keys["audit-log"] = [base64.b64encode(b"n" * 64).decode(), *keys["audit-log"]]
    path.write_text(json.dumps(keys))


def sign_later(config) -> None:
    asyncio.run(_sign_later(read_settings(config, {})))


async def _sign_later(settings) -> None:
    store = open_store(settings.database_url)
    keys = read_keys(settings.key_file)
    later = now() + timedelta(minutes=1)
    await keeper_of(settings, keys, store, lambda: later, "test").keep()
    store.close()


def test_after_a_change_of_the_key_the_log_is_whole_for_who_has_all_its_keys(
    scr, config, signed, tmp_path
):
    at, out = ("--config", config), tmp_path / "log.ndjson"
    change_key(config)
    scr("audit", "export", "--out", tmp_path / "before.ndjson", *at)
    sign_later(config)
    scr("audit", "export", "--out", out, *at)

    new, old = scr("audit", "key", *at).answer.splitlines()

    assert new.partition("+")[0] == old.partition("+")[0]
    checking = ("audit", "verify", "--file", out, "--key")
    assert scr(*checking, new, "--key", old).code == 0
    assert scr(*checking, old, "--key", new).code == 0
    assert (scr(*checking, new).code, scr(*checking, old).code) == (3, 3)


def test_a_second_place_that_is_not_there_is_told(scr, config, signed, tmp_path):
    (tmp_path / "checkpoints").rename(tmp_path / "elsewhere")

    ended = scr("audit", "verify", "--config", config)

    assert ended.code == 1
    assert (
        ended.progress == f"{tmp_path / 'checkpoints'} cannot be read: There is no such folder.\n"
    )


def test_a_file_that_is_not_there_is_told(scr, config, tmp_path):
    for words in (("--file", tmp_path / "x"), ("--checkpoint", tmp_path / "x")):
        ended = scr("audit", "verify", *words, "--config", config)

        assert (ended.code, ended.progress.count("cannot be read")) == (1, 1)


def test_a_former_second_place_that_is_not_there_is_told(scr, config, signed, tmp_path):
    (tmp_path / "anew").mkdir()
    told = config.read_text().replace(str(tmp_path / "checkpoints"), str(tmp_path / "anew"))
    config.write_text(told)
    words = ("--former", tmp_path / "gone", "--why", "a rehearsal")

    ended = scr("audit", "begin-anew", *words, "--config", config)

    assert (ended.code, ended.progress) == (
        1,
        f"{tmp_path / 'gone'} cannot be read: There is no such folder.\n",
    )


def test_a_held_checkpoint_of_another_key_is_no_verdict_on_a_proof_of_growth(
    scr, config, signed, tmp_path
):
    at, held, grown = ("--config", config), tmp_path / "held", tmp_path / "grown.json"
    grown.write_text(scr("audit", "consistency", signed.size, *at).answer)
    held.write_text(KEY.sign(signed.size, b"r" * 32))

    ended = scr("audit", "verify", "--consistency", grown, "--checkpoint", held, *at)

    assert ended.code == 2
