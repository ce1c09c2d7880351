"""What a machine asks for is read strictly: what is not served is refused in words, and nothing sent is repeated."""

from datetime import timedelta

import pytest

from gateway.wiring import now

KICKED_OFF = [
    ("", 202),
    ("?_outputFormat=ndjson", 202),
    ("?_outputFormat=application/ndjson", 202),
    ("?_outputFormat=application%2Ffhir%2Bndjson", 202),
    ("?_outputFormat=text/csv", 400),
    ("?_type=LinkedActivityRows", 202),
    ("?_type=LinkedActivityRows,LinkedActivityPeopleByPractice", 202),
    ("?_type=LinkedActivityRows&_type=LinkedActivityPeopleByPractice", 202),
    ("?_type=Patient", 400),
    ("?_type=LinkedActivityRows,Encounter", 400),
    ("?_since=2026-01-01T00:00:00Z", 202),
    ("?_since=2026-01-01T00:00:00%2B01:00", 202),
    ("?_since=2026-01-01", 400),
    ("?_since=yesterday", 400),
    ("?_since=2026-W01-1T00:00:00Z", 400),
    ("?_since=20260101T000000Z", 400),
    ("?_since=2026-01-01T00:00:00%2B01:00:30", 400),
    ("?_since=2026-01-01T00:00:00", 400),
    ("?_since=2026-02-30T00:00:00Z", 400),
    ("?_since=2026-01-01T00:00:00.123456789Z", 202),
    ("?_typeFilter=Encounter%3Fstatus%3Dfinished", 400),
    ("?_elements=id", 400),
    ("?patient=Patient/1", 400),
    ("?unheard-of=1", 400),
    ("?release=1&release=2", 400),
    ("?release=none", 404),
]


@pytest.mark.parametrize(("query", "status"), KICKED_OFF)
async def test_an_export_begins_only_with_what_is_served(world, query, status):
    await world.published()

    answer = await world.begin(query)

    assert answer.status_code == status
    body = answer.json()
    assert body["resourceType"] == "OperationOutcome"
    assert "unheard-of" not in answer.text
    assert ("content-location" in answer.headers) == (status == 202)


async def test_an_export_is_begun_by_who_comes_again_for_it(world):
    await world.published()

    answer = await world.ask("GET", "/fhir/$export", headers={"Prefer": "handling=lenient"})

    assert answer.status_code == 400
    assert answer.json()["issue"][0]["code"] == "required"


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ([], 202),
        ([{"name": "_type", "valueString": "LinkedActivityRows"}], 202),
        ([{"name": "_since", "valueInstant": "2026-01-01T00:00:00Z"}], 202),
        ([{"name": "_type"}], 400),
        ([{"name": "_type", "valueString": "a", "valueCode": "b"}], 400),
        ([{"name": "patient", "valueReference": {"reference": "Patient/1"}}], 400),
        ([{"name": "_type", "valueDecimal": 1.5}], 400),
    ],
)
async def test_parameters_say_the_same_as_an_address(world, sent, status):
    await world.published()
    headers = {"Prefer": "respond-async", "Content-Type": "application/fhir+json"}
    body = {"resourceType": "Parameters", "parameter": sent}

    answer = await world.ask("POST", "/fhir/$export", json=body, headers=headers)

    assert answer.status_code == status


@pytest.mark.parametrize(
    ("content", "kind", "query"),
    [
        (b"{", "application/json", ""),
        (b"[" * 100_000, "application/json", ""),
        (b'{"resourceType": "Patient"}', "application/json", ""),
        (b'{"resourceType": "Parameters"}', "text/plain", ""),
        (b'{"resourceType": "Parameters"}', "application/json", "?_type=a"),
        (b" " * (1024 * 1024 + 1), "application/json", ""),
    ],
)
async def test_what_is_no_parameters_resource_begins_nothing(world, content, kind, query):
    headers = {"Prefer": "respond-async", "Content-Type": kind}

    answer = await world.ask("POST", f"/fhir/$export{query}", content=content, headers=headers)

    assert answer.status_code == 400
    assert answer.json()["resourceType"] == "OperationOutcome"


@pytest.mark.parametrize("inner", ["_type", "part"])
async def test_more_parameters_than_are_read_are_refused_at_once(world, inner):
    many = [{"name": "_type"}] * 20_000
    sent = many if inner == "_type" else [{"name": "_type", "part": many}]
    headers = {"Prefer": "respond-async", "Content-Type": "application/fhir+json"}
    body = {"resourceType": "Parameters", "parameter": sent}

    answer = await world.ask("POST", "/fhir/$export", json=body, headers=headers)

    assert (answer.status_code, answer.json()["issue"][0]["code"]) == (400, "too-long")


async def test_a_manifest_repeats_nothing_that_was_not_read(world):
    await world.published()

    manifest = (await world.ask("GET", await world.begun("?_format=943%20476%205919"))).json()

    assert manifest["request"] == "http://gateway.test/fhir/$export"


@pytest.mark.parametrize(("before", "is_given"), [(timedelta(1), True), (-timedelta(1), False)])
async def test_a_release_is_given_again_only_if_it_is_newer_than_the_last_export(
    world, before, is_given
):
    await world.published()
    since = (now() - before).isoformat().replace("+", "%2B")

    manifest = (await world.ask("GET", await world.begun(f"?_since={since}"))).json()

    assert bool(manifest["output"]) is is_given


async def test_of_several_releases_one_is_named(world):
    first, second = await world.published(), await world.published()

    unnamed = await world.begin()

    assert unnamed.status_code == 400
    assert str(first.id) in unnamed.text
    manifest = (await world.ask("GET", await world.begun(f"?release={second.id}"))).json()
    about = manifest["extension"]["https://shared-care-record.example/bulk/release"]
    assert about["release"] == str(second.id)


async def test_where_nothing_is_released_there_is_nothing_to_export(world):
    await world.requested()

    assert (await world.begin()).status_code == 404
