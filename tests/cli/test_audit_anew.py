"""`scr audit begin-anew`: a log that was restored from an old backup goes on, and says for good what it lost."""

import asyncio
import shutil
import sqlite3
from datetime import timedelta

import pytest

from gateway.keys import read_keys
from gateway.log_signing import keeper_of
from gateway.settings import read_settings
from gateway.store.engine import open_store
from gateway.wiring import now
from tests.cli.test_audit import key_of, signed
from tests.cli.test_policy import config

__all__ = ["config", "signed"]

NEW_NAME = "record.test/audit/2"


def sign_later(config) -> None:
    """Sign as a worker does a minute from now."""
    asyncio.run(_signed_later(read_settings(config, {})))


async def _signed_later(settings) -> None:
    store = open_store(settings.database_url)
    keys = read_keys(settings.key_file)
    await keeper_of(settings, keys, store, lambda: now() + timedelta(minutes=1), "test").keep()
    store.close()


@pytest.fixture
def lost(scr, config, signed, tmp_path):
    """Restore a copy that lacks one signed entry; give the number of that."""
    database, backup = config.parent / "demo.db", tmp_path / "backup.db"
    with sqlite3.connect(database) as live:
        live.execute("VACUUM INTO ?", (str(backup),))
    scr("audit", "export", "--out", tmp_path / "before.ndjson", "--config", config)
    sign_later(config)
    for each in database.parent.glob("demo.db*"):
        each.unlink()
    shutil.move(backup, database)
    return signed.size + 1


@pytest.fixture
def renamed(config, lost, tmp_path):
    """Give the log a new name and an empty second place."""
    (tmp_path / "anew").mkdir()
    told = config.read_text().replace(str(tmp_path / "checkpoints"), str(tmp_path / "anew"))
    assert str(tmp_path / "anew") in told
    config.write_text(f'audit_origin = "{NEW_NAME}"\n{told}')
    return config


def begin_anew(scr, config, former, why="restored from the night's backup"):
    return scr("audit", "begin-anew", "--former", former, "--why", why, "--config", config)


def test_a_restored_log_goes_on_and_every_check_tells_of_the_loss(scr, lost, renamed, tmp_path):
    former = tmp_path / "checkpoints"

    begun = begin_anew(scr, renamed, former)
    assert begun.code == 0, begun.progress
    sign_later(renamed)
    ended = scr("audit", "verify", "--checkpoint", former / "checkpoint", "--config", renamed)

    assert ended.code == 0
    assert f"entries {lost} to {lost} of " in begun.progress
    told = f"Lost, as is on record: entries {lost} to {lost} of 127.0.0.1:8000/audit."
    assert told in ended.answer
    assert f"Proven by a checkpoint: the first {lost}." in ended.answer


def test_what_was_fed_under_the_lost_numbers_is_fed_anew(scr, lost, renamed, tmp_path):
    with sqlite3.connect(renamed.parent / "demo.db") as database:
        database.execute("INSERT INTO audit_feed VALUES ('r', ?, '2026-01-01')", (lost,))

    begin_anew(scr, renamed, tmp_path / "checkpoints")

    with sqlite3.connect(renamed.parent / "demo.db") as database:
        assert database.execute("SELECT sequence FROM audit_feed").fetchall() == [(lost - 1,)]


def test_an_export_of_it_is_checked_with_the_new_key(scr, renamed, tmp_path):
    begin_anew(scr, renamed, tmp_path / "checkpoints")
    sign_later(renamed)
    out, key = tmp_path / "log.ndjson", key_of(scr, renamed)
    scr("audit", "export", "--out", out, "--config", renamed)

    held = tmp_path / "checkpoints" / "checkpoint"
    ended = scr("audit", "verify", "--file", out, "--key", key, "--checkpoint", held)

    assert key.startswith(f"{NEW_NAME}+")
    assert (ended.code, "Lost, as is on record: " in ended.answer) == (0, True)


def test_without_a_new_name_or_a_loss_nothing_begins_anew(scr, config, signed, tmp_path):
    ended = begin_anew(scr, config, tmp_path / "checkpoints")

    assert (ended.code, "in use" in ended.progress) == (1, True)


def test_what_is_no_former_place_or_no_reason_is_a_misunderstanding(scr, renamed, tmp_path):
    (tmp_path / "empty").mkdir()

    assert begin_anew(scr, renamed, tmp_path / "empty").code == 2
    assert begin_anew(scr, renamed, tmp_path / "checkpoints", why=" ").code == 2
    assert begin_anew(scr, renamed, tmp_path / "checkpoints", why="x" * 501).code == 2


def test_without_a_second_place_in_the_settings_it_is_on_record_too(scr, renamed, tmp_path):
    lines = renamed.read_text().splitlines(keepends=True)
    renamed.write_text("".join(each for each in lines if "audit_checkpoint_folder" not in each))

    assert begin_anew(scr, renamed, tmp_path / "checkpoints").code == 0
