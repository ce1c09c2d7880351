"""`scr check` looks at the planning side where there is one: keys, folders, areas, the opt-out list, the vault, bulk sources."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.commands.check import Finding, findings
from gateway.commands.check_planning import planning_looks
from gateway.population.opt_out_list import keep_list
from gateway.population.opt_outs import CheckList
from gateway.settings import Settings
from gateway.wiring import now
from tests.cli.planning_config import GEOGRAPHY, planning_part
from tests.population.pull.served import served
from tests.population.releases.small_store import fill

pytestmark = pytest.mark.skipif(not GEOGRAPHY.exists(), reason="the published samples are not here")
LOOKED_AT = (
    *("planning keys", "planning folders", "planning areas", "opt-out list", "objections"),
    "linkage vault",
    "bulk source hospital",
)


@pytest.fixture
def source():
    with served(machines=()) as world:
        yield world


@pytest.fixture
def ready(scr, tmp_path: Path) -> Path:
    """A folder with all that the planning side needs."""
    scr("keys", "init", tmp_path / "keyring.json", "--purpose", "store")
    then = now()
    keep_list(tmp_path / "list.json", CheckList("run", then, then + timedelta(days=1), frozenset()))
    return tmp_path


def settings(folder: Path, source_url: str | None, **changes: object) -> Settings:
    bulk = {"id": "hospital", "kind": "hospital", "base_url": source_url, "organisation": "RRV"}
    part = {**planning_part(folder), **changes}
    return Settings.model_validate(
        {
            "base_url": "https://record.example",
            "database_url": f"sqlite:///{folder / 'scr.db'}",
            "key_file": folder / "keys.json",
            "source": [{"id": "pds", "kind": "pds", "base_url": "http://127.0.0.1:9"}],
            "bulk_source": [bulk] if source_url else [],
            "population": part if source_url else None,
        }
    )


def found(chosen: Settings) -> dict[str, Finding]:
    return {each.what: each for each in asyncio.run(findings(chosen)) if each.what in LOOKED_AT}


def test_a_planning_side_that_is_whole_is_fine(ready, source):
    looked = found(settings(ready, f"{source.address}/fhir"))

    assert [*looked] == [*LOOKED_AT]
    assert {each.what: each.saw for each in looked.values() if not each.is_fine} == {}
    assert looked["planning keys"].saw == "the store's key opens; projects with a key: 0"
    assert looked["bulk source hospital"].saw == "offers an export"


def test_each_fault_of_it_is_told(tmp_path, source):
    (tmp_path / "file").touch()
    (tmp_path / "objections").write_text("943 476 5919\n")
    chosen = settings(
        *(tmp_path, f"{source.address}/nowhere"),
        store_folder=str(tmp_path / "file" / "x"),
        objections_file=tmp_path / "objections",
    )
    (tmp_path / "practices.csv").write_text("nothing\n1\n")
    chosen = chosen.model_copy(update={"vault_database_url": f"sqlite:///{tmp_path / 'none.db'}"})

    looked = found(chosen)

    assert [each.what for each in looked.values() if each.is_fine] == []
    assert str(tmp_path / "file" / "x") in looked["planning folders"].saw
    assert "every release is refused" in looked["opt-out list"].saw
    assert "scr keys init" in looked["objections"].saw
    assert "scr keys init" in looked["planning keys"].saw


def test_people_that_another_key_named_are_told(ready, source):
    fill(ready / "store", key_mark="another")

    looked = found(settings(ready, f"{source.address}/fhir"))

    assert "People of hospital were not named by the store's key" in looked["planning keys"].saw


def test_objections_that_no_key_named_are_told(ready, source):
    (ready / "objections").write_text("943 476 5919\n")

    looked = found(settings(ready, f"{source.address}/fhir", objections_file=ready / "objections"))

    assert "scr optout object --anew" in looked["objections"].saw
    assert "943" not in looked["objections"].saw


def test_without_a_planning_side_there_is_nothing_to_look_at(tmp_path):
    assert [*planning_looks(settings(tmp_path, None))] == []
