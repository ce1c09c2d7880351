"""Nothing that a definition or a resource says becomes SQL.

Any text comes back as it went in, and whatever stands where an expression should is refused or is one.
"""

import string
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.population.views.compiled import CompiledView, compile_view
from gateway.population.views.constants import RESERVED
from gateway.population.views.faults import UnusableViewError
from gateway.population.views.quoting import identifier, is_text, text_literal
from tests.population.views.viewing import Json, column, rows_of, view

ON: Json = {"resourceType": "Patient", "id": "p", "gender": "other"}
HOSTILE = (
    "'; DROP TABLE x; --",
    "' OR '1'='1",
    '"; SELECT 1; --',
    "$$; SELECT 1; $$",
    "\\'; SELECT 1; --",
    "') UNION ALL SELECT 'x' --",
    "{{0}} {a} %s ?1 $1",
    "/* */ -- \n;",
    "ʼ; ＇; ' ; \u2028 ; \u202e;",
    "E'\\x27'",
    "*",
)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=60).filter(is_text)
ANY_TEXT = TEXTS | st.sampled_from(HOSTILE)
FEW = settings(
    max_examples=30,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
MANY = settings(max_examples=300)


def escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("'", "\\'")


@FEW
@given(text=ANY_TEXT)
def test_a_literal_comes_back_as_it_went_in(
    connection: duckdb.DuckDBPyConnection, folder: Path, text: str
):
    rows = rows_of(connection, folder, column(f"'{escaped(text)}'"), [ON])

    assert rows == [{"v": text}]


@FEW
@given(text=ANY_TEXT)
def test_a_constant_comes_back_as_it_went_in(
    connection: duckdb.DuckDBPyConnection, folder: Path, text: str
):
    constants = [{"name": "c", "valueString": text}]
    columns = [
        {"name": "v", "path": "%c"},
        {"name": "same", "path": f"%c = '{escaped(text)}'"},
        {"name": "joined", "path": "name.given.join(%c)"},
        {"name": "marked", "path": "extension(%c).exists()"},
    ]
    on = ON | {"name": [{"given": ["a", "b"]}], "extension": [{"url": text}]}

    rows = rows_of(connection, folder, view({"column": columns}, constant=constants), [on])

    assert rows == [{"v": text, "same": True, "joined": f"a{text}b", "marked": True}]


@FEW
@given(text=ANY_TEXT)
def test_what_a_resource_says_comes_back_as_it_went_in(
    connection: duckdb.DuckDBPyConnection, folder: Path, text: str
):
    on = ON | {"name": [{"family": text, "given": [text]}]}
    columns = [
        {"name": "family", "path": "name.family.first()"},
        {"name": "given", "path": f"name.where(family = '{escaped(text)}').given.first()"},
    ]

    assert rows_of(connection, folder, view({"column": columns}), [on]) == [
        {"family": text, "given": text}
    ]


@FEW
@given(text=st.text(string.printable.replace("/", ""), min_size=1, max_size=20).filter(is_text))
def test_a_file_is_read_by_its_name_alone_or_refused(
    connection: duckdb.DuckDBPyConnection, folder: Path, text: str
):
    path = folder / f"a{text.replace(chr(0), '')}.ndjson"
    path.write_text('{"resourceType": "Patient", "id": "p"}\n', encoding="utf-8")
    compiled = compile_view(column("id"))

    if set(path.name) & set("*?[]{}"):
        with pytest.raises(ValueError, match="pattern"):
            compiled.sql_over([path])
    else:
        assert connection.execute(compiled.sql_over([path])).fetchall() == [("p",)]


@MANY
@given(text=ANY_TEXT | st.text("abgn.()[]'\"%$`\\=<>+-*/;, 01\n", max_size=30))
def test_whatever_stands_for_a_path_is_refused_or_compiled(text: str):
    assert isinstance(_end_of(column(text)), CompiledView | UnusableViewError)


@MANY
@given(name=ANY_TEXT | st.sampled_from(sorted(RESERVED)))
def test_a_name_that_is_no_sql_name_is_refused(name: str):
    is_plain = name.isascii() and name.replace("_", "a").isalnum() and name[:1].isalpha()

    ends = [
        _end_of(view({"column": [{"name": name, "path": "id"}]})),
        _end_of(column("id") | {"name": name}),
        _end_of(column("id") | {"constant": [{"name": name, "valueString": "a"}]}),
    ]

    may_be_constant = is_plain and name not in RESERVED
    made = [isinstance(end, CompiledView) for end in ends]
    assert made == [is_plain, is_plain, may_be_constant]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | ANY_TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ANY_TEXT, inner, max_size=3),
    max_leaves=8,
)
FIELDS = ("resourceType", "name", "resource", "constant", "select", "where", "fhirVersion")


@MANY
@given(field=st.sampled_from(FIELDS), value=JSON)
def test_whatever_stands_for_a_field_is_refused_or_compiled(field: str, value: Any):
    assert isinstance(_end_of(column("id") | {field: value}), CompiledView | UnusableViewError)


@MANY
@given(key=st.sampled_from(("column", "forEach", "repeat", "unionAll", "select", "x")), value=JSON)
def test_whatever_stands_for_a_select_is_refused_or_compiled(key: str, value: Any):
    definition = view({"column": [{"name": "v", "path": "id"}], key: value})

    assert isinstance(_end_of(definition), CompiledView | UnusableViewError)


def _end_of(definition: object) -> CompiledView | UnusableViewError:
    try:
        return compile_view(definition)
    except UnusableViewError as error:
        return error


@pytest.mark.parametrize("hostile", HOSTILE)
def test_quoting_leaves_nothing_outside(connection: duckdb.DuckDBPyConnection, hostile: str):
    asked = f"SELECT {text_literal(hostile)} AS {identifier(hostile)}"

    answer = connection.sql(asked)

    assert (answer.columns, answer.fetchall()) == ([hostile], [(hostile,)])


def test_a_weakness_planted_in_quoting_is_caught(connection: duckdb.DuckDBPyConnection):
    careless = "'" + HOSTILE[1] + "'"

    assert connection.sql(f"SELECT {careless}").fetchall() != [(HOSTILE[1],)]


@pytest.mark.parametrize("value", ["a\x00b", "\ud800", "\x1b"])
def test_what_is_no_text_is_never_written(value: str):
    for write in (text_literal, identifier):
        with pytest.raises(ValueError, match="control characters"):
            write(value)


def test_an_empty_name_is_never_written():
    with pytest.raises(ValueError, match="empty"):
        identifier("")
