import pytest

from gateway.errors import BadRequestError
from gateway.patient.everything import EverythingCriteria, parse_everything, within
from tests.patient.factories import patient, resource, shown_item

ITEMS = [
    shown_item(patient(), "person"),
    shown_item(resource("Observation", effectiveDateTime="2024-05-06"), "may"),
    shown_item(resource("Observation", effectiveDateTime="2023"), "last-year"),
    shown_item(resource("Condition", meta={"lastUpdated": "2024-01-01T00:00:00Z"}), "updated"),
    shown_item(resource("Condition", meta={"lastUpdated": "no date"}), "unclear"),
]
ALL = [each.id for each in ITEMS]


def wanted(*parameters):
    return [each.id for each in within(ITEMS, parse_everything(parameters))]


def test_without_parameters_everything_is_wanted():
    assert parse_everything([]) == EverythingCriteria()
    assert wanted() == ALL


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ([("_type", "Condition")], ["updated", "unclear"]),
        ([("_type", "Patient,Condition")], ["person", "updated", "unclear"]),
        ([("_type", "Immunization")], []),
        ([("start", "2024-01-01")], ["person", "may", "updated", "unclear"]),
        ([("end", "2023-12-31")], ["person", "last-year", "updated", "unclear"]),
        ([("start", "2024-05-06"), ("end", "2024-05-06")], ["person", "may", "updated", "unclear"]),
        ([("start", "2024-05-07")], ["person", "updated", "unclear"]),
        ([("_since", "2024-01-01")], ALL),
        ([("_since", "2024-01-02")], ["person", "may", "last-year", "unclear"]),
        ([("_since", "2024-01-01T00:00:01Z")], ["person", "may", "last-year", "unclear"]),
    ],
)
def test_a_part_of_the_record_is_wanted_by_type_and_dates(parameters, expected):
    assert wanted(*parameters) == expected


def test_a_page_size_is_read():
    assert parse_everything([("_count", "500")]).count == 100


def test_all_parameters_may_stand_together():
    parameters = [
        ("_type", "Observation"),
        ("_since", "2000"),
        ("start", "2024"),
        ("end", "2024"),
        ("_count", "10"),
    ]

    assert wanted(*parameters) == ["may"]


@pytest.mark.parametrize(
    "parameters",
    [
        [("_elements", "id")],
        [("patient", "x")],
        [("_type", "Condition"), ("_type", "Patient")],
    ],
)
def test_a_parameter_that_is_unknown_or_repeated_is_refused(parameters):
    with pytest.raises(BadRequestError) as refused:
        parse_everything(parameters)

    assert refused.value.code == "not-supported"


@pytest.mark.parametrize(
    "parameter",
    [
        ("_type", ""),
        ("_type", "Condition,"),
        ("_type", "Cond1tion"),
        ("_type", "Zoé"),
        ("_since", "ge2024"),
        ("start", ""),
        ("end", "soon"),
        ("_count", "0"),
    ],
)
def test_a_value_that_cannot_be_read_is_refused(parameter):
    with pytest.raises(BadRequestError):
        parse_everything([parameter])
