"""What each path gives, rule by rule."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from gateway.population.views.faults import UnfitResourcesError
from gateway.population.views.render import sql_of
from gateway.population.views.typed import NOTHING, Choice, Guarded, Resource, Typed
from tests.population.views.viewing import Json, column, rows_of, view

URL = "http://example.org/marked"
PATIENT: Json = {
    "resourceType": "Patient",
    "id": "p1",
    "active": True,
    "gender": "female",
    "birthDate": "1970-06",
    "_birthDate": {"id": "b", "extension": [{"url": URL, "valueTime": "10:30:00"}]},
    "deceasedBoolean": False,
    "multipleBirthInteger": 3,
    "name": [
        {"use": "official", "family": "Ash", "given": ["Ada", None, "Bea"]},
        {"use": "old", "family": "Elm", "_given": [None, {"extension": [{"url": URL}]}]},
    ],
    "contact": [{"name": {"family": "Oak"}, "telecom": [{"value": "1"}, {"value": "2"}]}],
    "managingOrganization": {"reference": "https://a.example/fhir/Organization/o1/_history/2"},
    "generalPractitioner": [
        {"reference": "Practitioner/d1"},
        {"reference": "#contained"},
        {"reference": "Organization?identifier=https://a.example/x/Practitioner/d2"},
        {"reference": "Organization/o2"},
    ],
}
OBSERVATION: Json = {
    "resourceType": "Observation",
    "id": "o1",
    "effectiveDateTime": "2024-02-29T23:30:00+01:00",
    "issued": "2024-02-29T22:30:00.5Z",
    "valueQuantity": {"value": 0.1},
    "referenceRange": [{"low": {"value": 0.2}, "high": {"value": 1.5e-7}}],
}


def value_of(connection: duckdb.DuckDBPyConnection, folder: Path, path: str, on: Json) -> Any:
    shown = view({"column": [{"name": "v", "path": path}]}, resource=on["resourceType"])
    (row,) = rows_of(connection, folder, shown, [on])
    return row["v"]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (r"'it\'s \u00e9 \\ \n'", "it's é \\ \n"),
        ("42", 42),
        ("-42", -42),
        ("+1.50", Decimal("1.5")),
        ("true", True),
        ("Patient.active", True),
        ("`active`", True),
        ("$this.active", True),
        ("name.first().given.first()", "Ada"),
        ("name[0].given[1]", "Bea"),
        ("name[1].given[0]", None),
        ("active[0]", True),
        ("active[1]", None),
        ("gender.first()", "female"),
        ("name.nothing", None),
        ("nothing.at.all", None),
        ("gender.nothing", None),
        ("-nothing", None),
        ("name.exists(use = 'old')", True),
        ("name.exists(use = 'maiden')", False),
        ("name.given.empty()", False),
        ("photo.exists()", False),
        ("photo.empty()", True),
        ("nothing.exists()", False),
        ("deceased.exists()", True),
        ("deceased.empty()", False),
        ("multipleBirth.ofType(boolean).exists()", False),
        ("multipleBirth.ofType(Money).exists()", False),
        ("multipleBirth.ofType(FHIR.integer)", 3),
        ("gender.ofType(code)", "female"),
        ("gender.ofType(integer)", None),
        ("birthDate.extension('http://example.org/marked').value.ofType(time)", "10:30:00"),
        ("birthDate.id", "b"),
        ("name.given.extension('http://example.org/marked').exists()", True),
        ("nothing.extension('http://example.org/marked').exists()", False),
        ("getResourceKey()", "p1"),
        ("where(active).getResourceKey()", "p1"),
        ("where(active.not()).getResourceKey()", None),
        ("where(active).where(gender = 'male').gender", None),
        ("where(active).where(gender = 'female').exists()", True),
        ("managingOrganization.getReferenceKey()", "o1"),
        ("managingOrganization.getReferenceKey(Organization)", "o1"),
        ("managingOrganization.getReferenceKey(Location)", None),
        ("generalPractitioner.getReferenceKey(Practitioner)", "d1"),
        ("nothing.getReferenceKey()", None),
        ("name.given.join('-')", "Ada-Bea"),
        ("gender.join('-')", "female"),
        ("nothing.join('-')", ""),
        ("photo.title.join()", ""),
        ("%rowIndex", 0),
        ("gender.where($this = 'female')", "female"),
        ("gender.where($this = 'male')", None),
        ("name.given.where($this = 'Bea')", "Bea"),
        ("name.where(given.where($this = 'Bea').exists()).family", "Ash"),
        ("name.where(use = 'old' or family = 'Ash').first().family", "Ash"),
        ("nothing.where(use = 'old').exists()", False),
        ("contact.telecom.value.first()", "1"),
        ("contact.telecom.where(value = '2').value", "2"),
    ],
)
def test_a_path_gives(
    connection: duckdb.DuckDBPyConnection, folder: Path, path: str, expected: object
):
    assert value_of(connection, folder, path, PATIENT) == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("2.lowBoundary()", Decimal("1.5")),
        ("nothing.lowBoundary()", None),
        ("true and nothing", None),
        ("false and nothing", False),
        ("true or nothing", True),
        ("false or nothing", None),
        ("nothing.not()", None),
        ("active.not()", False),
        ("1 + 2 * 3 = 7", True),
        ("(1 + 2) * 3 != 7", True),
        ("1 < 2 and 2 <= 2 and 3 > 2 and 3 >= 3", True),
        ("1 = 1.0", True),
        ("0.1 + 0.2 = 0.3", True),
        ("10 - 3 - 2", 5),
        ("7 / 2", Decimal("3.5")),
        ("1 / 3", Decimal("0.33333333")),
        ("1 / 0", None),
        ("2 * 1.5", Decimal(3)),
        ("-multipleBirth.ofType(integer) + 1", -2),
        ("gender + '!'", "female!"),
        ("gender + nothing", None),
        ("gender = nothing", None),
        ("active = false", False),
        ("name.family = name.family", True),
        ("name.family = name.use", False),
        ("name.family = 'Ash'", False),
        ("name.family != 'Ash'", True),
        ("photo.title = photo.title", None),
        ("contact.name.family = 'Oak'", True),
        ("'a' < 'b'", True),
        ("multipleBirth.ofType(integer) = 3.0", True),
    ],
)
def test_an_operator_gives(
    connection: duckdb.DuckDBPyConnection, folder: Path, path: str, expected: object
):
    assert value_of(connection, folder, path, PATIENT) == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("effective.ofType(dateTime) = issued", False),
        ("effective.ofType(dateTime) < issued", True),
        ("value.ofType(Quantity).value + 0.2 = 0.3", True),
        ("value.ofType(Quantity).value.lowBoundary()", Decimal("0.05")),
        ("value.ofType(Quantity).value.highBoundary()", Decimal("0.15")),
        ("referenceRange.low.value.highBoundary()", Decimal("0.25")),
        ("referenceRange.low.value[0].highBoundary()", Decimal("0.25")),
        ("referenceRange.low.value[0].highBoundary() + referenceRange.low.value", Decimal("0.45")),
        ("referenceRange.high.value.highBoundary()", Decimal("0.00000016")),
        ("issued.lowBoundary()", "2024-02-29T22:30:00.500Z"),
        ("issued.highBoundary()", "2024-02-29T22:30:00.599Z"),
        ("effective.ofType(dateTime).highBoundary()", "2024-02-29T23:30:00.999+01:00"),
        ("referenceRange.appliesTo.id.join()", ""),
    ],
)
def test_times_and_measures_give(
    connection: duckdb.DuckDBPyConnection, folder: Path, path: str, expected: object
):
    assert value_of(connection, folder, path, OBSERVATION) == expected


@pytest.mark.parametrize(
    ("left", "operator", "right", "expected"),
    [
        ("2024-02", "=", "2024-02", True),
        ("2024-02", "=", "2024-02-01", None),
        ("2024-02", "=", "2024-03-01", False),
        ("2024-02", "!=", "2024-03-01", True),
        ("2024-02", "<", "2024-03-01", True),
        ("2024-02", "<", "2024-02-01", None),
        ("2024", ">=", "2023-12-31", True),
        ("2024-02-29", "<=", "2024-02-29T10:00:00Z", None),
        ("2024-02-28", "<=", "2024-02-29T10:00:00Z", True),
        ("2024-02-29T10:00:00Z", "=", "2024-02-29T11:00:00+01:00", True),
        ("2024-02-29T10:00:00Z", ">", "2024-02-29T10:59:59.9+01:00", True),
    ],
)
def test_dates_compare_as_far_as_both_say(
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    left: str,
    operator: str,
    right: str,
    expected: bool | None,
):
    on = {"resourceType": "Patient", "deceasedDateTime": left}
    constants = [{"name": "other", "valueDateTime": right}]
    path = f"deceased.ofType(dateTime) {operator} %other"
    shown = view({"column": [{"name": "v", "path": path}]}, constant=constants)

    assert rows_of(connection, folder, shown, [on]) == [{"v": expected}]


@pytest.mark.parametrize("operator", ["=", "<=", ">="])
def test_noughts_behind_the_seconds_make_no_difference(
    connection: duckdb.DuckDBPyConnection, folder: Path, operator: str
):
    on = {"resourceType": "Observation", "valueTime": "23:59:59"}
    path = f"value.ofType(time).lowBoundary() {operator} value.ofType(time)"

    assert value_of(connection, folder, path, on) is True


@pytest.mark.parametrize(
    ("born", "low", "high"),
    [
        ("1970", "1970-01-01", "1970-12-31"),
        ("1972-02", "1972-02-01", "1972-02-29"),
        ("1970-06-07", "1970-06-07", "1970-06-07"),
        (None, None, None),
    ],
)
def test_a_date_stands_for_no_more_days_than_it_says(
    connection: duckdb.DuckDBPyConnection, folder: Path, born: str, low: str, high: str
):
    columns = [
        {"name": "low", "path": "birthDate.lowBoundary()"},
        {"name": "high", "path": "birthDate.highBoundary()"},
    ]
    on = {"resourceType": "Patient", "birthDate": born}

    rows = rows_of(connection, folder, view({"column": columns}), [on])

    assert rows == [{"low": low, "high": high}]


@pytest.mark.parametrize(
    "path",
    [
        "name.family",
        "name.family + 'x'",
        "name.family < 'x'",
        "name.period.start.highBoundary()",
        "where(name.family < 'x').exists()",
        "name.where($this.given < 'x').exists()",
    ],
)
def test_more_than_one_value_where_there_may_be_one_is_an_error(
    connection: duckdb.DuckDBPyConnection, folder: Path, path: str
):
    periods = [
        {"family": name, "given": ["A", "B"], "period": {"start": "2024"}}
        for name in ("Ash", "Elm")
    ]
    on = {"resourceType": "Patient", "gender": "other", "birthDate": "1970", "name": periods}

    with pytest.raises(UnfitResourcesError):
        rows_of(connection, folder, column(path), [on])


def test_a_whole_number_may_stand_in_a_column_of_decimals(
    connection: duckdb.DuckDBPyConnection, folder: Path
):
    rows = rows_of(connection, folder, column("2", type="decimal"), [PATIENT])

    assert rows == [{"v": Decimal(2)}]


@pytest.mark.parametrize("node", [Resource(), Guarded(NOTHING, NOTHING), Choice(NOTHING, "v", ())])
def test_what_has_no_sql_of_its_own_is_never_written(node: Resource | Guarded | Choice):
    with pytest.raises(TypeError, match="no SQL of their own"):
        sql_of(Typed(node, "Patient"))
