"""What is promised of a release's whole life, through the real maker, the real keys and their real command (T20, T23, T24)."""

import asyncio
import json
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway.population.keys.custody import KeyCustody
from gateway.population.keys.local_providers import FileProvider
from gateway.population.keys.provider import CustodyError
from gateway.population.making import make_release
from gateway.population.opt_out_list import keep_list
from gateway.population.opt_outs import CheckList
from gateway.population.pseudonyms import person_of, read_subject
from gateway.population.releases.leaving_out import people_in
from gateway.population.releases.sweeping import sweep
from gateway.store.words import ReleaseState
from tests.population.making.reading import files_of, read, values
from tests.population.releases.deployment import PROJECT_KEY
from tests.population.releases.test_desk import recorded
from tests.population.releases.test_end_to_end import LIVES, everybody, planning

__all__ = ["planning"]

pytestmark = pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)

KEYS = ("--purpose", "project", "--project", "violence", "--recipient", "CSP1", "--for-ever")
IDS = ("person_id", "activity_id")


def folder_of(planning, release) -> Path:
    return planning.desk.folder_of(release)


def ids_in(folder: Path) -> set[str]:
    return {row[each] for row in read(folder) for each in IDS}


async def destroyed(planning) -> list[dict]:
    """Destroy the project's keys with the command, as a process of its own; give the certificates that it prints."""
    keyring, roots = planning.custody.path, planning.folder / "roots"
    words = ["keys", "destroy", keyring, *KEYS, "--roots", "file", "--root-file", roots]
    command = [sys.executable, "-m", "gateway.cli", *map(str, words)]
    ended = await asyncio.to_thread(subprocess.run, command, capture_output=True, check=True)
    told = json.loads(ended.stdout)
    return told if isinstance(told, list) else [told]


async def linked(planning, release, copies: Path) -> int:
    """Count the people of a release whom whoever has these copies of keyring and roots finds in the store."""
    provider = FileProvider(copies / "roots", lambda size: bytes(size))
    custody = KeyCustody(
        copies / "keyring.json", provider, planning.clock, lambda size: bytes(size)
    )
    try:
        with await custody.open(PROJECT_KEY, release.epoch) as key:
            names = {person_of(key.material, read_subject(each)) for each in everybody()}
    except CustodyError:
        return 0
    return len(names & {row["person_id"] for row in read(copies / "release")})


def copied(planning, release, into: str) -> Path:
    """Copy what a thief might have had before the destruction: the keyring, and the release that its recipient keeps."""
    copies = planning.folder / into
    shutil.copytree(folder_of(planning, release), copies / "release")
    shutil.copy(planning.custody.path, copies / "keyring.json")
    return copies


def with_roots(planning, copies: Path) -> Path:
    shutil.copy(planning.folder / "roots", copies / "roots")
    return copies


async def test_t23_after_scr_keys_destroy_no_release_of_the_project_leads_to_anybody(planning):
    release = await planning.published(dataset="linked-activity")
    copies = copied(planning, release, "stolen")
    assert await linked(planning, release, with_roots(planning, copies)) > 50

    await destroyed(planning)

    assert await linked(planning, release, with_roots(planning, copies)) == 0
    shutil.copy(planning.custody.path, copies / "keyring.json")
    assert await linked(planning, release, copies) == 0


async def test_t23_a_destruction_that_leaves_the_roots_would_be_found(planning):
    release = await planning.published(dataset="linked-activity")
    copies = with_roots(planning, copied(planning, release, "stolen"))

    await destroyed(planning)

    assert await linked(planning, release, copies) > 50


async def test_t23_the_ledger_shows_what_was_destroyed_and_nothing_is_released_again(planning):
    release = await planning.published(dataset="linked-activity")
    waiting = await planning.approved(dataset="linked-activity")
    (certificate,) = await destroyed(planning)
    await sweep(planning.desk, planning.custody.keyring(), "sweep", planning.clock())

    found = await planning.desk.release(release.id)
    with pytest.raises(CustodyError):
        await planning.jobs.run(waiting.id, "job")

    assert (found.state, found.manifest_sha256) == (ReleaseState.DESTROYED, release.manifest_sha256)
    assert json.loads(found.certificate) == certificate
    told = [each for each in recorded(planning.desk.store) if each["action"] == "release-ended"]
    assert [(each["release"], each["state"]) for each in told] == [(str(release.id), "destroyed")]


async def test_t23_after_a_rotation_whole_releases_have_no_id_in_common(planning):
    before = await planning.published(dataset="linked-activity")
    await planning.custody.rotate(PROJECT_KEY)
    after = await planning.published(dataset="linked-activity")

    one, other = (ids_in(folder_of(planning, each)) for each in (before, after))
    assert (before.epoch, after.epoch) == (1, 2)
    assert len(one) == len(other) > 100
    assert one & other == set()


async def test_t24_a_job_that_was_cut_off_and_goes_on_makes_the_same_bytes(planning):
    kept = planning.folder / "first"

    def cut_off(order, folder, watch):
        make_release(order, folder, watch)
        shutil.copytree(folder, kept)
        raise TimeoutError

    whole = planning.jobs
    release = await planning.approved(dataset="linked-activity")
    with pytest.raises(TimeoutError):
        await replace(whole, ground=replace(whole.ground, make=cut_off)).run(release.id, "job")
    planning.clock.pass_(days=1)
    again = await whole.run(release.id, "job")

    assert files_of(kept) == files_of(folder_of(planning, again))
    manifests = [each / "manifest.json" for each in (kept, folder_of(planning, again))]
    assert manifests[0].read_bytes() == manifests[1].read_bytes()


async def test_t20_who_opts_out_since_the_pull_is_in_no_count_and_no_denominator(planning):
    release = await planning.published(dataset="linked-activity")
    folder = folder_of(planning, release)

    # 57 of 58 people are told as 55 heads; 58 would be 60, of whom each costs less.
    assert values(folder, "people-by-practice")["F83021",] == "55"
    assert values(folder, "contacts-by-kind-and-month")["gp", "all"] == "55"
    (practice, _all) = read(folder, "cost-by-practice")
    assert int(practice["pounds_per_head"]) == int(practice["value"]) // 55
    assert len(LIVES) == 58


async def test_t20_a_count_that_forgets_the_list_would_be_found(planning):
    usable, at = people_in(planning.jobs.ground.store), planning.clock()
    life = planning.clock().replace(day=25) - at
    keep_list(planning.folder / "list.json", CheckList("run", at, at + life, frozenset(usable)))

    release = await planning.published(dataset="linked-activity")

    assert values(folder_of(planning, release), "people-by-practice")["F83021",] == "60"


@pytest.mark.parametrize("dataset", ["linked-activity", "violence"])
async def test_t20_an_expired_list_refuses_a_declared_release_and_tells_no_cell(planning, dataset):
    release = await planning.approved(dataset=dataset)
    planning.clock.at = datetime(2026, 11, 28, 12, tzinfo=UTC)

    found = await planning.jobs.run(release.id, "job")

    assert found.state is ReleaseState.REFUSED
    assert "opt-out list" in found.why[0]
    assert tuple(planning.jobs.ground.ledger.published()) == ()
    assert not list(planning.desk.folders.root.rglob("*.csv"))
