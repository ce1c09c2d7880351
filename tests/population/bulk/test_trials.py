"""A view of somebody's own runs on invented people alone, within bounds, and meets no record of anybody."""

import json

import msgspec
import pytest

from gateway.population import trying
from gateway.population.trial import BYTES_AT_MOST, ROWS_AT_MOST, Trial, Tried
from gateway.population.trying import SAMPLE, tried, try_one
from gateway.population.views.declared import declared_views
from gateway.view_trials import ViewTrials
from tests.population.bulk.test_tables import asked, rows_of

VIEW = {
    "resourceType": "ViewDefinition",
    "name": "patients",
    "status": "active",
    "resource": "Patient",
    "select": [
        {"column": [{"name": "id", "path": "id"}, {"name": "gender", "path": "gender"}]},
    ],
}
ONE = {"resourceType": "Patient", "id": "mine", "gender": "other"}
UNUSABLE = [
    {**VIEW, "resource": "Nothing"},
    {**VIEW, "select": []},
    {**VIEW, "select": [{"column": [{"name": "a", "path": "id("}]}]},
    {**VIEW, "select": [{"column": [{"name": "a b", "path": "id"}]}]},
    {"resourceType": "Library"},
]


def trial(definition=VIEW, **more) -> Trial:
    return Trial(msgspec.Raw(json.dumps(definition).encode()), **more)


@pytest.fixture
def people(tmp_path):
    """Make a sample of people of a test's own."""

    def made(*resources):
        (folder := tmp_path / "people").mkdir()
        lines = (json.dumps(each) + "\n" for each in resources)
        (folder / "Patient.ndjson").write_text("".join(lines))
        return folder

    return made


def test_the_sample_is_looked_at(tmp_path):
    found = rows_of("ndjson", tried(trial(), tmp_path).table)

    people = (SAMPLE / "Patient.ndjson").read_text().splitlines()
    assert [one for one, _gender in found] == [json.loads(each)["id"] for each in people]


def test_of_a_type_that_the_sample_lacks_there_is_no_row(tmp_path):
    assert tried(trial({**VIEW, "resource": "Practitioner"}), tmp_path) == Tried()


@pytest.mark.parametrize("form", ["ndjson", "csv", "parquet"])
@pytest.mark.parametrize("rows", [0, 1, 5])
def test_a_trial_gives_as_many_rows_as_are_asked_for(tmp_path, form, rows):
    table = tried(trial(form=form, rows=rows), tmp_path).table

    assert len(rows_of(form, table)) == rows


def test_no_trial_gives_more_than_is_lent(tmp_path, people):
    many = people(*({**ONE, "id": str(each)} for each in range(ROWS_AT_MOST + 1)))

    found = tried(trial(rows=10**9), tmp_path, many)

    assert len(rows_of("ndjson", found.table)) == ROWS_AT_MOST


@pytest.mark.parametrize("definition", UNUSABLE)
def test_all_that_is_wrong_with_a_view_is_told(tmp_path, definition):
    found = tried(trial(definition), tmp_path)

    assert found.table == b""
    assert found.faults


def test_what_is_wrong_with_a_resource_is_told_without_a_word_of_it(tmp_path, people):
    twice = {**VIEW, "select": [{"column": [{"name": "given", "path": "name.given"}]}]}
    person = {**ONE, "name": [{"given": ["Violet", "Rose"]}]}

    found = tried(trial(twice), tmp_path, people(person))

    assert found.faults
    assert "Violet" not in found.faults[0]


def test_a_view_whose_result_is_too_long_is_refused(tmp_path, people):
    long = {**ONE, "id": "a" * 900_000}
    twenty = [{"name": f"c{each}", "path": "id"} for each in range(20)]

    found = tried(trial({**VIEW, "select": [{"column": twenty}]}), tmp_path, people(long))

    assert BYTES_AT_MOST < 20 * 900_000
    assert (found.table, bool(found.faults)) == (b"", True)


def test_a_view_that_is_nested_without_end_is_refused(tmp_path):
    deep = json.dumps(VIEW).replace('"select": [', '"select": [' + '{"select": [' * 3_000)
    definition = msgspec.Raw((deep[:-1] + "]}" * 3_000 + "}").encode())

    assert tried(Trial(definition), tmp_path).faults


OUT_OF_REACH = {
    "an integer without end": b'{"a": ' + b"9" * 5_000 + b"}",
    "a decimal without end": json.dumps(
        {**VIEW, "constant": [{"name": "c", "valueDecimal": 0}], "where": [{"path": "1 = %c"}]}
    )
    .replace('"valueDecimal": 0', '"valueDecimal": 1e999999999')
    .encode(),
    "no JSON": b"\xff",
}


@pytest.mark.parametrize("content", OUT_OF_REACH.values(), ids=OUT_OF_REACH)
def test_a_view_that_is_out_of_reach_is_a_fault_in_words_of_ours(tmp_path, content):
    found = tried(Trial(msgspec.Raw(content)), tmp_path)

    assert found.table == b""
    assert len(found.faults) == 1
    assert "999" not in found.faults[0]


def test_what_the_engine_cannot_bind_is_a_fault_in_words_of_ours(tmp_path, monkeypatch):
    within: dict = {"column": [{"name": "id", "path": "id"}]}
    for _each in range(10):
        within = {"unionAll": [within, within]}
    deep = trial({**VIEW, "select": [within]})
    assert "select: nests more than 4 deep" in tried(deep, tmp_path).faults

    monkeypatch.setattr(trying, "must_be_of_a_size_to_try", lambda _view: None)

    assert tried(deep, tmp_path).faults == (trying._UNFIT,)


def test_no_more_faults_are_told_than_anybody_reads(tmp_path):
    many = {**VIEW, **{f"unheard-of-{each}": each for each in range(1_000)}}

    assert len(tried(trial(many), tmp_path).faults) == 100


def test_the_sample_is_of_nobody_and_gives_rows_to_every_declared_type():
    for path in sorted(SAMPLE.glob("*.ndjson")):
        for line in path.read_text().splitlines():
            resource = json.loads(line)
            assert resource["resourceType"] == path.stem
            assert resource["id"].startswith("sample-")
            assert not resource.keys() & {"identifier", "name", "address", "telecom", "text"}
    assert {each.resource for each in declared_views().values()} <= {
        path.stem for path in SAMPLE.glob("*.ndjson")
    }


def test_a_trial_is_read_and_answered_through_pipes(tmp_path):
    with (tmp_path / "in").open("w+b") as pipe, (tmp_path / "out").open("w+b") as out:
        pipe.write(msgspec.json.encode(trial(rows=1)))
        pipe.seek(0)
        (folder := tmp_path / "work").mkdir()
        try_one(pipe, out, folder)
        out.seek(0)
        assert len(rows_of("ndjson", msgspec.json.decode(out.read(), type=Tried).table)) == 1


async def sent(world, *parameters, path="/fhir/$sql-run"):
    return await world.ask("POST", path, json=asked(*parameters))


@pytest.mark.parametrize("word", ["subjectResource", "viewResource"])
async def test_a_machine_tries_a_view_of_its_own(world, word):
    answer = await sent(world, {"name": word, "resource": VIEW})

    assert answer.headers["content-type"] == "application/x-ndjson"
    assert rows_of("ndjson", answer.content)


async def test_what_is_carried_with_a_view_is_refused_and_reaches_no_trial(world, monkeypatch):
    monkeypatch.setattr(ViewTrials, "tried", None)
    carried = {"name": "resource", "resource": ONE}

    answer = await sent(world, {"name": "subjectResource", "resource": VIEW}, carried)

    assert (answer.status_code, answer.json()["issue"][0]["code"]) == (400, "not-supported")
    assert "invented people alone" in answer.text


async def test_a_machine_is_given_as_many_rows_as_it_asks_for(world):
    limit = {"name": "_limit", "valueInteger": 1}

    answer = await sent(world, {"name": "subjectResource", "resource": VIEW}, limit)

    assert len(rows_of("ndjson", answer.content)) == 1


async def test_a_machine_is_told_each_fault_of_its_view(world):
    bad = {**VIEW, "select": [{"column": [{"name": "a", "path": "id("}]}], "resource": "Nobody"}

    answer = await sent(world, {"name": "subjectResource", "resource": bad})

    assert answer.status_code == 422
    assert {each["code"] for each in answer.json()["issue"]} == {"invalid"}
    assert any("path" in each["diagnostics"] for each in answer.json()["issue"])


@pytest.mark.parametrize(
    "parameters",
    [
        [{"name": "_limit", "valueInteger": -1}],
        [{"name": "_limit", "valueString": "many"}],
        [{"name": "resource"}],
        [{"name": "source", "valueString": "/etc"}],
    ],
)
async def test_a_trial_begins_only_with_what_is_served(world, parameters):
    answer = await sent(world, {"name": "subjectResource", "resource": VIEW}, *parameters)

    assert answer.status_code == 400


async def test_de_01_a_tried_view_meets_no_row_of_the_store_or_of_a_release(world):
    await world.published()
    everybody = {"name": "subjectResource", "resource": VIEW}

    answer = await sent(world, everybody)

    ids = {one for one, _gender in rows_of("ndjson", answer.content)}
    assert ids
    assert all(each.startswith("sample-") for each in ids)
