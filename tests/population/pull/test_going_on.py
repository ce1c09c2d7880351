"""A pull that stops goes on where it was, or begins anew where the source has let go of what it prepared."""

from dataclasses import replace

import pytest

from adapters.bulk_contract import FeedPart, FeedPlan, PartKind
from adapters.bulk_export import Patience
from adapters.contract import Outcome, Reason
from adapters.simulators.bulk.jobs import Pace
from adapters.simulators.bulk.shelf import Deletion
from adapters.simulators.faults import FaultKind
from gateway.population import pull_writing
from gateway.population.pull import Stopped
from gateway.population.pull_checkpoint import Checkpoint, keep_checkpoint, read_checkpoint
from gateway.population.pull_manifest import finished_pulls, pull_folder, write_manifest
from gateway.population.pull_planning import with_plans
from gateway.population.pulled import current_rows, patient_rows
from tests.contract.bulk.asking import WORLD
from tests.population.pull.cleaning import OTHER_KEY
from tests.population.pull.pulling import at_rest, change, held_by, pulled
from tests.population.pull.served import QUICK, served

ONCE = Patience(failures_in_a_row=1)
NOW = WORLD.reference_time


async def test_a_stopped_export_goes_on_with_the_files_that_are_missing(exporter, tmp_path):
    exporter.faults.set(FaultKind.ERROR_500, matching=lambda path: path.endswith("/2"))
    stopped = await pulled(exporter, tmp_path, patience=ONCE)
    exporter.faults.clear()
    begun = len(exporter.asked)

    await pulled(exporter, tmp_path)

    assert stopped == Stopped(Outcome.FAILED, Reason.HTTP_STATUS, 500)
    assert not any("$export" in each for each in exporter.asked[begun:])
    assert at_rest(tmp_path) == held_by(exporter)


async def test_a_stopped_search_goes_on_with_the_types_that_are_missing(searched, tmp_path):
    searched.faults.set(FaultKind.ERROR_500, matching=lambda path: "Observation" in path)
    stopped = await pulled(searched, tmp_path)
    searched.faults.clear()
    begun = len(searched.asked)

    await pulled(searched, tmp_path)

    assert stopped == Stopped(Outcome.FAILED, Reason.HTTP_STATUS, 500)
    assert not any("/Encounter" in each for each in searched.asked[begun:])
    assert at_rest(tmp_path) == held_by(searched)


@pytest.mark.parametrize("after", ["the export", "one file"])
async def test_what_has_expired_at_the_source_is_asked_for_anew(exporter, tmp_path, after):
    failing = "/0" if after == "the export" else "/2"
    exporter.faults.set(FaultKind.ERROR_500, matching=lambda path: path.endswith(failing))
    await pulled(exporter, tmp_path, patience=ONCE)
    exporter.faults.clear()
    exporter.clock.pass_(hours=2)
    change(exporter, "Encounter")

    manifest = await pulled(exporter, tmp_path)

    assert manifest.pull == 1
    assert at_rest(tmp_path) == held_by(exporter)


async def test_nothing_is_kept_of_how_to_reach_rows_that_need_no_token(tmp_path):
    with served(machines=()) as world:
        world.faults.set(FaultKind.ERROR_500, matching=lambda path: path.endswith("/1"))
        await pulled_without_token(world, tmp_path, ONCE)
        assert read_checkpoint(tmp_path / "hospital") is None
        world.faults.clear()

        await pulled_without_token(world, tmp_path)

    assert at_rest(tmp_path) == held_by(world)


async def pulled_without_token(world, store, patience=None):
    whole = world.config
    world.config = lambda **changes: replace(whole(**changes), auth=type(whole().auth)())
    try:
        return await pulled(world, store, patience=patience)
    finally:
        world.config = whole


async def test_of_what_a_source_could_not_give_the_next_pull_asks_again(tmp_path):
    with served(pace=replace(QUICK, unwritable=frozenset({"Encounter"}))) as world:
        manifest = await pulled(world, tmp_path)

        assert manifest.is_partial
        assert manifest.covers_until is None
        assert at_rest(tmp_path) != held_by(world)
        again = await pulled(world, tmp_path)
        assert (again.since, again.whole) == (None, ("Patient",))


async def test_what_a_source_could_not_give_stands_as_it_was_before(tmp_path):
    with served() as world:
        await pulled(world, tmp_path, ("Encounter",))
        before = at_rest(tmp_path, ("Encounter",))
    with served(world.shelf, pace=replace(QUICK, unwritable=frozenset({"Encounter"}))) as failing:
        # A type more, so that everything is asked for.
        assert (await pulled(failing, tmp_path)).since is None

    assert at_rest(tmp_path, ("Encounter",)) == before
    assert before


def test_a_pull_of_some_patients_alone_does_not_count():
    part = FeedPart(PartKind.RESOURCES, "Patient", "https://x/1")
    some = FeedPlan((part,), NOW, is_partial=True)

    refused = with_plans(Checkpoint(1, ("Patient",), None, NOW), some, FeedPlan((), NOW))

    assert (refused.outcome, refused.reason) == (Outcome.MALFORMED, Reason.PART_UNREADABLE)


async def test_a_source_that_cannot_give_all_patients_stops_the_pull(tmp_path):
    with served(pace=Pace(polls_until_ready=0, unwritable=frozenset({"Patient"}))) as world:
        stopped = await pulled(world, tmp_path)

    assert stopped == Stopped(Outcome.MALFORMED, Reason.PART_UNREADABLE)
    assert not finished_pulls(tmp_path / "hospital")


async def test_large_parts_become_several_partitions_and_lose_nothing(world, tmp_path, monkeypatch):
    monkeypatch.setattr(pull_writing, "MOST_BYTES", 1)

    manifest = await pulled(world, tmp_path)

    names = [each.name for each in manifest.partitions]
    assert len(set(names)) == len(names)
    assert at_rest(tmp_path) == held_by(world)


@pytest.mark.parametrize("left", [b"{}", b"not json", b'{"pull":1}'])
async def test_a_checkpoint_that_says_nothing_is_no_hindrance(world, tmp_path, left):
    folder = tmp_path / "hospital"
    pull_folder(folder, 1).mkdir(parents=True)
    (pull_folder(folder, 1) / "stray.ndjson").write_bytes(b"{}\n")
    (folder / "checkpoint.json").write_bytes(left)

    await pulled(world, tmp_path)

    assert at_rest(tmp_path) == held_by(world)
    assert not list(folder.rglob("stray.ndjson"))


async def test_a_pull_that_was_to_bring_other_types_is_begun_anew(exporter, tmp_path):
    exporter.faults.set(FaultKind.ERROR_500, matching=lambda path: path.endswith("/1"))
    await pulled(exporter, tmp_path, ("Encounter",), patience=ONCE)
    exporter.faults.clear()

    manifest = await pulled(exporter, tmp_path)

    assert manifest.types == ("Patient", "Condition", "Encounter", "Observation")[:1] + tuple(
        each for each in exporter.shelf.types if each != "Patient"
    )
    assert at_rest(tmp_path) == held_by(exporter)


@pytest.mark.parametrize("moment", ["$export", "bulk"])
async def test_a_source_that_refuses_stops_the_pull(exporter, tmp_path, moment):
    exporter.faults.set(FaultKind.LOGIN_PAGE, matching=lambda path: moment in path)

    stopped = await pulled(exporter, tmp_path)

    assert isinstance(stopped, Stopped)
    assert stopped.outcome is Outcome.FAILED
    assert not finished_pulls(tmp_path / "hospital")


async def test_a_deletion_that_cannot_be_read_stops_the_pull(exporter, tmp_path):
    await pulled(exporter, tmp_path)
    exporter.shelf.deletions.append(Deletion("Encounter", "", exporter.clock()))

    stopped = await pulled(exporter, tmp_path)

    assert stopped == Stopped(Outcome.MALFORMED, Reason.UNREADABLE)
    assert len(finished_pulls(tmp_path / "hospital")) == 1


async def test_what_a_stopped_pull_left_beyond_its_checkpoint_does_not_stay(exporter, tmp_path):
    exporter.faults.set(FaultKind.ERROR_500, matching=lambda path: path.endswith("/2"))
    await pulled(exporter, tmp_path, patience=ONCE)
    exporter.faults.clear()
    within = pull_folder(tmp_path / "hospital", 1)
    (within / "00002-00007-Encounter.ndjson").write_bytes(b"{}\n")

    manifest = await pulled(exporter, tmp_path)

    assert {each.name for each in within.iterdir()} == {
        *(each.name for each in manifest.partitions),
        "manifest.json",
    }


async def test_rows_of_an_older_form_are_pulled_anew(world, tmp_path):
    older = replace(await pulled(world, tmp_path), format=1)
    write_manifest(tmp_path / "hospital", older)

    assert (await pulled(world, tmp_path)).since is None
    assert (await pulled(world, tmp_path)).since is not None
    assert at_rest(tmp_path) == held_by(world)


async def test_a_pull_that_was_stopped_with_rows_of_an_older_form_begins_anew(exporter, tmp_path):
    exporter.faults.set(FaultKind.ERROR_500, matching=lambda path: path.endswith("/2"))
    await pulled(exporter, tmp_path, patience=ONCE)
    exporter.faults.clear()
    folder = tmp_path / "hospital"
    kept = read_checkpoint(folder)
    keep_checkpoint(folder, replace(kept, format=1, since=NOW))

    assert (await pulled(exporter, tmp_path)).since is None


async def test_t23_under_another_key_of_the_store_everything_is_pulled_anew(world, tmp_path):
    await pulled(world, tmp_path)

    assert (await pulled(world, tmp_path, key=OTHER_KEY)).since is None
    assert (await pulled(world, tmp_path, key=OTHER_KEY)).since is not None
    assert at_rest(tmp_path) == held_by(world, key=OTHER_KEY)


async def test_t23_a_pull_that_was_stopped_before_the_key_turned_begins_anew(exporter, tmp_path):
    exporter.faults.set(FaultKind.ERROR_500, matching=lambda path: path.endswith("/2"))
    await pulled(exporter, tmp_path, patience=ONCE)
    exporter.faults.clear()

    await pulled(exporter, tmp_path, key=OTHER_KEY)

    assert at_rest(tmp_path) == held_by(exporter, key=OTHER_KEY)


def test_of_a_source_that_was_never_pulled_from_nothing_stands(tmp_path):
    assert not list(current_rows(tmp_path / "nowhere", "Patient"))
    assert not list(patient_rows(tmp_path / "nowhere"))
