"""`scr audit`: the log is checked, exported, proven and purged from the command line."""

import asyncio
import json
import sqlite3
from datetime import UTC, datetime
from errno import ENOSPC

import pytest

from gateway.audit.log import AuditLog
from gateway.audit.notes import read_verifier_key, signature_line
from gateway.audit.places import key_of as key_under
from gateway.commands.audit_writing import whole_file
from gateway.keys import read_keys
from gateway.log_signing import keeper_of
from gateway.settings import read_settings
from gateway.store.engine import open_store
from gateway.wiring import now
from tests.audit.witness_server import WITNESS
from tests.cli.test_policy import config
from tests.outsider import verifier
from tests.store_factories import SIGNED_OUT

__all__ = ["config"]


@pytest.fixture
def signed(config, tmp_path):
    """A deployment whose log was signed once, and is held in a second place as well."""
    (tmp_path / "checkpoints").mkdir()
    settings = read_settings(config, {})
    latest = asyncio.run(_signed(settings))
    assert latest is not None
    return latest


async def _signed(settings):
    store = open_store(settings.database_url)
    try:
        return await keeper_of(settings, read_keys(settings.key_file), store, now, "test").keep()
    finally:
        store.close()


def key_of(scr, config) -> str:
    return scr("audit", "key", "--config", config).answer.strip()


def alter(config, statement: str) -> None:
    with sqlite3.connect(config.parent / "demo.db") as database:
        database.execute(statement)


def test_a_whole_log_is_found_whole(scr, config, signed):
    ended = scr("audit", "verify", "--config", config)

    assert ended.code == 0
    assert f"Proven by a checkpoint: the first {signed.size}." in ended.answer


def test_an_altered_log_ends_with_3_and_the_first_broken_position(scr, config, signed):
    alter(config, "UPDATE audit_entry SET user_id = 'x' WHERE sequence = 2")

    ended = scr("audit", "verify", "--config", config)
    told = json.loads(scr("audit", "verify", "--config", config, "--json").answer)

    assert ended.code == 3
    assert ended.answer.startswith("Broken at entry 2: the entry is not as it was written.")
    assert told["fault"] == {"first": 2, "last": 2, "why": "the entry is not as it was written"}


def test_a_log_cut_off_is_found_by_the_checkpoint_in_the_second_place(scr, config, signed):
    alter(config, "DELETE FROM audit_checkpoint")
    alter(config, f"DELETE FROM audit_entry WHERE sequence > {signed.size - 2}")

    ended = scr("audit", "verify", "--config", config)

    assert ended.code == 3
    assert f"Broken at entry {signed.size - 1} to {signed.size}: " in ended.answer


def test_a_log_that_is_compared_with_nothing_from_outside_is_told_as_such(scr, config, signed):
    at = ("--config", config)
    held = scr("audit", "verify", *at)
    told = config.read_text().splitlines(keepends=True)
    config.write_text("".join(each for each in told if "audit_checkpoint_folder" not in each))
    alone = scr("audit", "verify", *at)

    assert "Compared with checkpoints from outside: 1." in held.answer
    assert (alone.code, "Compared with nothing from outside" in alone.answer) == (0, True)
    assert json.loads(scr("audit", "verify", "--json", *at).answer)["compared"] == 0


def test_every_checkpoint_of_the_second_place_counts(scr, config, signed, tmp_path):
    held = tmp_path / "checkpoints" / key_under(1)
    held.write_text("another log's\n1\n")
    other = scr("audit", "verify", "--config", config)
    (tmp_path / "checkpoints" / "checkpoint").unlink()
    gone = scr("audit", "verify", "--config", config)

    assert (other.code, gone.code) == (2, 3)
    assert "taken away" in gone.progress


def test_what_the_witness_of_the_settings_signed_is_checked(scr, config, signed):
    line = signature_line(WITNESS, bytes(72))
    config.write_text(
        f'{config.read_text()}\n[audit_witness]\nurl = "https://w.example"\nkey = "{WITNESS.text()}"\n'
    )
    alter(config, f"UPDATE audit_checkpoint SET note = note || '{line}'")

    ended = scr("audit", "verify", "--config", config)

    assert (ended.code, "The witness's signature" in ended.answer) == (3, True)


def test_an_exported_log_is_checked_with_nothing_but_the_key(scr, config, signed, tmp_path):
    out, held = tmp_path / "log.ndjson", tmp_path / "checkpoints" / "checkpoint"
    key = key_of(scr, config)

    made = scr("audit", "export", "--out", out, "--config", config)
    ended = scr("audit", "verify", "--file", out, "--key", key, "--checkpoint", held)

    assert (made.code, made.progress) == (0, f"Wrote {signed.size} entries to {out}.\n")
    assert ended.code == 0
    assert out.stat().st_mode & 0o777 == 0o600
    assert verifier.main(["export", str(out), "--key", key, "--held", str(held)]) == 0
    assert scr("audit", "export", "--out", out, "--config", config).code == 1


def test_an_altered_export_is_found(scr, config, signed, tmp_path):
    out = tmp_path / "log.ndjson"
    scr("audit", "export", "--out", out, "--config", config)
    out.write_bytes(out.read_bytes().replace(b'"action":"', b'"action":"x', 1))

    ended = scr("audit", "verify", "--file", out, "--key", key_of(scr, config))

    assert ended.code == 3
    assert verifier.main(["export", str(out), "--key", key_of(scr, config)]) == 3


def test_one_entry_is_proven_to_an_outsider(scr, config, signed, tmp_path):
    proof, key = tmp_path / "entry.json", key_of(scr, config)

    proof.write_text(scr("audit", "proof", "2", "--config", config).answer)
    ended = scr("audit", "verify", "--entry", proof, "--key", key)

    assert (ended.code, ended.answer) == (0, "Entry 2 is in the log as it stands there.\n")
    assert verifier.main(["entry", str(proof), "--key", key]) == 0


@pytest.mark.parametrize(
    "document", ["", "{", "[]", "{}", '{"entry":1,"proof":2}', "null", "[" * 9999]
)
def test_what_is_no_proof_is_told_as_such(scr, config, tmp_path, document):
    proof = tmp_path / "entry.json"
    proof.write_text(document)

    ended = scr("audit", "verify", "--entry", proof, "--config", config)

    assert (ended.code, ended.progress) == (3, "This is no proof of an entry.\n")


def test_a_proof_of_another_log_is_refused(scr, config, signed, tmp_path):
    proof = tmp_path / "entry.json"
    proof.write_text(scr("audit", "proof", "2", "--config", config).answer)
    other = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"

    ended = scr("audit", "verify", "--entry", proof, "--key", other)

    assert (ended.code, ended.progress) == (3, "The checkpoint is not signed by the log's key.\n")


def test_ai_06_an_entry_is_on_record_before_a_command_prints_it(scr, config, signed):
    scr("audit", "proof", "2", "--config", config)

    with sqlite3.connect(config.parent / "demo.db") as database:
        [(kind, body)] = database.execute(
            "SELECT kind, body FROM audit_entry ORDER BY sequence DESC LIMIT 1"
        )
    told = json.loads(body)
    assert (kind, told["user_id"], told["only"]) == ("audit-exported", "scr audit proof", 2)


def half_written(path):
    with whole_file(path) as file:
        file.write(b"half")
        raise OSError(ENOSPC, "full")


def test_a_file_that_could_not_be_written_whole_is_not_there(tmp_path):
    with pytest.raises(OSError, match="full"):
        half_written(tmp_path / "log")

    assert list(tmp_path.iterdir()) == []


def test_half_a_file_is_not_under_its_name(tmp_path):
    with whole_file(tmp_path / "log") as file:
        file.write(b"whole")
        before = (tmp_path / "log").read_bytes()

    assert (before, (tmp_path / "log").read_bytes()) == (b"", b"whole")
    assert [each.name for each in tmp_path.iterdir()] == ["log"]


@pytest.mark.parametrize("words", [("--key", "x"), ("--checkpoint", "{config}")])
def test_a_key_or_a_checkpoint_that_is_none_is_a_misunderstanding(scr, config, signed, words):
    named = [config if word == "{config}" else word for word in words]

    assert scr("audit", "verify", *named, "--config", config).code == 2


def test_that_the_log_only_grew_is_proven_to_who_holds_a_checkpoint(scr, config, signed, tmp_path):
    proof, held = tmp_path / "grown.json", tmp_path / "checkpoints" / "checkpoint"
    at = ("--config", config)
    proof.write_text(scr("audit", "consistency", signed.size, *at).answer)

    ended = scr("audit", "verify", "--consistency", proof, "--checkpoint", held, *at)
    unheld = scr("audit", "verify", "--consistency", proof, *at)
    proof.write_text("x")
    broken = scr("audit", "verify", "--consistency", proof, "--checkpoint", held, *at)

    assert ended.answer == f"The log of {signed.size} entries only grew to {signed.size}.\n"
    assert (unheld.code, broken.code) == (2, 3)
    assert scr("audit", "consistency", 1, signed.size + 1, *at).code == 1


def test_nothing_is_exported_or_proven_before_it_is_signed(scr, config, tmp_path):
    at = ("--config", config)

    assert scr("audit", "export", "--out", tmp_path / "log", *at).code == 1
    assert scr("audit", "proof", "1", *at).code == 1
    assert scr("audit", "consistency", "1", *at).code == 1
    assert not (tmp_path / "log").exists()


def test_the_key_that_is_shown_is_a_verifier_key(scr, config):
    assert read_verifier_key(key_of(scr, config)).name == "127.0.0.1:8000/audit"


def test_entries_are_not_purged_before_their_time(scr, config, signed):
    ended = scr("audit", "purge", "--before", f"{now():%Y-%m-%d}", "--config", config)

    assert ended.code == 2
    assert "8 years" in ended.progress


def test_nothing_is_purged_where_nothing_is_old(scr, config, signed):
    ended = scr("audit", "purge", "--before", "2015-01-01", "--config", config)

    assert ended.progress == "Deleted what 0 entries said.\n"


async def _write_in_2015(settings):
    store = open_store(settings.database_url)
    log = AuditLog(store, lambda: datetime(2015, 1, 1, tzinfo=UTC))
    for _each in range(3):
        await log.append(SIGNED_OUT)
    await log.aclose()
    store.close()


def test_old_entries_are_purged_and_the_log_stays_whole(scr, config, tmp_path):
    (tmp_path / "checkpoints").mkdir()
    at, settings = ("--config", config), read_settings(config, {})
    alter(config, "DELETE FROM audit_entry")
    asyncio.run(_write_in_2015(settings))
    asyncio.run(_signed(settings))

    ended = scr("audit", "purge", "--before", "2016-01-01", *at)

    assert ended.progress == "Deleted what 2 entries said.\n"
    told = scr("audit", "verify", *at)
    assert told.code == 0
    assert "Deleted when their time was over: 2." in told.answer
