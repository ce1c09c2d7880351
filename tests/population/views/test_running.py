"""What happens when resources are not such as a view can read, and how views are written to files."""

import json
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from gateway.population.views.compiled import compile_view
from gateway.population.views.faults import UnfitResourcesError
from gateway.population.views.running import run_view, run_view_on_any, write_view
from tests.population.views.viewing import Json, column, rows_of, view, written

SECRET = "9434765919 view: a path gives more than one value where there may be one"
FAMILY = compile_view(column("name.family"))


@pytest.mark.parametrize(
    "resource",
    [
        {"name": SECRET},
        {"name": {"family": SECRET}},
        {"name": [SECRET]},
        {"name": [{"family": SECRET}, {"family": "other"}]},
    ],
)
def test_an_error_tells_nothing_of_the_resource(
    connection: duckdb.DuckDBPyConnection, folder: Path, resource: Json
):
    files = [written(folder, [{"resourceType": "Patient", **resource}])]

    with pytest.raises(UnfitResourcesError) as caught:
        run_view(connection, FAMILY, files)

    assert "943" not in str(caught.value)
    assert (caught.value.__cause__, caught.value.__context__) == (None, None)


def test_duckdbs_own_words_would_tell(connection: duckdb.DuckDBPyConnection, folder: Path):
    files = [written(folder, [{"resourceType": "Patient", "name": SECRET}])]

    with pytest.raises(duckdb.Error, match="9434765919"):
        connection.execute(FAMILY.sql_over(files))


def test_a_column_with_two_values_is_named(connection: duckdb.DuckDBPyConnection, folder: Path):
    names = [{"family": "a"}, {"family": "b"}]
    files = [written(folder, [{"resourceType": "Patient", "name": names}])]

    with pytest.raises(UnfitResourcesError, match=r"more than one value .*: column v$"):
        run_view(connection, FAMILY, files)


def test_a_line_that_is_no_json_is_an_error(connection: duckdb.DuckDBPyConnection, folder: Path):
    path = folder / "broken.ndjson"
    path.write_text('{"resourceType": "Patient", "name": [{"fam', encoding="utf-8")

    with pytest.raises(UnfitResourcesError, match="InvalidInputException"):
        run_view(connection, FAMILY, [path])


def test_a_file_that_is_not_there_is_no_fault_of_resources(
    connection: duckdb.DuckDBPyConnection, folder: Path
):
    with pytest.raises(duckdb.IOException):
        run_view(connection, FAMILY, [folder / "nothing.ndjson"])


QUANTITY = {"resource": "Observation", "select": [{"column": [{"name": "v", "path": ""}]}]}
VALUE = "value.ofType(Quantity).value"


def measured(number: str) -> str:
    return f'{{"resourceType": "Observation", "valueQuantity": {{"value": {number}}}}}\n'


@pytest.mark.parametrize(
    ("number", "path", "expected"),
    [
        ("1.50", VALUE, "1.5"),
        ("1.50", f"{VALUE}.lowBoundary()", "1.495"),
        ("2", f"{VALUE}.highBoundary()", "2.5"),
        ("0.12345678", f"{VALUE}.lowBoundary()", "0.12345678"),
        ("12345678901234.5678", VALUE, "12345678901234.5678"),
        ("12345678901234567890.12345678", VALUE, "12345678901234567890.12345678"),
        ("10000000", VALUE, "10000000"),
        ("1e-7", VALUE, "0.0000001"),
        ("-0.000000005", VALUE, "-0.00000001"),
        ("1E2", f"{VALUE} * 2", "200"),
    ],
)
def test_a_decimal_is_true_to_the_eighth_place_however_large(
    connection: duckdb.DuckDBPyConnection, folder: Path, number: str, path: str, expected: str
):
    file = folder / "measured.ndjson"
    file.write_text(measured(number), encoding="utf-8")
    shown = compile_view(view({"column": [{"name": "v", "path": path}]}, resource="Observation"))

    for run in (run_view, run_view_on_any):
        assert run(connection, shown, [file]).to_pylist() == [{"v": Decimal(expected)}]


def test_what_a_text_says_is_never_taken_for_a_number(
    connection: duckdb.DuckDBPyConnection, folder: Path
):
    text = '{"value": 1.50, "value":2} ,"value":3'
    on = {"resourceType": "Observation", "valueQuantity": {"value": 12345678901.5, "unit": text}}
    columns = [{"name": "v", "path": VALUE}, {"name": "u", "path": "value.ofType(Quantity).unit"}]

    rows = rows_of(connection, folder, view({"column": columns}, resource="Observation"), [on])

    assert rows == [{"v": Decimal("12345678901.5"), "u": text}]


def test_a_number_beyond_all_decimals_is_an_error(
    connection: duckdb.DuckDBPyConnection, folder: Path
):
    file = folder / "large.ndjson"
    file.write_text(measured("1e40"), encoding="utf-8")
    shown = compile_view(view({"column": [{"name": "v", "path": VALUE}]}, resource="Observation"))

    with pytest.raises(UnfitResourcesError, match="ConversionException"):
        run_view(connection, shown, [file])


def test_a_decimal_deep_in_a_walk_is_read_with_its_digits(
    connection: duckdb.DuckDBPyConnection, folder: Path
):
    answer = '{"valueDecimal": 12345678901234.5678}'
    item = f'{{"linkId": "1", "item": [{{"linkId": "2", "answer": [{answer}]}}]}}'
    file = folder / "answers.ndjson"
    file.write_text(f'{{"resourceType": "QuestionnaireResponse", "item": [{item}]}}\n', "utf-8")
    walk = {"repeat": ["item"], "column": [{"name": "v", "path": "answer.value.ofType(decimal)"}]}

    rows = run_view(connection, compile_view(view(walk, resource="QuestionnaireResponse")), [file])

    assert rows.to_pylist() == [{"v": None}, {"v": Decimal("12345678901234.5678")}]


def test_a_view_is_written_as_it_is_run(connection: duckdb.DuckDBPyConnection, folder: Path):
    people = [{"resourceType": "Patient", "id": f"p{n}", "active": True} for n in range(3)]
    columns = [{"name": "id", "path": "id"}, {"name": "active", "path": "active"}]
    compiled, target = compile_view(view({"column": columns})), folder / "it's.parquet"
    files = [written(folder, people)]

    write_view(connection, compiled, files, target)

    assert pq.read_table(target).equals(run_view(connection, compiled, files))
    assert [row["id"] for row in pq.read_table(target).to_pylist()] == ["p0", "p1", "p2"]


def test_columns_are_of_the_types_that_are_told(
    connection: duckdb.DuckDBPyConnection, folder: Path
):
    paths = {"a": "active", "b": "multipleBirth.ofType(integer)", "c": "1.5", "d": "birthDate"}
    columns = [{"name": name, "path": path} for name, path in paths.items()]
    compiled = compile_view(
        view({"column": [*columns, {"name": "e", "path": "name.given", "collection": True}]})
    )

    described = connection.sql(compiled.sql_over([])).types

    assert [str(kind) for kind in described] == [
        one.sql_type.replace(", ", ",") for one in compiled.columns
    ]
    assert json.dumps([one.kind for one in compiled.columns]) == (
        '["boolean", "integer", "decimal", "date", "string"]'
    )
