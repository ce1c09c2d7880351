"""The declared views give of the planning store what datasets are made of."""

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest

from fhir_profiles import systems
from gateway.population.views.declared import FOLDER, declared_views
from gateway.population.views.faults import UnusableViewError
from gateway.population.views.running import run_view
from tests.population.deidentification.grounds import (
    LSOA,
    PERSON,
    PRACTICE,
    about,
    concept,
    done_with,
)
from tests.population.views.viewing import column

VIEWS = declared_views()
ACT = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
ORGANISATION = {"identifier": {"system": systems.ODS_ORGANISATION, "value": "RRV"}}
PERIOD = {"start": "2024-05-01T10:20:30+01:00", "end": "2024-05-01T12:20:30+01:00"}


def rows(
    connection: duckdb.DuckDBPyConnection, folder: Path, name: str, *resources: dict[str, Any]
) -> list[dict[str, Any]]:
    """Give a view's rows of what the de-identifier leaves of resources."""
    file = folder / f"{name}.ndjson"
    file.write_bytes(done_with(*resources).ndjson)
    return run_view(connection, VIEWS[name], [file]).to_pylist()


def test_each_view_is_a_file_that_says_what_its_columns_are():
    assert set(VIEWS) == {path.stem for path in FOLDER.glob("*.json")} >= {"person", "contact"}
    for compiled in VIEWS.values():
        assert all(one.description.endswith(".") for one in compiled.columns)


def test_a_person_is_a_month_of_birth_a_sex_an_area_and_a_practice(
    connection: duckdb.DuckDBPyConnection, folder: Path
):
    security = [{"system": systems.V3_CONFIDENTIALITY, "code": "R"}]
    sent = about("Patient", deceasedDateTime="2024-03-05", meta={"security": security})

    (row,) = rows(connection, folder, "person", sent)

    assert row == {
        "person_id": PERSON,
        "gender_code": "female",
        "birth_month": "1947-03",
        "is_deceased": True,
        "death_month": "2024-03",
        "lsoa_code": LSOA,
        "record_owner_organisation_code": PRACTICE,
        "sensitivity_labels": ["R"],
    }


@pytest.mark.parametrize(
    ("said", "is_deceased"),
    [({"deceasedBoolean": True}, True), ({"deceasedBoolean": False}, False), ({}, None)],
)
def test_whether_somebody_has_died_is_what_the_source_says(
    connection: duckdb.DuckDBPyConnection, folder: Path, said: dict[str, bool], is_deceased: bool
):
    (row,) = rows(connection, folder, "person", about("Patient", **said))

    assert (row["is_deceased"], row["death_month"]) == (is_deceased, None)


def test_a_contact_is_what_when_where_and_what_for(
    connection: duckdb.DuckDBPyConnection, folder: Path
):
    sent = about(
        "Encounter",
        status="finished",
        class_={"system": ACT, "code": "EMER"},
        type=[concept("4525004")],
        period=PERIOD,
        reasonCode=[concept("195967001")],
        serviceProvider=ORGANISATION,
        partOf={"reference": "Encounter/r1"},
    )

    (row,) = rows(connection, folder, "contact", sent)

    key = row.pop("activity_id")
    assert row == {
        "person_id": PERSON,
        "activity_status": "finished",
        "encounter_class_code": "EMER",
        "encounter_type_code": "4525004",
        "urgency_code": None,
        "start_date": "2024-05-01T10:00:00+01:00",
        "end_date": "2024-05-01T12:00:00+01:00",
        "mapped_concept_code": "195967001",
        "service_provider_organisation_code": "RRV",
        "discharge_destination_code": None,
        "part_of_activity_id": key,
        "sensitivity_labels": [],
    }


def assault(*items: tuple[str, str, str], code: str = "assault") -> dict[str, Any]:
    parts = [
        {
            "code": concept(item, systems.ASSAULT_ITEM),
            "valueCodeableConcept": concept(value, system),
        }
        for item, system, value in items
    ]
    described = {"code": concept("location-description", systems.ASSAULT_ITEM)}
    return about(
        "Observation",
        status="final",
        code=concept(code, systems.ASSAULT_ITEM),
        encounter={"reference": "Encounter/r1"},
        effectiveDateTime=PERIOD["start"],
        component=[*parts, {**described, "valueString": "outside 12 High Street"}],
    )


def test_an_assault_is_its_means_and_its_place(connection: duckdb.DuckDBPyConnection, folder: Path):
    sent = assault(
        ("method", systems.ASSAULT_METHOD, "blade"),
        ("location-type", systems.ASSAULT_LOCATION_TYPE, "street"),
        ("circumstance", systems.ASSAULT_CIRCUMSTANCE, "domestic"),
        ("location-lsoa", systems.LSOA, LSOA),
    )

    (row,) = rows(connection, folder, "assault", sent, assault(code="method"))

    assert (row["person_id"], row["record_status"]) == (PERSON, "final")
    assert row["incident_date"] == "2024-05-01T10:00:00+01:00"
    assert list(row.values())[5:] == ["blade", ["street"], False, [], [LSOA], []]
    assert "High Street" not in str(row)


OTHER, DOMESTIC = (
    {"system": systems.ASSAULT_CIRCUMSTANCE, "code": each} for each in ("other", "domestic")
)
UNKNOWN = {**OTHER, "code": "at-home"}
BY_A_PARTNER = {"system": "http://snomed.info/sct", "code": "371775004"}


@pytest.mark.parametrize(
    ("circumstances", "is_other"),
    [
        ([[OTHER]], True),
        ([[OTHER], [OTHER, OTHER]], True),
        ([], False),
        ([[DOMESTIC]], False),
        ([[OTHER], [DOMESTIC]], False),
        ([[DOMESTIC], [OTHER]], False),
        ([[OTHER, DOMESTIC]], False),
        ([[OTHER], []], False),
        ([[OTHER], [UNKNOWN]], False),
        ([[OTHER, UNKNOWN]], False),
        ([[OTHER, BY_A_PARTNER]], False),
        ([[{"code": "other"}]], False),
    ],
)
def test_de_05_a_place_is_told_only_where_other_is_all_that_is_said(
    connection: duckdb.DuckDBPyConnection, folder: Path, circumstances: Any, is_other: bool
):
    of = concept("circumstance", systems.ASSAULT_ITEM)
    sent = assault()
    sent["component"] = [
        {"code": of, "valueCodeableConcept": {"coding": each}} for each in circumstances
    ]

    (row,) = rows(connection, folder, "assault", sent)

    assert row["is_circumstance_other"] is is_other


def test_de_05_a_circumstance_in_a_part_of_another_name_counts(
    connection: duckdb.DuckDBPyConnection, folder: Path
):
    said = ("circumstance", systems.ASSAULT_CIRCUMSTANCE, "other")
    aside = ("method", systems.ASSAULT_CIRCUMSTANCE, "sexual")

    (row,) = rows(connection, folder, "assault", assault(said, aside))

    assert row["is_circumstance_other"] is False


def test_an_assault_leads_to_its_attendance(connection: duckdb.DuckDBPyConnection, folder: Path):
    contact = about("Encounter", status="finished", period=PERIOD)

    (attended,) = rows(connection, folder, "contact", contact)
    (assaulted,) = rows(connection, folder, "assault", assault())

    assert assaulted["activity_id"] == attended["activity_id"]


@pytest.mark.parametrize(
    ("definition", "says"),
    [
        (column("id") | {"name": "other"}, "is not that of its file"),
        (column("name.familly") | {"name": "mine"}, "HumanName.familly"),
        (column("@") | {"name": "mine"}, "cannot be read"),
    ],
)
def test_a_file_with_a_slip_is_refused(tmp_path: Path, definition: Any, says: str):
    (tmp_path / "mine.json").write_text(json.dumps(definition), encoding="utf-8")

    with pytest.raises(UnusableViewError, match=says):
        declared_views(tmp_path)
