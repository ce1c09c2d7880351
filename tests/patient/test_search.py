import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fhir_profiles.systems import SNOMED_CT
from gateway.errors import BadRequestError
from gateway.patient.search import (
    COUNT_AT_MOST,
    PARAMETERS,
    Criteria,
    Kind,
    SortKey,
    Token,
    count_of,
    parse_criteria,
    search,
)
from tests.patient.factories import coded, resource, shown_item

VALUES = {
    Kind.ID: "a,b",
    Kind.DATE: "ge2024",
    Kind.STATUS: "final",
    Kind.CLINICAL_STATUS: "active",
    Kind.CODE: f"{SNOMED_CT}|1,2",
    Kind.TYPE: "1",
    Kind.CLASS: "EMER",
    Kind.RECORDED: "ge2024",
}


def observation(local_id, date=None, **members):
    dated = {} if date is None else {"effectiveDateTime": date}
    return shown_item(resource("Observation", local_id, **dated, **members), item_id=local_id)


def found(items, *parameters, resource_type="Observation"):
    return [each.id for each in search(items, parse_criteria(resource_type, parameters))]


@pytest.mark.parametrize(
    ("resource_type", "name"),
    [(kind, name) for kind, names in PARAMETERS.items() for name in names],
)
def test_every_parameter_that_is_named_is_read(resource_type, name):
    value = VALUES[PARAMETERS[resource_type][name]]

    assert parse_criteria(resource_type, [(name, value)]) != Criteria(resource_type)


def test_a_search_without_parameters_asks_for_every_item_of_a_type():
    items = [observation("a"), shown_item(resource("Condition")), observation("b")]

    assert found(items) == ["a", "b"]


@pytest.mark.parametrize(
    "parameter",
    [
        ("subject.name", "x"),
        ("_has", "x"),
        ("_include", "*"),
        ("_total", "accurate"),
        ("_elements", "id"),
        ("code:in", "x"),
        ("Code", "x"),
        ("vaccine-code", "1"),
        ("_sort", "code"),
        ("_sort", "--date"),
        ("_sort", "date,_id"),
        ("_sort", ""),
        ("_total", "date"),
        ("_has", "_id"),
    ],
)
def test_a_parameter_that_is_not_served_is_refused(parameter):
    with pytest.raises(BadRequestError) as refused:
        parse_criteria("Observation", [parameter])

    assert refused.value.code == "not-supported"


@pytest.mark.parametrize("name", ["code", "status", "_id", "_sort", "_count"])
def test_a_parameter_may_stand_once(name):
    value = {"_sort": "date", "_count": "1"}.get(name, "x")

    with pytest.raises(BadRequestError, match="twice"):
        parse_criteria("Observation", [(name, value), (name, value)])


@pytest.mark.parametrize(
    ("name", "value"),
    [("date", "soon"), ("date", "ne2024"), ("code", ""), ("code", "1,"), ("code", f"{SNOMED_CT}|")],
)
def test_a_value_that_means_nothing_is_refused(name, value):
    with pytest.raises(BadRequestError):
        parse_criteria("Observation", [(name, value)])


@pytest.mark.parametrize(
    ("text", "count"), [("1", 1), ("99", 99), ("100", 100), ("101", 100), ("999999999", 100)]
)
def test_a_page_size_is_cut_to_the_cap(text, count):
    assert count_of(text) == count <= COUNT_AT_MOST
    assert parse_criteria("Observation", [("_count", text)]).count == count


@pytest.mark.parametrize("text", ["", "0", "-1", "1.0", "1e2", " 1", "1000000000", "٣", "all"])
def test_a_page_size_is_a_plain_number_above_zero(text):
    with pytest.raises(BadRequestError):
        count_of(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1", {"a", "b", "c"}),
        (f"{SNOMED_CT}|1", {"a"}),
        ("|1", {"c"}),
        ("urn:x|1,|1", {"b", "c"}),
        ("2", set()),
    ],
)
def test_a_code_is_searched_in_any_system_in_one_or_in_none(text, expected):
    items = [
        observation("a", code=coded("1")),
        observation("b", code=coded("1", "urn:x")),
        observation("c", code={"coding": [{"code": "1"}]}),
        observation("d"),
    ]

    assert set(found(items, ("code", text))) == expected


def test_two_parameters_of_codes_must_both_be_met():
    items = [
        shown_item(
            resource("Encounter", "1", type=[coded("1")], **{"class": {"code": "EMER"}}), "a"
        ),
        shown_item(resource("Encounter", "2", type=[coded("1")]), "b"),
    ]

    assert found(items, ("type", "1"), ("class", "EMER"), resource_type="Encounter") == ["a"]


@pytest.mark.parametrize(
    ("resource_type", "members", "name"),
    [
        ("Observation", {"code": coded("1")}, "code"),
        ("Immunization", {"vaccineCode": coded("1")}, "vaccine-code"),
        ("MedicationRequest", {"medicationCodeableConcept": coded("1")}, "code"),
        ("DocumentReference", {"type": coded("1")}, "type"),
        ("Encounter", {"type": [coded("1")]}, "type"),
        ("Encounter", {"class": {"code": "1"}}, "class"),
        ("Encounter", {"class": [{"code": "1"}]}, "class"),
    ],
)
def test_a_code_is_searched_in_its_own_element(resource_type, members, name):
    item = shown_item(resource(resource_type, **members), "a")
    elsewhere = shown_item(resource(resource_type, category=[coded("1")]), "b")

    assert found([item, elsewhere], (name, "1"), resource_type=resource_type) == ["a"]


@pytest.mark.parametrize(
    ("resource_type", "name", "element"),
    [
        ("Condition", "recorded-date", "recordedDate"),
        ("AllergyIntolerance", "date", "recordedDate"),
        ("ServiceRequest", "authored", "authoredOn"),
    ],
)
def test_when_it_was_written_down_is_searched_beside_when_it_happened(resource_type, name, element):
    earlier = {"onsetDateTime": "1990", "occurrenceDateTime": "1990"}
    late = shown_item(resource(resource_type, **{element: "2024"}, **earlier), "late")
    unknown = shown_item(resource(resource_type, **earlier), "unknown")

    items = [late, unknown]

    assert found(items, (name, "ge2024"), (name, "lt2025"), resource_type=resource_type) == ["late"]
    assert found(items, (name, "lt2000"), resource_type=resource_type) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [("final", ["a"]), ("final,amended", ["a", "b"]), ("|final", ["a"]), ("urn:x|final", [])],
)
def test_a_status_is_one_of_those_searched_for(text, expected):
    items = [observation("a", status="final"), observation("b", status="amended"), observation("c")]

    assert found(items, ("status", text)) == expected


def test_a_clinical_status_is_matched_with_its_system():
    item = shown_item(resource("Condition", clinicalStatus=coded("active", "urn:c")), "a")

    def matches(text):
        return found([item], ("clinical-status", text), resource_type="Condition") == ["a"]

    assert [matches(text) for text in ("active", "urn:c|active", "urn:d|active")] == [
        True,
        True,
        False,
    ]


def test_items_are_found_by_their_ids_alone():
    items = [observation(each) for each in "abc"]

    assert found(items, ("_id", "c,a,z")) == ["a", "c"]
    assert found(items, ("_id", "")) == []


def test_several_dates_must_all_be_met_and_no_date_meets_none():
    items = [observation("a", "2023"), observation("b", "2024-05"), observation("c")]

    assert found(items, ("date", "ge2024"), ("date", "lt2025")) == ["b"]
    assert found(items, ("date", "ge1900")) == ["a", "b"]


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("date", ["b", "c", "a", "n", "m"]),
        ("-date", ["a", "b", "c", "n", "m"]),
        ("_id", ["a", "b", "c", "m", "n"]),
        ("-_id", ["n", "m", "c", "b", "a"]),
    ],
)
def test_a_search_is_sorted_as_asked_with_undated_items_last(sort, expected):
    dates = {"n": None, "a": "2024-05-02", "b": "2024-05-01", "m": None, "c": "2024-05-01"}

    assert found([observation(*each) for each in dates.items()], ("_sort", sort)) == expected


def test_how_a_search_is_to_be_sorted_is_read():
    criteria = parse_criteria("Observation", [("_sort", "-date")])

    assert (criteria.sort, criteria.newest_first) == (SortKey.DATE, True)


def test_a_token_of_no_system_matches_only_codes_of_none():
    assert Token("", "1").matches((None, "1"))
    assert not Token("", "1").matches(("urn:x", "1"))


DATES = st.sampled_from([None, "2023", "2024-05", "2024-05-06", "2025-01-01T10:00:00Z"])


@settings(max_examples=60)
@given(st.lists(DATES, max_size=6), st.sampled_from(["date", "-date", "_id", "-_id"]))
def test_sorting_neither_loses_nor_adds_an_item(dates, sort):
    items = [observation(str(place), date) for place, date in enumerate(dates)]

    assert sorted(found(items, ("_sort", sort))) == sorted(each.id for each in items)


@settings(max_examples=60)
@given(st.lists(DATES, max_size=6), st.sampled_from(["eq", "ge", "le", "gt", "lt"]))
def test_a_search_for_less_finds_nothing_more(dates, prefix):
    items = [observation(str(place), date) for place, date in enumerate(dates)]

    assert set(found(items, ("date", f"{prefix}2024-05"))) <= set(found(items))
