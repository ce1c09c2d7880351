"""A simulated bulk source exports as HL7 FHIR Bulk Data Access 2.0.0 says."""

from email.utils import parsedate_to_datetime

import pytest
from fhir.resources.R4B.bundle import Bundle

from adapters.simulators.bulk.jobs import Pace
from tests.contract.bulk.asking import KICK_OFF, exported, let_in, lines


async def test_an_export_tells_its_progress_and_then_lists_every_resource(world, client):
    told = await exported(client, world)
    manifest = told.json()
    found = await lines(client, manifest["output"])

    held = {(line.resource_type, line.id) for each in world.shelf.lines.values() for line in each}
    assert {(each["resourceType"], each["id"]) for each in found} == held
    assert len(found) == len(held) == sum(entry["count"] for entry in manifest["output"])
    assert manifest["requiresAccessToken"] is True
    assert manifest["error"] == manifest["deleted"] == []


async def test_each_file_is_of_one_type_and_of_ndjson(world, client):
    for entry in (await exported(client, world)).json()["output"]:
        file = await client.get(entry["url"], headers={"Accept": "application/fhir+ndjson"})

        assert file.headers["content-type"].startswith("application/fhir+ndjson")
        assert {each["resourceType"] for each in await lines(client, [entry])} == {entry["type"]}
        assert file.text.endswith("\n")


async def test_progress_is_told_until_it_is_ready(world, client):
    begun = await client.get("/fhir/$export", headers=KICK_OFF)
    told = await client.get(begun.headers["content-location"])

    assert (told.status_code, told.headers["retry-after"]) == (202, "1")
    assert told.headers["x-progress"] == "50% done"
    assert told.content == b""


@pytest.mark.parametrize("query", ["?_type=Patient", "?_type=Patient&_type=Patient"])
async def test_only_the_types_asked_for_are_exported(world, client, query):
    told = await exported(client, world, query)

    assert {entry["type"] for entry in told.json()["output"]} == {"Patient"}


async def test_only_what_changed_since_is_exported_and_what_is_gone_is_told(world, client):
    before = (await exported(client, world)).json()["transactionTime"].replace("+", "%2B")
    world.clock.pass_(seconds=5)
    changed, gone = world.shelf.lines["Patient"][0], world.shelf.lines["Encounter"][0]
    world.shelf.put([changed._replace(updated_at=world.clock())])
    world.shelf.delete("Encounter", gone.id, world.clock())

    manifest = (await exported(client, world, f"?_since={before}")).json()

    assert [each["id"] for each in await lines(client, manifest["output"])] == [changed.id]
    (bundle,) = await lines(client, manifest["deleted"])
    entry = Bundle.model_validate(bundle).entry[0]
    assert (entry.request.method, entry.request.url) == ("DELETE", f"Encounter/{gone.id}")


async def test_what_changes_while_an_export_is_under_way_is_not_in_it(world, client):
    begun = await client.get("/fhir/$export?_type=Patient", headers=KICK_OFF)
    late = world.shelf.lines["Patient"][0]
    world.shelf.delete("Patient", late.id, world.clock())
    world.clock.pass_(seconds=1)
    await client.get(begun.headers["content-location"])
    world.clock.pass_(seconds=1)

    manifest = (await client.get(begun.headers["content-location"])).json()

    assert late.id in {each["id"] for each in await lines(client, manifest["output"])}


async def test_files_are_gone_when_they_expire(world, client):
    told = await exported(client, world)
    entry = told.json()["output"][0]
    expires_at = parsedate_to_datetime(told.headers["expires"])
    world.clock.now = expires_at
    await let_in(client, world)

    assert (await client.get(entry["url"])).status_code == 404


async def test_what_cannot_be_written_is_told_in_an_error_file(world):
    async with world.client(pace=Pace(unwritable=frozenset({"Encounter"}))) as client:
        await let_in(client, world)
        manifest = (await exported(client, world)).json()
        (told,) = await lines(client, manifest["error"])

    assert "Encounter" not in {entry["type"] for entry in manifest["output"]}
    assert told["resourceType"] == "OperationOutcome"
    assert told["issue"][0]["severity"] == "error"


async def test_an_export_that_is_given_up_is_gone(world, client):
    begun = await client.get("/fhir/$export", headers=KICK_OFF)
    status = begun.headers["content-location"]

    assert (await client.delete(status)).status_code == 202
    assert (await client.get(status)).status_code == 404


async def test_what_a_source_offers_is_declared(world, client):
    statement = (await client.get("/fhir/metadata")).json()
    smart = (await client.get("/fhir/.well-known/smart-configuration")).json()

    assert statement["rest"][0]["operation"][0]["name"] == "export"
    assert smart["token_endpoint"].endswith("/token")
