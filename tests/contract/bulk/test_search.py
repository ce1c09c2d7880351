"""A simulated source without `$export` is searched page by page, by type and time of change."""

import pytest

from tests.contract.bulk.asking import KICK_OFF, World, let_in


@pytest.fixture
async def client(world: World):
    async with world.client(offers_export=False) as client:
        await let_in(client, world)
        yield client


async def walked(client, url):
    """Give all resources of a search, in the order of its pages."""
    found = []
    while url:
        page = (await client.get(url)).json()
        found += [entry["resource"] for entry in page["entry"]]
        nexts = [link["url"] for link in page["link"] if link["relation"] == "next"]
        url = nexts[0] if nexts else None
    return found


async def test_pages_hold_every_resource_once_the_oldest_change_first(world, client):
    found = await walked(client, "/fhir/Encounter?_sort=_lastUpdated&_count=7")

    times = [each["meta"]["lastUpdated"] for each in found]
    assert times == sorted(times)
    held = {line.id for line in world.shelf.lines["Encounter"]}
    assert {each["id"] for each in found} == held
    assert len(found) == len(held)


async def test_pages_stay_as_they_were_while_the_source_changes(world, client):
    first = (await client.get("/fhir/Patient?_count=2")).json()
    gone = world.shelf.lines["Patient"][-1]
    world.shelf.delete("Patient", gone.id, world.clock())

    following = next(each["url"] for each in first["link"] if each["relation"] == "next")
    found = [each["resource"]["id"] for each in first["entry"]]
    found += [each["id"] for each in await walked(client, following)]

    assert gone.id in found
    assert first["total"] == len(found)


@pytest.mark.parametrize(("bound", "counted"), [("ge", 1), ("gt", 0), ("le", 1)])
async def test_changes_are_found_by_time(world, client, bound, counted):
    world.shelf.lines["Patient"] = world.shelf.lines["Patient"][:1]
    (line,) = world.shelf.lines["Patient"]
    time = line.updated_at.isoformat().replace("+", "%2B")

    page = (await client.get(f"/fhir/Patient?_lastUpdated={bound}{time}")).json()

    assert page["total"] == len(page["entry"]) == counted


async def test_a_resource_of_no_stated_time_is_found_by_none(world, client):
    world.shelf.lines["Patient"] = [world.shelf.lines["Patient"][0]._replace(updated_at=None)]

    assert (await client.get("/fhir/Patient")).json()["total"] == 1
    found = await client.get("/fhir/Patient?_lastUpdated=ge2020-01-01T00:00:00Z")
    assert found.json()["total"] == 0


@pytest.mark.parametrize(
    ("url", "status"),
    [
        ("/fhir/Unheard", 404),
        ("/fhir/$export", 404),
        ("/fhir/Patient?name=x", 400),
        ("/fhir/Patient?_sort=birthdate", 400),
        ("/fhir/Patient?_count=0", 400),
        ("/fhir/Patient?_count=x", 400),
        ("/fhir/Patient?_lastUpdated=2026-01-01", 400),
        ("/fhir/Patient?_lastUpdated=ge2026-01-01", 400),
        ("/fhir/Patient?_lastUpdated=gesoon", 400),
        ("/fhir/Patient?_page=unknown.0", 410),
        ("/fhir/Patient?_page=x", 410),
    ],
)
async def test_other_questions_are_refused(client, url, status):
    answer = await client.get(url, headers=KICK_OFF)

    assert answer.status_code == status
    assert answer.json()["resourceType"] == "OperationOutcome"


async def test_a_type_beyond_the_tokens_scope_is_refused(world, client):
    await let_in(client, world, scope="system/Patient.read")

    assert (await client.get("/fhir/Patient")).status_code == 200
    assert (await client.get("/fhir/Encounter")).status_code == 403


async def test_old_answers_are_gone_when_many_were_asked_for(client):
    first = (await client.get("/fhir/Patient?_count=1")).json()
    for _ in range(64):
        await client.get("/fhir/Patient?_count=1")

    following = next(each["url"] for each in first["link"] if each["relation"] == "next")
    assert (await client.get(following)).status_code == 410


async def test_no_export_is_declared(client):
    statement = (await client.get("/fhir/metadata")).json()

    assert "operation" not in statement["rest"][0]
    assert {each["type"] for each in statement["rest"][0]["resource"]} >= {"Patient", "Encounter"}
