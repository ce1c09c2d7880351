"""A machine of a project is given that project's release, whole, by Bulk Data's protocol, and nobody else is."""

import json

import pytest

from tests.population.bulk.world import ANOTHER, TABLES

ROWS = "LinkedActivityRows"


async def test_a_machine_is_given_the_one_published_release_of_its_project(world):
    release = await world.published()
    await world.published(ANOTHER)

    path = await world.begun()
    manifest = (await world.ask("GET", path)).json()

    assert manifest["requiresAccessToken"] is True
    assert manifest["error"] == []
    assert manifest["request"] == "http://gateway.test/fhir/$export"
    assert [each["type"] for each in manifest["output"]] == [
        "LinkedActivityPeopleByPractice",
        ROWS,
    ]
    about = manifest["extension"]["https://shared-care-record.example/bulk/release"]
    assert (about["release"], about["manifestSha256"]) == (str(release.id), release.manifest_sha256)


async def test_what_a_machine_fetches_is_the_approved_file_and_on_record(world):
    release = await world.published()
    manifest = (await world.ask("GET", await world.begun())).json()

    [url] = [each["url"] for each in manifest["output"] if each["type"] == ROWS]
    answer = await world.ask("GET", url)

    folder = world.jobs.desk.folder_of(release)
    assert answer.content == (folder / "rows.ndjson").read_bytes()
    assert answer.headers["content-type"] == "application/fhir+ndjson"
    rows = [json.loads(line) for line in answer.text.splitlines()]
    assert [tuple(row.values()) for row in rows] == TABLES["rows"][1]
    uses = await world.jobs.desk.uses(release.id)
    assert [each.file for each in uses] == ["rows.ndjson"]
    assert [row["file"] for row in await world.stack.audit() if row["action"] == "release-fetched"]


async def test_what_was_waited_for_is_given_without_what_it_turned_out_not_to_have(world):
    release = await world.approved()
    path = await world.begun("?_type=LinkedActivityRows,LinkedActivityCostByPractice")
    waiting = await world.ask("GET", path)

    await world.jobs.run(release.id, "job")
    manifest = (await world.ask("GET", path)).json()

    assert waiting.status_code == 202
    assert [each["type"] for each in manifest["output"]] == [ROWS]


@pytest.mark.parametrize("file", ["manifest.json", "rows.ndjson"])
async def test_t24_what_is_not_as_it_was_published_is_not_given(world, file):
    release = await world.published()
    manifest = (await world.ask("GET", await world.begun())).json()
    with (world.jobs.desk.folder_of(release) / file).open("ab") as altered:
        altered.write(b" ")

    answers = [await world.ask("GET", each["url"]) for each in manifest["output"]]
    again = await world.begin()

    assert 503 in {each.status_code for each in answers}
    assert (again.status_code == 503) is (file == "manifest.json")
    assert "rows.ndjson" not in {use.file for use in await world.jobs.desk.uses(release.id)}
