"""However much of a date a source gives, no release stops on it, and none tells more of it than the source did."""

import json

import duckdb
import pytest

from adapters.simulators.cohort import DEFAULT_REFERENCE_TIME
from adapters.simulators.planning.resources import lines_of
from adapters.simulators.truth import SourceKind
from gateway.population.contents.loading import Loading
from gateway.population.contents.months import months_before
from gateway.population.pseudonyms import person_of, read_subject
from tests.population.making.neighbours import TODAY, neighbours, order_of
from tests.population.making.stores import PATIENT_FIRST, pseudonym, put_lines

MONTHS = months_before(TODAY, 12)
FORMS = {
    "2026": None,
    "2026-08": "2026-08",
    "2026-08-08": "2026-08",
    "2026-08-08T10:11:12Z": "2026-08",
    "2026-08-08T10:11:12+01:00": "2026-08",
    "2026-08-08T10:11:12": None,
    "2026-13": None,
    "2026-08-32": None,
    "soon": None,
    "": None,
    "2027": None,
    "2024-08": None,
}
"""Each with the month in which a release may have what it dates."""
PEOPLE = dict(zip(FORMS, neighbours(len(FORMS)), strict=True))


def dated(resource, form):
    """Date a contact or an assault alone, so that it is clear which of the two a release stops on."""
    if resource["resourceType"] == "Encounter":
        return {**resource, "period": {**resource["period"], "start": form}}
    return {**resource, "effectiveDateTime": form}


def lines_dated(dated_type):
    found = {each: [] for each in PATIENT_FIRST}
    for form, life in PEOPLE.items():
        for line in lines_of(SourceKind.HOSPITAL, life, DEFAULT_REFERENCE_TIME):
            told = json.loads(line.body)
            told = dated(told, form) if line.resource_type == dated_type else told
            found[line.resource_type].append(json.dumps(told).encode())
    return found


def told_of(folder, dataset, dated_type, column, weaken=lambda sql: sql):
    """Give of each form what a dataset says in a column of the people whose records are dated so."""
    put_lines(folder / "store" / "hospital", lines_dated(dated_type))
    order = order_of(folder / "store", dataset)
    database = duckdb.connect()
    (folder / "work").mkdir()
    Loading(database, order, MONTHS, folder / "work").load()
    rows = database.execute(f"SELECT person_id, {column} FROM ({weaken(order.dataset.sql)})")
    found = {each: set() for each in FORMS}
    forms = {_name(order, life): form for form, life in PEOPLE.items()}
    for person, value in rows.fetchall():
        found[forms[person]].add(value)
    return found


def _name(order, life):
    return person_of(order.project_key, read_subject(pseudonym(life)))


@pytest.fixture(
    scope="module",
    params=[
        ("linked-activity", "Encounter", "calendar_month"),
        ("linked-activity", "Encounter", "month"),
        ("violence", "Encounter", "arrival_month"),
        ("violence", "Observation", "assault_month"),
    ],
    ids=lambda of: f"{of[0]} {of[2]}",
)
def said(request, tmp_path_factory):
    """One dataset of everybody: the name of its column, and what that says of each form."""
    *_, column = request.param
    return column, told_of(tmp_path_factory.mktemp("dates"), *request.param)


ARRIVED = {**FORMS, "2024-08": "2024-08"}
"""An arrival is told as its source has it, beside an assault of the release's own months."""


@pytest.mark.parametrize(("form", "month"), FORMS.items())
def test_a_date_is_told_by_its_month_or_not_at_all_and_stops_nothing(said, form, month):
    column, told = said
    as_told = {"month": month and "2026-Q3", "arrival_month": ARRIVED[form] or "unknown"}

    assert told[form] == {as_told.get(column, month)} - {None}


def weakened(sql):
    return sql.replace("in_london(start_date)", "start_date")


def test_a_dataset_that_takes_a_year_for_a_month_would_be_found(tmp_path):
    told = told_of(tmp_path, "linked-activity", "Encounter", "calendar_month", weakened)

    assert told["2026"] == {"2026"}
