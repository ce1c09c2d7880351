"""`scr optout check` asks a MESH server about the people of the store, by real HTTP, and keeps who may be used."""

import asyncio
import json
import re
import shutil
import socket
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from adapters.simulators.mesh import MeshWorld, create_app
from gateway.demo.deployment import Folder, as_toml
from gateway.demo.filling import pulled as filled
from gateway.planning_keys import KeyringPlace, open_custody
from gateway.population.keys.names import KeyName, Purpose
from gateway.population.opt_out_list import kept_list
from gateway.population.pseudonyms import spell, subject_of
from gateway.population.releases.leaving_out import people_in
from gateway.store.migrate import upgrade
from gateway.wiring import now
from tests.cli.planning_config import FEED, GEOGRAPHY, agreement_file, planning_config
from tests.contract.bulk.asking import WORLD
from tests.population.pull.served import QUICK, _serving, served

PEOPLE = ("--entered-by", "Sam Ade", "--checked-by", "Kim Roy")
NUMBERS = [each.resident.nhs_number for each in WORLD.lives()]
OURS, THEIRS, PASSWORD, SHARED = "OURS001", "THECHECK1", "the-mailbox-password", "the-shared-key"

pytestmark = pytest.mark.skipif(not GEOGRAPHY.exists(), reason="the published samples are not here")


@pytest.fixture
def mesh():
    """The check's world, and where it is served."""
    boxes = {OURS: PASSWORD, THEIRS: "another"}
    world = MeshWorld(now, SHARED.encode(), boxes, THEIRS, "OPT-OUTS")
    listener = socket.create_server(("127.0.0.1", 0))
    with listener, _serving(create_app(world), listener):
        yield world, f"http://127.0.0.1:{listener.getsockname()[1]}/"


@pytest.fixture
def config(scr: Any, london: Any, template: Path, tmp_path: Path, mesh: Any) -> Path:
    """A deployment with a vault and a check, before anything was pulled."""
    shutil.copy(template, tmp_path / "demo.db")
    shutil.copy(template.with_suffix(".keys"), tmp_path / "keys.json")
    upgrade(f"sqlite:///{tmp_path / 'vault.db'}")
    for purpose in ("store", "vault"):
        scr("keys", "init", tmp_path / "keyring.json", "--purpose", purpose)
    path = planning_config(tmp_path, london.addresses, "http://127.0.0.1:9/fhir")
    check = {"base_url": mesh[1], "mailbox": OURS, "password": PASSWORD, "shared_key": SHARED}
    paced = {"check_mailbox": THEIRS, "workflow": "OPT-OUTS", "pause_seconds": 0.01, "looks": 5}
    vault = f'vault_database_url = "sqlite:///{tmp_path / "vault.db"}"\n'
    path.write_text(vault + path.read_text() + as_toml({"opt_out_check": {**check, **paced}}))
    return path


@pytest.fixture
def source(scr: Any, config: Path) -> Iterator[None]:
    """A source that may be pulled from."""
    # Polls come whenever they come.
    pace = replace(QUICK, seconds_between_polls=0, exports_at_once=10**6)
    with served(machines=(), pace=pace) as world:
        text = config.read_text().replace("http://127.0.0.1:9/fhir", f"{world.address}/fhir")
        config.write_text(text)
        scr("agreement", "add", agreement_file(config.parent, FEED), *PEOPLE, "--config", config)
        yield


@pytest.fixture
def pulled(scr: Any, config: Path, source: None) -> None:
    ended = scr("pull", "--config", config)
    assert ended.code == 0, ended.progress


def asked(scr: Any, config: Path) -> Any:
    return scr("optout", "check", "--config", config)


def listed(config: Path) -> frozenset[str]:
    found = kept_list(config.parent / "list.json", now())
    return frozenset() if found is None else found.usable


def store_name(config: Path, number: Any) -> str:
    async def named() -> str:
        async with open_custody(KeyringPlace(config.parent / "keyring.json"), {}, now) as custody:
            with await custody.open(KeyName(Purpose.STORE)) as key:
                return spell(subject_of(key.material, number))

    return asyncio.run(named())


def entries(config: Path) -> list[dict[str, Any]]:
    with sqlite3.connect(config.parent / "demo.db") as database:
        rows = database.execute("SELECT body FROM audit_entry WHERE kind = 'vault-opened'")
        found = [json.loads(body) for (body,) in rows]
    database.close()
    return found


def bytes_in(folder: Path) -> bytes:
    return b"".join(each.read_bytes() for each in sorted(folder.rglob("*")) if each.is_file())


def test_t20_who_opted_out_since_the_pull_is_off_the_next_list_and_both_questions_are_on_record(
    scr, config, pulled, mesh
):
    first = (asked(scr, config), listed(config))
    of_the_store = [each for each in NUMBERS if store_name(config, each) in first[1]]
    mesh[0].opted_out.add(of_the_store[0])

    again = asked(scr, config)

    assert (first[0].code, again.code) == (0, 0), again.progress
    assert first[1] == people_in(config.parent / "store") != frozenset()
    assert first[1] - listed(config) == {store_name(config, of_the_store[0])}
    told = [(each["why"], each["user_id"]) for each in entries(config)]
    assert told == [("opt-outs", "scr optout check")] * 2


def test_t20_no_number_is_told_logged_or_on_disk(scr, config, pulled, caplog, mesh):
    mesh[0].opted_out.update(NUMBERS[::2])

    ended = asked(scr, config)

    told = f"{ended.answer}{ended.progress}{caplog.text}".encode() + bytes_in(config.parent)
    assert (ended.code, "may be used until" in ended.progress) == (0, True)
    assert [each.digits for each in NUMBERS if each.digits.encode() in told] == []


def no_answer_comes(mesh: MeshWorld, _folder: Path) -> None:
    mesh.listings_until_answer = 99


def somebody_alters_the_vault(_mesh: MeshWorld, folder: Path) -> None:
    with sqlite3.connect(folder / "vault.db") as database:
        database.execute("UPDATE vault_entry SET sealed = zeroblob(26)")
    database.close()


@pytest.mark.parametrize(
    ("meanwhile", "told"),
    [(no_answer_comes, "no-answer-in-time"), (somebody_alters_the_vault, "does not open")],
)
def test_t20_without_an_answer_the_list_before_it_stands(
    scr, config, pulled, mesh, meanwhile, told
):
    asked(scr, config)
    before = (config.parent / "list.json").read_bytes()
    meanwhile(mesh[0], config.parent)

    ended = asked(scr, config)

    assert (ended.code, told in ended.progress) == (1, True), ended.progress
    assert (config.parent / "list.json").read_bytes() == before


def test_the_demo_fills_its_store_and_asks_who_of_it_may_be_used(config, source):
    assert asyncio.run(filled(Folder(config.parent))) is True
    assert listed(config) == people_in(config.parent / "store") != frozenset()


def test_of_an_empty_store_nobody_is_asked_about(scr, config, mesh):
    ended = asked(scr, config)

    assert (ended.code, "nobody-to-ask-about" in ended.progress) == (1, True), ended.progress
    assert mesh[0].coming == []


@pytest.mark.parametrize(
    ("line", "code", "told"),
    [
        (r"\[opt_out_check\][^\[]*", 2, "no [opt_out_check]"),
        (r"vault_database_url[^\n]*\n", 2, "no vault_database_url"),
    ],
)
def test_what_it_cannot_do_without_is_told_and_nothing_is_on_record(scr, config, line, code, told):
    config.write_text(re.sub(line, "", config.read_text()))

    ended = asked(scr, config)

    assert (ended.code, told in ended.progress) == (code, True), ended.progress
    assert entries(config) == []


def test_t20_numbers_go_to_no_other_machine_in_clear(scr, config, mesh):
    config.write_text(config.read_text().replace(mesh[1], "http://mesh.example/"))

    ended = asked(scr, config)

    assert (ended.code, "credentials need https" in ended.progress) == (1, True), ended.progress
    assert entries(config) == []


@pytest.mark.parametrize(
    ("is_let_in", "told"),
    [(True, "ok     opt-out check: our mailbox"), (False, "FAULT  opt-out check: our mailbox")],
)
def test_the_check_of_a_deployment_says_whether_the_mailbox_answers(
    scr, config, mesh, is_let_in, told
):
    mesh[0].passwords[OURS] = PASSWORD if is_let_in else "another"

    assert told in scr("check", "--config", config).answer
