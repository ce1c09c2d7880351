"""A machine is given the tables of its release by SQL on FHIR's operations: the files that were approved, and no others."""

import csv
import io
import json

import pyarrow.parquet as pq
import pytest

from tests.population.bulk.world import ANOTHER, OTHER_CLIENT, TABLES

CANONICAL = "https://shared-care-record.example/ViewDefinition/rows"
ASYNC = {"Prefer": "respond-async"}


def reference(name: str, word: str = "subjectReference") -> dict[str, object]:
    return {"name": word, "valueReference": {"reference": f"ViewDefinition/{name}"}}


def asked(*parameters: object) -> dict[str, object]:
    return {"resourceType": "Parameters", "parameter": [*parameters]}


async def run(world, *parameters, path="/fhir/$sql-run", holder=None):
    return await world.ask("POST", path, holder, json=asked(*parameters))


async def export(world, *parameters, path="/fhir/$sql-export", headers=ASYNC, holder=None):
    return await world.ask("POST", path, holder, json=asked(*parameters), headers=headers)


def rows_of(form: str, content: bytes) -> list[tuple[str, ...]]:
    if form == "parquet":
        return [tuple(row.values()) for row in pq.read_table(io.BytesIO(content)).to_pylist()]
    if form == "csv":
        return [tuple(row) for row in csv.reader(io.StringIO(content.decode())) if row][1:]
    return [tuple(json.loads(line).values()) for line in content.splitlines()]


@pytest.mark.parametrize("form", ["ndjson", "csv", "parquet"])
@pytest.mark.parametrize("table", sorted(TABLES))
async def test_a_declared_table_is_the_releases_own_file(world, table, form):
    release = await world.published()

    answer = await run(world, reference(table), {"name": "_format", "valueCode": form})

    file = world.jobs.desk.folder_of(release) / f"{table}.{form}"
    assert answer.content == file.read_bytes()
    assert rows_of(form, answer.content) == TABLES[table][1]
    assert [use.file for use in await world.jobs.desk.uses(release.id)] == [file.name]


@pytest.mark.parametrize(
    ("parameters", "status"),
    [
        ([reference("rows")], 200),
        ([reference("rows", "viewReference")], 200),
        ([{"name": "subjectCanonical", "valueCanonical": CANONICAL}], 200),
        ([reference("rows"), {"name": "header", "valueBoolean": True}], 200),
        ([reference("rows"), {"name": "_format", "valueCode": "text/csv"}], 200),
        ([], 400),
        ([reference("rows"), reference("rows", "viewReference")], 400),
        ([reference("rows"), {"name": "_format", "valueCode": "json"}], 400),
        ([reference("rows"), {"name": "header", "valueBoolean": False}], 400),
        ([reference("rows"), {"name": "_limit", "valueInteger": 1}], 400),
        ([reference("rows"), {"name": "patient", "valueReference": {"reference": "a"}}], 400),
        ([reference("rows"), {"name": "source", "valueString": "s3://a"}], 400),
        ([{"name": "subjectResource"}], 400),
        ([{"name": "subjectReference", "valueReference": {}}], 400),
        ([reference("../rows")], 400),
        ([reference("person")], 404),
        ([reference("five-safes")], 404),
    ],
)
async def test_a_table_is_asked_for_by_what_is_declared(world, parameters, status):
    await world.published()

    assert (await run(world, *parameters)).status_code == status


async def test_another_projects_tables_are_not_there(world):
    await world.published()
    other = world.hold(client=OTHER_CLIENT)

    assert (await run(world, reference("rows"), holder=other)).status_code == 404
    assert (await export(world, _subject("rows"), holder=other)).status_code == 404


def _subject(table: str, name: str | None = None, word: str = "subject") -> dict[str, object]:
    named = [] if name is None else [{"name": "name", "valueString": name}]
    return {"name": word, "part": [*named, reference(table)]}


@pytest.mark.parametrize("word", ["subject", "view"])
async def test_an_export_of_tables_leads_to_each_file_by_the_name_that_its_client_gave(world, word):
    await world.published()
    more = ({"name": "clientTrackingId", "valueString": "mine-1"},)

    begun = await export(world, _subject("rows", "contacts", word), *more)
    status = await world.ask("GET", begun.headers["content-location"])
    result = await world.ask("GET", status.headers["location"])

    assert (begun.status_code, status.status_code, status.content) == (202, 303, b"")
    told = {each["name"]: each for each in result.json()["parameter"]}
    assert told["status"]["valueCode"] == "completed"
    assert told["clientTrackingId"]["valueString"] == "mine-1"
    name, location = told["output"]["part"]
    assert name["valueString"] == "contacts"
    rows = await world.ask("GET", location["valueUri"])
    assert rows_of("ndjson", rows.content) == TABLES["rows"][1]


@pytest.mark.parametrize(
    ("parameters", "status"),
    [
        ([], 400),
        ([_subject("rows"), _subject("rows")], 400),
        ([_subject("rows"), _subject("people-by-practice", "rows")], 400),
        ([_subject("rows", "../rows")], 400),
        ([_subject("person")], 404),
        ([{"name": "subject", "part": [{"name": "subjectResource", "resource": {}}]}], 400),
        ([_subject("rows"), {"name": "clientTrackingId", "valueString": ""}], 400),
        ([_subject("rows"), {"name": "clientTrackingId", "valueString": "for 943 476 5919"}], 400),
        ([_subject("rows", "9434765919")], 400),
        ([_subject("rows"), {"name": "_since", "valueInstant": "2026-01-01T00:00:00Z"}], 400),
    ],
)
async def test_an_export_of_tables_begins_only_with_what_is_served(world, parameters, status):
    await world.published()

    assert (await export(world, *parameters)).status_code == status


async def test_an_export_of_tables_is_begun_by_who_comes_again_for_it(world):
    await world.published()

    assert (await export(world, _subject("rows"), headers={})).status_code == 400


async def test_former_names_of_the_operations_do_the_same(world):
    await world.published()

    table = await run(world, reference("rows"), path="/fhir/$viewdefinition-run")
    begun = await export(world, _subject("rows"), path="/fhir/$viewdefinition-export")

    assert rows_of("ndjson", table.content) == TABLES["rows"][1]
    assert "/fhir/$sql-export/" in begun.headers["content-location"]
    assert (await world.ask("DELETE", begun.headers["content-location"])).status_code == 202


async def test_an_export_of_one_kind_is_not_found_as_another(world):
    await world.published()
    bulk = await world.begun()
    await world.published(ANOTHER)

    assert (await world.ask("GET", bulk.replace("$export", "$sql-export"))).status_code == 404


@pytest.mark.parametrize("is_running", [False, True])
async def test_a_release_that_is_being_made_is_waited_for(world, is_running):
    release = await world.approved()
    if is_running:
        await world.begin_making(release)

    bulk = await world.ask("GET", await world.begun("?_type=LinkedActivityRows"))
    begun = await export(world, _subject("rows"))
    tables = await world.ask("GET", begun.headers["content-location"])

    expected = "step 2 of 5: read" if is_running else "approved"
    for answer in (bulk, tables):
        assert (answer.status_code, answer.headers["x-progress"]) == (202, expected)
        assert answer.headers["retry-after"].isdigit()
    assert (
        await world.ask("GET", f"{begun.headers['content-location']}/result")
    ).status_code == 404
    assert (await run(world, reference("rows"))).status_code == 404
