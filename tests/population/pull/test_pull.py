"""What a source holds is at rest after a pull, each row once, and no raw row ever is."""

from dataclasses import replace
from datetime import timedelta

import pytest

from adapters.contract import Outcome, Reason
from gateway.population.pull import Stopped
from gateway.population.pull_files import AlreadyPullingError, alone_in
from gateway.population.pull_manifest import finished_pulls
from gateway.population.pulled import AlteredPartitionError, current_rows
from tests.contract.bulk.asking import WORLD
from tests.population.pull.cleaning import Permitted
from tests.population.pull.pulling import add, at_rest, change, held_by, pulled


async def test_everything_a_source_holds_is_at_rest_once(world, tmp_path):
    manifest = await pulled(world, tmp_path)

    assert at_rest(tmp_path) == held_by(world)
    assert manifest.whole == manifest.types
    assert (manifest.agreement, manifest.is_partial) == ("LDSA-1", False)


async def test_the_next_pull_brings_what_changed_and_all_patients(world, tmp_path):
    first = await pulled(world, tmp_path)
    world.clock.pass_(hours=1)
    change(world, "Encounter")
    add(world, "Encounter", "new")

    second = await pulled(world, tmp_path)

    encounters = [each for each in second.partitions if each.resource_type == "Encounter"]
    assert sum(each.rows for each in encounters) == 2
    assert second.since == first.covers_until
    assert second.whole == ("Patient",)
    assert at_rest(tmp_path) == held_by(world)


async def test_a_pull_without_news_leaves_everything_as_it_was(world, tmp_path):
    await pulled(world, tmp_path)
    world.clock.pass_(hours=1)

    await pulled(world, tmp_path)

    assert at_rest(tmp_path) == held_by(world)
    assert [each.pull for each in finished_pulls(tmp_path / "hospital")] == [1, 2]


async def test_somebody_who_left_the_source_is_at_rest_no_more(world, tmp_path):
    await pulled(world, tmp_path)
    gone = world.shelf.lines["Patient"][0]
    world.shelf.delete("Patient", gone.id, world.clock())
    world.clock.pass_(hours=1)

    await pulled(world, tmp_path)

    assert at_rest(tmp_path, ("Patient",)) == held_by(world, ("Patient",))


async def test_a_deletion_that_an_export_tells_is_followed(exporter, tmp_path):
    await pulled(exporter, tmp_path)
    exporter.clock.pass_(hours=1)
    back = exporter.shelf.lines["Encounter"][1]
    for each in (exporter.shelf.lines["Encounter"][0], back):
        exporter.shelf.delete("Encounter", each.id, exporter.clock())
    exporter.shelf.put([back._replace(updated_at=exporter.clock())])

    manifest = await pulled(exporter, tmp_path)

    assert [each.rows for each in manifest.partitions if each.is_deletions] == [2]
    assert at_rest(tmp_path) == held_by(exporter)


async def test_a_type_that_is_new_is_pulled_with_its_past(world, tmp_path):
    await pulled(world, tmp_path, ("Patient", "Observation"))

    second = await pulled(world, tmp_path)

    assert second.since is None
    assert at_rest(tmp_path) == held_by(world)


async def test_types_the_source_does_not_hold_are_not_asked_for(world, tmp_path):
    manifest = await pulled(world, tmp_path, ("Encounter", "Immunization"))

    assert manifest.types == ("Patient", "Encounter")
    assert not any("Immunization" in each for each in world.asked)


async def test_a_source_of_patients_alone_is_pulled(world, tmp_path):
    manifest = await pulled(world, tmp_path, ("Patient",))

    assert manifest.types == ("Patient",)
    assert at_rest(tmp_path, ("Patient",)) == held_by(world, ("Patient",))


async def test_rows_of_somebody_the_source_does_not_know_are_counted_and_stay_out(world, tmp_path):
    add(world, "Encounter", "stray", subject={"reference": "Patient/nobody"})

    manifest = await pulled(world, tmp_path)

    assert [dict(each.left_out) for each in manifest.partitions if each.left_out] == [
        {"no-person": 1}
    ]
    assert sum(at_rest(tmp_path).values()) == sum(held_by(world).values()) - 1


async def test_nobody_who_registers_while_a_pull_is_under_way_is_lost(world, dialect, tmp_path):
    await pulled(world, tmp_path)
    world.clock.pass_(hours=1)
    # After the Patients were brought, or after the changes were cut.
    moment = "_type=Patient" if dialect == "export" else "/Encounter?"
    world.meanwhile = lambda asked: registers(world, asked) if moment in asked else None

    await pulled(world, tmp_path)
    world.meanwhile = lambda _: None
    await pulled(world, tmp_path)

    assert at_rest(tmp_path) == held_by(world)


def registers(world, asked):
    number = len(world.asked)
    add(world, "Patient", f"late-{number}")
    add(world, "Encounter", f"of-{number}", subject={"reference": f"Patient/late-{number}"})


async def test_progress_is_told_to_the_last_part(world, dialect, tmp_path):
    told = []
    await pulled(world, tmp_path, watch=told.append)

    assert told[-1].written == told[-1].parts > 0
    assert any(each.told for each in told) == (dialect == "export")


async def test_without_a_permit_that_holds_nothing_is_asked(world, tmp_path):
    late = replace(Permitted(), expires_at=WORLD.reference_time - timedelta(days=1))
    stopped = await pulled(world, tmp_path, permit=late)

    assert stopped == Stopped(Outcome.NOT_ASKED, Reason.AGREEMENT)
    assert all("metadata" in each or "token" in each for each in world.asked)


async def test_two_cannot_pull_from_one_source_at_once(world, tmp_path):
    with alone_in(tmp_path / "hospital"), pytest.raises(AlreadyPullingError):
        await pulled(world, tmp_path)

    assert not finished_pulls(tmp_path / "hospital")


async def test_a_partition_that_was_altered_is_not_read(world, tmp_path):
    manifest = await pulled(world, tmp_path)
    (partition, *_) = (tmp_path / "hospital").rglob(manifest.partitions[0].name)
    partition.write_bytes(partition.read_bytes()[:-10])

    with pytest.raises(AlteredPartitionError):
        list(current_rows(tmp_path / "hospital", "Patient"))


async def test_t01_no_number_name_or_postcode_of_anybody_is_in_any_file(world, tmp_path):
    await pulled(world, tmp_path)
    written = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())

    for resident, *_ in WORLD.lives():
        for token in (resident.nhs_number.digits, resident.postcode, resident.family_name):
            assert token.encode() not in written


async def test_files_are_for_the_services_own_user_alone(world, tmp_path):
    await pulled(world, tmp_path)
    modes = {path.stat().st_mode & 0o077 for path in (tmp_path / "hospital").rglob("*")}

    assert modes == {0}
