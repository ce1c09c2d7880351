"""A simulated bulk source refuses what a real one refuses."""

import pytest

from adapters.simulators.bulk.jobs import MOST_EARLY_POLLS
from tests.contract.bulk.asking import KICK_OFF, STRANGERS_KEY, exported, let_in


@pytest.mark.parametrize(
    ("query", "headers", "status"),
    [
        ("", {"Accept": "application/json"}, 400),
        ("", {"Prefer": "return=minimal"}, 400),
        ("?_outputFormat=text/csv", {}, 400),
        ("?_type=Unheard", {}, 400),
        ("?_since=2026-01-01", {}, 400),
        ("?_since=2026-13-01T00:00:00Z", {}, 400),
        ("?_since=2026-01-01T00:00:00Z&_since=2026-01-01T00:00:00Z", {}, 400),
        ("?_typeFilter=Patient%3Factive%3Dtrue", {}, 400),
        ("?_typeFilter=x", {"Prefer": "respond-async, handling=lenient"}, 202),
        ("?_outputFormat=ndjson&_since=2026-01-01T00:00:00.000Z", {}, 202),
    ],
)
async def test_a_kick_off_is_taken_only_as_the_specification_has_it(client, query, headers, status):
    answer = await client.get(f"/fhir/$export{query}", headers=KICK_OFF | headers)

    assert answer.status_code == status
    if status != 202:
        assert answer.json()["resourceType"] == "OperationOutcome"


@pytest.mark.parametrize("path", ["/fhir/Group/1/$export", "/fhir/Encounter/$export", "/fhir/x"])
async def test_other_addresses_are_not_served(client, path):
    assert (await client.get(path, headers=KICK_OFF)).status_code == 404


async def test_types_of_no_patient_cannot_be_asked_of_all_patients(world, client):
    organisation = world.shelf.lines["Patient"][0]._replace(resource_type="Organization", id="o")
    world.shelf.put([organisation])

    of_all = await exported(client, world, path="/fhir/Patient/$export")
    alone = await client.get("/fhir/Patient/$export?_type=Organization", headers=KICK_OFF)

    assert "Organization" not in {entry["type"] for entry in of_all.json()["output"]}
    assert alone.status_code == 400


@pytest.mark.parametrize("kept", ["status", "file"])
async def test_without_a_token_nothing_is_told(world, client, kept):
    begun = await client.get("/fhir/$export", headers=KICK_OFF)
    addresses = {"status": begun.headers["content-location"]}
    addresses["file"] = (await exported(client, world)).json()["output"][0]["url"]
    del client.headers["Authorization"]

    assert (await client.get("/fhir/$export", headers=KICK_OFF)).status_code == 401
    assert (await client.get(addresses[kept])).status_code == 401


async def test_a_token_ends(world, client):
    world.clock.pass_(minutes=5)

    assert (await client.get("/fhir/$export", headers=KICK_OFF)).status_code == 401


async def test_another_clients_export_is_not_there(world, client):
    told = await exported(client, world)
    begun = await client.get("/fhir/$export", headers=KICK_OFF)
    await let_in(client, world, key=STRANGERS_KEY, client_id="them")

    for address in (begun.headers["content-location"], told.json()["output"][0]["url"]):
        assert (await client.get(address)).status_code == 404
    assert (await client.delete(begun.headers["content-location"])).status_code == 404


async def test_a_token_opens_the_types_of_its_scopes_alone(world, client):
    await let_in(client, world, scope="system/Patient.rs")

    asked = await client.get("/fhir/$export?_type=Encounter", headers=KICK_OFF)
    whole = await exported(client, world)

    assert asked.status_code == 403
    assert {entry["type"] for entry in whole.json()["output"]} == {"Patient"}


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"client_assertion": "x"}, "invalid_client"),
        ({"client_assertion_type": "y"}, "invalid_client"),
        ({"scope": ""}, "invalid_scope"),
        ({"scope": "user/*.read"}, "invalid_scope"),
        ({"scope": "system/*.cruds"}, "invalid_scope"),
    ],
)
async def test_no_token_is_given_for_less_than_a_good_request(world, client, form, error):
    answer = await client.post("/token", data=world.form() | form)

    assert answer.json() == {"error": error}


@pytest.mark.parametrize(
    "changes",
    [
        {"key": STRANGERS_KEY},
        {"client_id": "nobody"},
        {"aud": "http://elsewhere.example/token"},
        {"exp": 0},
        {"exp": 2_000_000_000},
    ],
)
async def test_no_token_is_given_for_an_assertion_that_is_not_ours_for_here_and_now(
    world, client, changes
):
    answer = await client.post("/token", data=world.form(**changes))

    assert (answer.status_code, answer.json()) == (401, {"error": "invalid_client"})


async def test_an_assertion_is_taken_once(world, client):
    form = world.form()

    assert (await client.post("/token", data=form)).status_code == 200
    assert (await client.post("/token", data=form)).status_code == 401


async def test_polls_that_come_too_soon_are_turned_away_and_at_last_the_export_is_dropped(client):
    begun = await client.get("/fhir/$export", headers=KICK_OFF)
    status = begun.headers["content-location"]
    await client.get(status)

    early = [await client.get(status) for _ in range(MOST_EARLY_POLLS + 1)]

    assert {each.status_code for each in early} == {429}
    assert {each.headers["retry-after"] for each in early} == {"1"}
    assert (await client.get(status)).status_code == 404


async def test_a_client_may_have_two_exports_under_way(client):
    begun = [await client.get("/fhir/$export", headers=KICK_OFF) for _ in range(3)]

    assert [each.status_code for each in begun] == [202, 202, 429]
    assert begun[-1].headers["retry-after"] == "1"


async def test_files_are_given_as_what_they_are_and_by_their_numbers_alone(world, client):
    begun = await client.get("/fhir/$export", headers=KICK_OFF)
    unready = await client.get(f"{begun.headers['content-location']}/0")
    entry = (await exported(client, world)).json()["output"][0]
    beyond = await client.get(f"{entry['url']}999")
    as_other = await client.get(entry["url"], headers={"Accept": "text/csv"})

    assert [each.status_code for each in (unready, beyond, as_other)] == [404, 404, 406]
