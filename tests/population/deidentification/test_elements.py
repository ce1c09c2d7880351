"""What becomes of each kind of element, one row a rule."""

import pytest

from gateway.population.deidentify import deidentify
from gateway.population.pseudonyms import resource_id
from tests.population.deidentification.grounds import (
    GROUND,
    KEY,
    LOINC,
    LSOA,
    PERSON,
    PRACTICE,
    SNOMED,
    UCUM,
    about,
    concept,
    done_with,
    ground,
    left_of,
    ndjson,
)

ODS = "https://fhir.nhs.uk/Id/ods-organization-code"
SITE = "https://fhir.nhs.uk/Id/ods-site-code"
ENCOUNTER = f"Encounter/{resource_id(KEY, 'Encounter', 'trust', 'e1')}"
CLASS = {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "EMER"}
UNIT = {"system": UCUM, "code": "mm[Hg]"}


def what_is_left(resource_type: str, element: str, value: object) -> object:
    return left_of(about(resource_type, **{element: value})).get(element)


@pytest.mark.parametrize(
    ("value", "left"),
    [
        ("2024-02-29T23:59:59+01:00", "2024-02-29T23:00:00+01:00"),
        ("2024-02-29T23:59:59.123Z", "2024-02-29T23:00:00Z"),
        ("2024-02-29", "2024-02-29"),
        ("2024-02", "2024-02"),
        ("2024", "2024"),
        ("2023-02-29T10:00:00Z", None),
        ("2023-02-30", None),
        ("2024-02-29T10:00Z", None),
        ("2024-02-29T10:00:00", None),
        ("2024-02-29T24:00:00Z", None),
        ("2024-02-29T10:00:00+01:07", None),
        ("9434-07-01", None),
        ("2024-02-29 Jane", None),
        (20240229, None),
        (None, None),
    ],
)
def test_de_08_a_time_is_cut_to_the_hour_or_left_out(value, left):
    assert what_is_left("Condition", "recordedDate", value) == left


@pytest.mark.parametrize(
    ("element", "value", "told"),
    [
        ("period", {"start": "2024", "end": "2024-05"}, {"Encounter.period.start (no month)": 1}),
        ("period", {"start": "2024-05", "end": "2024-05-01"}, {}),
    ],
)
def test_a_year_alone_stands_and_is_counted(element, value, told):
    done = done_with(about("Encounter", **{element: value}))

    assert left_of(about("Encounter", **{element: value}))[element] == value
    assert dict(done.report.left_out) == told


@pytest.mark.parametrize("element", ["recordedDate", "onsetDateTime"])
@pytest.mark.parametrize("value", ["1947-03-09", "1947-03-31T04:00:00Z"])
def test_de_08_what_is_told_of_the_month_of_birth_is_told_to_the_month(element, value):
    # A heel prick on the fifth day tells the birthday.
    assert what_is_left("Condition", element, value) == "1947-03"


def test_de_08_a_period_that_begins_in_the_month_of_birth_keeps_its_other_end():
    period = {"start": "1947-03-09T01:30:00Z", "end": "1947-04-02T09:30:00Z"}

    assert what_is_left("Encounter", "period", period) == {
        "start": "1947-03",
        "end": "1947-04-02T09:00:00Z",
    }


@pytest.mark.parametrize(
    ("value", "left"),
    [
        ({"value": 87.123456, **UNIT, "unit": "Torr"}, {"value": 87.123, **UNIT, "unit": "mmHg"}),
        ({"value": 5, "comparator": "<", **UNIT}, {"value": 5, "comparator": "<", **UNIT, "unit": "mmHg"}),
        ({"value": 123456, **UNIT}, {"value": 123460, **UNIT, "unit": "mmHg"}),
        ({"value": -1.5}, {"value": -1.5}),
        ({"value": 1e-7}, {"value": 1e-7}),
        ({"value": 9434765919}, None),
        ({"value": 999999.9e3}, None),
        ({"value": 943476.5919}, {"value": 943480}),
        ({"value": "87"}, None),
        ({"value": 5, "comparator": "about"}, None),
        ({"value": 5, "unit": "9434765919"}, None),
        ({"value": 5, "system": UCUM, "code": "9434765919"}, None),
        ({**UNIT}, None),
        ([5], None),
    ],
)  # fmt: skip
def test_a_quantity_is_five_figures_and_a_listed_unit(value, left):
    assert what_is_left("Observation", "valueQuantity", value) == left


@pytest.mark.parametrize("code", ["mm[Hg]", "9434765919"])
@pytest.mark.parametrize(
    ("number", "left"),
    [
        ("7.5", b"7.5"),
        ("1.50", b"1.50"),
        ("-3", b"-3"),
        ("123456.7", b"123460"),
        ("9434765919", b""),
    ],
)
def test_a_quantity_is_cleaned_alike_however_it_is_spaced(number, left, code):
    plain = f'{{"value":{number},"unit":"Jane","system":"{UCUM}","code":"{code}"}}'.encode()
    usual = ndjson(about("Observation", valueQuantity=0)).replace(b"0}", plain + b"}")

    done, spaced = (deidentify(each, GROUND).ndjson for each in (usual, usual.replace(b",", b" ,")))

    assert done == spaced
    begun = b'"valueQuantity":{"value":'
    assert (begun + left in done) is (begun in done) is (code == "mm[Hg]" and left != b"")


@pytest.mark.parametrize(
    ("value", "left"),
    [
        (concept("8867-4", LOINC, display="of Jane"), concept("8867-4", LOINC, display="Pulse rate")),
        ({"coding": [{"code": "8867-4"}], "text": "Pulse"}, None),
        ({"coding": [{"system": LOINC, "code": 8867}]}, None),
        ({"coding": {"system": LOINC, "code": "8867-4"}}, None),
        (concept("9434765919"), None),
        ({"coding": ["8867-4"]}, None),
        ({"text": "8867-4"}, None),
        ("8867-4", None),
    ],
)  # fmt: skip
def test_a_concept_is_what_the_lists_have_in_their_words(value, left):
    assert what_is_left("Observation", "code", value) == left


@pytest.mark.parametrize(
    ("element", "value", "left"),
    [
        ("status", "finished", "finished"),
        ("status", "9434765919", None),
        ("status", ["finished"], None),
        ("class", CLASS, {**CLASS, "display": "emergency"}),
        ("class", {"code": "EMER"}, None),
        ("class", "EMER", None),
        ("period", "2024", None),
        ("period", {"start": "soon"}, None),
        ("location", [{"status": "active"}], None),
        ("location", {"location": {}}, None),
        ("location", ["ward"], None),
        ("hospitalization", {"modifierExtension": [], "admitSource": concept("1")}, None),
    ],
)
def test_of_an_encounter_what_is_listed_is_left(element, value, left):
    assert what_is_left("Encounter", element, value) == left


@pytest.mark.parametrize(
    ("value", "left"),
    [
        ({"reference": "Encounter/e1", "display": "Jane's"}, {"reference": ENCOUNTER}),
        ({"reference": "Encounter/e1/_history/2"}, {"reference": ENCOUNTER}),
        ({"reference": "https://trust.example/fhir/Encounter/e1"}, {"reference": ENCOUNTER}),
        ({"reference": "https://other.example/fhir/Encounter/e1"}, None),
        ({"reference": "Encounter?identifier=9434765919"}, None),
        ({"reference": "urn:uuid:0d3f79d5-ee2c-af5f-18bb-0cde9480457f"}, None),
        ({"reference": "#e1"}, None),
        ({"reference": "Practitioner/e1"}, None),
        ({"reference": 1}, None),
        ({"display": "Jane's"}, None),
        ("Encounter/e1", None),
    ],
)
def test_a_reference_names_what_it_may_by_a_keyed_hash(value, left):
    done = left_of(about("Condition", encounter=value), ground(base="https://trust.example/fhir"))

    assert done.get("encounter") == left


@pytest.mark.parametrize(
    ("system", "code", "left"),
    [
        (ODS, PRACTICE, {"identifier": {"system": ODS, "value": PRACTICE}}),
        (SITE, "RRV", {"identifier": {"system": ODS, "value": "RRV"}}),
        (ODS, "9434765919", None),
        ("https://fhir.nhs.uk/Id/nhs-number", PRACTICE, None),
    ],
)
def test_an_organisation_is_named_by_a_code_of_the_register(system, code, left):
    provider = {"identifier": {"system": system, "value": code}, "display": "Dr Jane"}

    assert what_is_left("Encounter", "serviceProvider", provider) == left


def test_an_organisation_that_is_no_identifier_is_left_out():
    assert what_is_left("Encounter", "serviceProvider", {"identifier": PRACTICE}) is None


@pytest.mark.parametrize(
    ("addresses", "area"),
    [
        ([{"postalCode": "NW1 0AA", "line": ["1 High Street"]}], LSOA),
        ([{"use": "old", "postalCode": "NW1 0AA"}], None),
        ([{"postalCode": "M1 1AA"}, {"postalCode": "nw10aa"}], LSOA),
        ([{"line": ["NW1 0AA"]}], None),
        ({"postalCode": "NW1 0AA"}, None),
        (["NW1 0AA"], None),
    ],
)
def test_of_an_address_the_area_is_left(addresses, area):
    left = left_of(about("Patient", address=addresses))
    url = "https://shared-care-record.example/StructureDefinition/lsoa"

    assert left.get("extension") == (area and [{"url": url, "valueCode": area}])
    assert "address" not in left


def test_of_a_person_the_month_of_birth_and_of_death_are_left():
    left = left_of(about("Patient", deceasedDateTime="2020-05-17T03:00:00Z"))

    assert (left["id"], left["birthDate"], left["deceasedDateTime"]) == (
        PERSON,
        "1947-03",
        "2020-05",
    )


@pytest.mark.parametrize(
    ("value", "left"), [(True, True), (False, False), ("true", None), (1, None)]
)
def test_a_boolean_is_true_or_false(value, left):
    assert what_is_left("Immunization", "primarySource", value) is left


@pytest.mark.parametrize("told", [{"deceasedBoolean": False}, {"deceasedDateTime": "2020"}])
def test_a_death_that_can_be_read_bars_nobody(told):
    left = left_of(about("Patient", **told))

    assert {name: left.get(name) for name in told} == told
    assert "meta" not in left


def test_a_group_keeps_what_is_listed_in_it():
    component = {"code": concept("8480-6", LOINC), "valueString": "of Jane", "extension": []}

    done = done_with(about("Observation", component=[component, {"valueString": "Jane"}]))

    assert b'"component":[{"code":' in done.ndjson
    assert b"Jane" not in done.ndjson
    assert done.report.left_out["Observation.component.valueString"] == 2


def test_what_stands_twice_is_read_as_every_reader_does():
    line = ndjson(about("Encounter")).replace(b'"id"', b'"status":"Jane","status":"planned","id"')

    assert b'"status":"planned"' in deidentify(line, GROUND).ndjson


def test_an_assault_is_left_with_its_area_and_without_its_description():
    item = "https://shared-care-record.example/CodeSystem/assault-item"
    area = concept(LSOA, "https://shared-care-record.example/CodeSystem/lsoa")
    where = {"code": concept("location-lsoa", item), "valueCodeableConcept": area}
    told = {"code": concept("location-description", item), "valueString": "at Jane's, NW1 0AA"}

    left = left_of(about("Observation", code=concept("assault", item), component=[where, told]))

    assert left["code"]["coding"][0]["display"] == "Assault"
    assert [one["valueCodeableConcept"] for one in left["component"]] == [area]


def test_codes_of_snomed_that_are_listed_keep_their_system():
    left = left_of(about("Condition", code=concept("38341003")))

    assert left["code"] == concept("38341003", SNOMED, display="Hypertension")
