"""Which rows a view gives, beyond what the published cases say."""

from pathlib import Path

import duckdb
import pytest

from gateway.population.views.compiled import compile_view
from gateway.population.views.running import run_view
from tests.population.views.viewing import Json, Rows, column, rows_of, view, written

ASH: Json = {
    "resourceType": "Patient",
    "id": "ash",
    "active": True,
    "maritalStatus": {"text": "single"},
    "name": [{"family": "Ash", "given": ["Ada", "Bea"]}, {"family": "Elm"}],
}
OAK: Json = {"resourceType": "Patient", "id": "oak"}
LITERAL: Json = {"name": "said", "path": "'said'"}
INDEX: Json = {"name": "at", "path": "%rowIndex"}
THERE: Json = {"name": "there", "path": "$this.exists()"}


def shown(connection: duckdb.DuckDBPyConnection, folder: Path, *selects: Json) -> Rows:
    return rows_of(connection, folder, view(*selects), [ASH, OAK])


def test_nothing_is_asked_in_a_row_of_nulls(connection: duckdb.DuckDBPyConnection, folder: Path):
    inner = [{"forEach": "given", "column": [{"name": "given", "path": "$this"}]}]
    each = {"forEachOrNull": "name", "column": [LITERAL, INDEX, THERE], "select": inner}

    rows = shown(connection, folder, each)

    assert rows[-1] == {"said": None, "at": 0, "there": None, "given": None}
    assert [row["given"] for row in rows] == ["Ada", "Bea", None]


def test_a_row_of_nulls_is_one_however_many_branches(
    connection: duckdb.DuckDBPyConnection, folder: Path
):
    branches = [{"column": [INDEX]}, {"forEachOrNull": "given", "column": [INDEX]}]

    rows = shown(connection, folder, {"forEachOrNull": "name", "unionAll": branches})

    assert [row["at"] for row in rows] == [0, 0, 1, 1, 0, 0]


@pytest.mark.parametrize(
    ("select", "expected"),
    [
        ({"forEach": "maritalStatus", "column": [{"name": "v", "path": "text"}]}, ["single"]),
        ({"forEachOrNull": "maritalStatus", "column": [LITERAL | {"name": "v"}]}, ["said", None]),
        ({"forEach": "$this", "column": [{"name": "v", "path": "id"}]}, ["ash", "oak"]),
        ({"forEach": "where(active)", "column": [{"name": "v", "path": "id"}]}, ["ash"]),
        (
            {"forEachOrNull": "where(active)", "column": [{"name": "v", "path": "id"}]},
            ["ash", None],
        ),
        ({"forEach": "nothing", "column": [LITERAL | {"name": "v"}]}, []),
        ({"forEachOrNull": "nothing", "column": [LITERAL | {"name": "v"}]}, [None, None]),
        ({"repeat": ["nothing"], "column": [LITERAL | {"name": "v"}]}, []),
        ({"forEach": "name.given", "column": [{"name": "v", "path": "$this"}]}, ["Ada", "Bea"]),
        ({"forEach": "name[1]", "column": [{"name": "v", "path": "family"}]}, ["Elm"]),
    ],
)
def test_an_iteration_gives(
    connection: duckdb.DuckDBPyConnection, folder: Path, select: Json, expected: list[str | None]
):
    assert [row["v"] for row in shown(connection, folder, select)] == expected


def test_rows_of_one_branch_are_not_those_of_another(
    connection: duckdb.DuckDBPyConnection, folder: Path
):
    branches = [
        {"forEach": "maritalStatus", "column": [{"name": "v", "path": "text"}]},
        {"forEachOrNull": "name", "column": [{"name": "v", "path": "family"}]},
        {"forEachOrNull": "maritalStatus", "column": [{"name": "v", "path": "text"}]},
        {"unionAll": [{"column": [{"name": "v", "path": "id"}]}]},
    ]

    rows = shown(connection, folder, {"unionAll": branches})

    assert [row["v"] for row in rows] == [
        "single",
        "Ash",
        "Elm",
        "single",
        "ash",
        None,
        None,
        "oak",
    ]


NESTED: Json = {
    "resourceType": "Questionnaire",
    "id": "q",
    "item": [{"linkId": "1", "item": [{"linkId": "2", "maxLength": 7, "item": [{"linkId": "3"}]}]}],
}


def test_a_walk_may_stand_in_a_branch_and_be_told_apart(
    connection: duckdb.DuckDBPyConnection, folder: Path
):
    walk = {"repeat": ["item"], "column": [{"name": "v", "path": "linkId"}, INDEX]}
    length = {"column": [{"name": "v", "path": "id"}, INDEX]}

    rows = rows_of(
        connection, folder, view({"unionAll": [walk, length]}, resource="Questionnaire"), [NESTED]
    )

    assert [(row["v"], row["at"]) for row in rows] == [("1", 0), ("2", 1), ("3", 2), ("q", 0)]


def test_what_is_walked_may_be_read_in_other_ways_too(
    connection: duckdb.DuckDBPyConnection, folder: Path
):
    columns = [
        {"name": "first", "path": "item.first().linkId"},
        {"name": "deep", "path": "item.item.maxLength"},
        {"name": "two", "path": "item.where(item.exists()).linkId"},
    ]
    walk = {"repeat": ["item"], "column": [{"name": "v", "path": "linkId"}]}

    rows = rows_of(
        connection, folder, view({"column": columns}, walk, resource="Questionnaire"), [NESTED]
    )

    assert [tuple(row.values()) for row in rows] == [("1", 7, "1", each) for each in "123"]


def test_lines_of_another_type_and_empty_files_give_no_row(
    connection: duckdb.DuckDBPyConnection, folder: Path
):
    observation = {"resourceType": "Observation", "id": "o"}
    compiled = compile_view(column("id"))
    files = [written(folder, [observation, ASH]), written(folder, [])]

    assert run_view(connection, compiled, files).to_pylist() == [{"v": "ash"}]
    assert run_view(connection, compiled, []).to_pylist() == []


def test_a_view_that_reads_nothing_gives_a_row_for_each_resource(
    connection: duckdb.DuckDBPyConnection, folder: Path
):
    assert shown(connection, folder, {"column": [LITERAL]}) == [{"said": "said"}] * 2
    assert run_view(connection, compile_view(column("'a'")), []).to_pylist() == []


BESIDE: Json = {
    "resourceType": "Patient",
    "_gender": {"id": "g"},
    "name": [None, {"_family": {"id": "f"}, "given": [None, "Bea"], "_given": [{"id": "n"}, None]}],
}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("gender", None),
        ("gender.exists()", True),
        ("gender.where($this.exists()).exists()", True),
        ("gender.id", "g"),
        ("name.exists()", True),
        ("name[0].family.exists()", True),
        ("name.family[0].exists()", True),
        ("name.family[1].exists()", False),
        ("name.given[0]", None),
        ("name.given[1]", "Bea"),
        ("name.given.join('+')", "Bea"),
        ("name.given[0].id", "n"),
        ("name.first().given.first().id", "n"),
        ("name.family.first().id", "f"),
        ("name.given[1].id", None),
        ("name.given = name.given", None),
        ("name.given = name.family", False),
    ],
)
def test_a_primitive_with_nothing_but_something_beside_it_is_an_item(
    connection: duckdb.DuckDBPyConnection, folder: Path, path: str, expected: object
):
    assert rows_of(connection, folder, column(path), [BESIDE]) == [{"v": expected}]


def test_a_collection_has_values_only(connection: duckdb.DuckDBPyConnection, folder: Path):
    paths = {"given": "name.given", "gender": "gender", "one": "'a'"}
    columns = [{"name": n, "path": path, "collection": True} for n, path in paths.items()]

    rows = rows_of(connection, folder, view({"column": columns}), [BESIDE])

    assert rows == [{"given": ["Bea"], "gender": [], "one": ["a"]}]


@pytest.mark.parametrize("key", ["valueAge", "valueQuantity"])
def test_a_type_stands_for_those_that_specialise_it(
    connection: duckdb.DuckDBPyConnection, folder: Path, key: str
):
    marked = {"url": "urn:x", key: {"unit": "a"}}
    on = {"resourceType": "Patient", "extension": [marked, {"url": "urn:x", "valueCode": "c"}]}
    columns = [
        {"name": "unit", "path": "extension('urn:x').value.ofType(Quantity).unit"},
        {"name": "text", "path": "extension.value.ofType(string)"},
    ]

    assert rows_of(connection, folder, view({"column": columns}), [on]) == [
        {"unit": "a", "text": "c"}
    ]
