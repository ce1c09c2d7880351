"""What is over is ended and its files are removed; what was released under a destroyed key is certified unlinkable."""

import json
from uuid import UUID

import pytest

from gateway.population.keys.keyring import KeyDestroyedError, Keyring
from gateway.population.releases.exports import Exports
from gateway.population.releases.states import end_of
from gateway.population.releases.sweeping import sweep
from gateway.store.words import ReleaseState
from tests.population.bulk.test_exports import export
from tests.population.releases.deployment import PROJECT_KEY, WANTED
from tests.population.releases.small_making import FILES
from tests.population.releases.test_desk import recorded

R = ReleaseState


async def swept(deployment):
    keyring = deployment.custody.keyring()
    return await sweep(deployment.desk, keyring, "sweep", deployment.clock())


async def state_of(deployment, release):
    return (await deployment.desk.release(release.id)).state


def files_of_all(deployment):
    root = deployment.desk.folders.root
    return sorted(path for path in root.rglob("*") if path.is_file())


async def test_a_release_is_removed_when_it_has_been_kept_for_long_enough(deployment, store):
    release = await deployment.published()
    assert (await swept(deployment)).expired == ()
    deployment.clock.at = release.expires_at

    assert (await swept(deployment)).expired == (release.id,)

    assert await state_of(deployment, release) is R.EXPIRED
    assert files_of_all(deployment) == []
    assert recorded(store)[-1]["state"] == "expired"
    assert (await swept(deployment)).expired == ()


async def test_a_release_is_removed_when_its_agreement_ends(deployment):
    last = deployment.clock().date()
    release = await deployment.published(ends_on=last)
    deployment.clock.at = end_of(last)

    assert (await swept(deployment)).expired == (release.id,)


async def test_after_its_key_is_destroyed_a_release_is_certified_and_cannot_be_made_again(
    deployment, store
):
    release = await deployment.published()
    [certificate] = await deployment.custody.destroy(PROJECT_KEY)

    assert (await swept(deployment)).destroyed == (release.id,)

    found = await deployment.desk.release(release.id)
    told = json.loads(found.certificate)
    assert (found.state, files_of_all(deployment)) == (R.DESTROYED, [])
    assert told["wrapped_key_sha256"] == certificate.wrapped_key_sha256
    assert recorded(store)[-1]["state"] == "destroyed"
    with pytest.raises(KeyDestroyedError):
        await deployment.jobs.ground.order(release, frozenset())


async def test_what_had_ended_before_is_certified_too_and_keeps_why_it_ended(deployment):
    release = await deployment.published()
    await deployment.desk.recall(release.id, "officer", deployment.clock(), "a mistake")
    await deployment.custody.destroy(PROJECT_KEY)

    await swept(deployment)

    found = await deployment.desk.release(release.id)
    assert (found.state, found.why) == (R.DESTROYED, ("a mistake",))
    assert found.certificate is not None


async def test_a_destroyed_epoch_ends_its_own_releases_alone(deployment):
    first = await deployment.published()
    await deployment.custody.rotate(PROJECT_KEY)
    second = await deployment.published()
    await deployment.custody.destroy(PROJECT_KEY, 1)

    assert (await swept(deployment)).destroyed == (first.id,)
    assert await state_of(deployment, second) is R.PUBLISHED


async def test_another_projects_key_ends_nothing(deployment):
    release = await deployment.published()

    found = await sweep(deployment.desk, Keyring(), "sweep", deployment.clock())

    assert found.destroyed == ()
    assert await state_of(deployment, release) is R.PUBLISHED


async def test_what_killed_processes_left_of_ended_releases_is_removed(deployment):
    release, desk = await deployment.published(), deployment.desk
    kept = desk.folder_of(release).rename(deployment.folder / "kept")
    await desk.recall(release.id, "officer", deployment.clock(), "a mistake")
    kept.rename(desk.folder_of(release))
    (desk.folders.begin(release.id, 9) / FILES[0]).write_text("half")

    await swept(deployment)

    assert files_of_all(deployment) == []


async def test_de_06_exports_that_are_over_are_removed_where_nobody_kicks_off_another(deployment):
    exports = Exports(deployment.desk.folders.root)
    begun = export(begun_at=deployment.clock())
    exports.keep(begun)
    deployment.clock.at = begun.expires_at

    await swept(deployment)

    assert files_of_all(deployment) == []


async def test_what_is_being_made_is_left_alone_and_what_nobody_knows_is_told(deployment):
    desk, unknown = deployment.desk, UUID(int=7)
    (desk.folders.begin(unknown, 1) / "manifest.json").write_text("{}")
    made = desk.folders.root / ".making" / f"{unknown.hex}-1"
    desk.folders.publish(made, WANTED.project, unknown)
    release = await deployment.approved()
    deployment.making.meanwhile[FILES[0]] = lambda: 1 / 0
    with pytest.raises(ZeroDivisionError):
        await deployment.jobs.run(release.id, "job")

    assert (await swept(deployment)).unknown == (unknown,)
    assert desk.folders.being_made() == {release.id}
    assert desk.folders.place_of(WANTED.project, unknown).is_dir()
