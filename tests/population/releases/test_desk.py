"""People ask for releases, agree to them, end them and fetch their files, each act on record."""

import json
from dataclasses import replace

import pytest
from sqlalchemy import update

from gateway.audit.acts import SignedOut
from gateway.errors import (
    BadRequestError,
    ConflictError,
    GoneError,
    NotFoundError,
    RefusedError,
    UnavailableError,
)
from gateway.population.releases.desk import must_have_been
from gateway.population.releases.folders import MANIFEST
from gateway.population.releases.requests import digest_of
from gateway.store.release_tables import data_release
from gateway.store.releases import change_release
from gateway.store.tables import audit_entry
from gateway.store.words import ReleaseState
from tests.population.releases.deployment import WANTED
from tests.population.releases.small_making import FILES
from tests.store_factories import NOW


def recorded(store) -> list[dict]:
    """Give the entries of the audit, in order."""
    with store.checking() as reading:
        rows = reading.connection.execute(audit_entry.select().order_by(audit_entry.c.sequence))
        return [json.loads(row.body) for row in rows]


def told(entry):
    return entry["action"], entry["user_id"]


async def test_two_people_and_a_job_make_a_release_and_each_act_is_on_record(deployment, store):
    release = await deployment.published()

    assert release.state is ReleaseState.PUBLISHED
    assert [told(each) for each in recorded(store)] == [
        ("release-requested", "asker"),
        ("release-approved", "approver"),
        ("release-begun", "job"),
        ("release-published", "job"),
    ]
    assert recorded(store)[-1]["manifest_sha256"] == release.manifest_sha256


async def test_whoever_asked_cannot_approve_and_nothing_is_recorded(deployment, store):
    release = await deployment.requested()

    with pytest.raises(RefusedError) as refused:
        await deployment.desk.approve(release.id, "asker", NOW)

    assert refused.value.reason == "second-person-needed"
    assert (await deployment.desk.release(release.id)) == release
    assert len(recorded(store)) == 1


async def test_a_request_with_faults_is_not_taken_in(deployment, store):
    with pytest.raises(BadRequestError, match="no such dataset"):
        await deployment.requested(dataset="everything")
    with pytest.raises(BadRequestError, match="named"):
        await deployment.desk.request(WANTED, " ", NOW)

    assert await deployment.desk.all_releases() == ()
    assert recorded(store) == []


async def test_what_was_changed_in_the_database_since_is_not_approved(deployment, log):
    release = await deployment.requested()
    change = update(data_release).values(purpose="another")
    async with log.recorded(SignedOut(NOW, "u", "x")) as session:
        await session.do(lambda writing: writing.connection.execute(change))

    with pytest.raises(ConflictError, match="not what was asked for"):
        await deployment.desk.approve(release.id, "approver", NOW)


async def test_what_is_not_published_can_be_given_up_and_is_not_made_then(deployment):
    release = await deployment.approved()

    gone = await deployment.desk.cancel(release.id, "asker", NOW, "no longer needed")

    assert (gone.state, gone.why) == (ReleaseState.CANCELLED, ("no longer needed",))
    with pytest.raises(ConflictError):
        await deployment.jobs.run(release.id, "job")


async def test_a_recalled_release_is_given_to_nobody_and_stays_as_its_tombstone(deployment, store):
    release = await deployment.published()

    gone = await deployment.desk.recall(release.id, "officer", NOW, "a mistake")

    assert not deployment.desk.folder_of(release).exists()
    assert await deployment.desk.published(NOW) == ()
    assert await deployment.desk.all_releases() == (gone,)
    assert gone.manifest_sha256 == release.manifest_sha256
    assert recorded(store)[-1]["why"] == ["a mistake"]
    with pytest.raises(GoneError):
        await deployment.desk.fetch(release.id, FILES[0], "reader", "violence", NOW)


async def test_who_fetched_which_file_when_is_known(deployment, store):
    release = await deployment.published()

    for file in (FILES[0], MANIFEST):
        fetched = await deployment.desk.fetch(release.id, file, "reader", "violence", NOW)
        with fetched.content as content:
            assert len(content.read()) == fetched.size > 0
    uses = await deployment.desk.uses(release.id)
    assert {(use.file, use.user_id, use.at) for use in uses} == {
        (FILES[0], "reader", NOW),
        (MANIFEST, "reader", NOW),
    }
    assert [told(each) for each in recorded(store)][-2:] == [("release-fetched", "reader")] * 2


@pytest.mark.parametrize("file", ["../keyring.json", "nothing.csv", "", "/etc/passwd"])
async def test_de_06_no_file_but_a_listed_one_is_fetched(deployment, file):
    release = await deployment.published()

    with pytest.raises(NotFoundError):
        await deployment.desk.fetch(release.id, file, "reader", "violence", NOW)


async def test_de_06_another_projects_release_is_as_if_it_did_not_exist(deployment):
    release, unknown = await deployment.published(), deployment.desk.new_id()

    answers = []
    for each, project in ((release.id, "other"), (unknown, "violence")):
        with pytest.raises(NotFoundError) as found:
            await deployment.desk.fetch(each, FILES[0], "reader", project, NOW)
        answers.append(str(found.value))
    assert answers[0] == answers[1]
    assert await deployment.desk.published(NOW, "other") == ()


async def test_de_06_after_its_time_nobody_is_given_a_file_though_nobody_swept(deployment):
    release = await deployment.published()
    late = release.expires_at

    assert await deployment.desk.published(late) == ()
    with pytest.raises(GoneError):
        await deployment.desk.fetch(release.id, FILES[0], "reader", "violence", late)


async def test_a_file_that_is_recalled_while_it_is_looked_at_is_not_fetched(deployment):
    release = await deployment.published()
    await deployment.desk.recall(release.id, "officer", NOW, "a mistake")

    with pytest.raises(ConflictError):
        await deployment.desk._note_use(release, FILES[0], "reader", NOW)
    assert await deployment.desk.uses(release.id) == ()


async def test_of_two_who_change_a_release_at_once_one_is_told_to_look_again(deployment):
    release = await deployment.published()
    changed = replace(release, generation=release.generation + 1)
    await deployment.desk.recall(release.id, "officer", NOW, "a mistake")

    async with deployment.desk.log.recorded(SignedOut(NOW, "u", "x")) as session:
        assert not await session.do(change_release, release, changed)
    with pytest.raises(ConflictError):
        must_have_been(False)


async def test_a_request_is_kept_as_it_was_asked(deployment):
    release = await deployment.requested()

    found = await deployment.desk.release(release.id)
    assert found == release
    assert digest_of(found.request) == found.request.digest
    with pytest.raises(NotFoundError):
        await deployment.desk.release(deployment.desk.new_id())


@pytest.mark.parametrize("name", [FILES[0], MANIFEST])
async def test_t24_nobody_is_given_a_file_that_was_changed_here(deployment, name):
    desk, published = deployment.desk, await deployment.published()
    (desk.folder_of(published) / name).write_bytes(b"changed")

    with pytest.raises(UnavailableError, match="not what was published"):
        await desk.fetch(published.id, FILES[0], "reader", "violence", NOW)
    assert await desk.uses(published.id) == ()
