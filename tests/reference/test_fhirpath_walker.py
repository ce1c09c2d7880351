"""The reference evaluator of paths gives what FHIRPath's own text gives as examples, and what FHIR says of JSON."""

from decimal import Decimal

import pytest

from tests.reference.fhirpath_items import Item, values
from tests.reference.fhirpath_parser import ViewError, parse
from tests.reference.fhirpath_times import boundary, order
from tests.reference.fhirpath_walker import Scope, evaluate

OBSERVATION = {
    "resourceType": "Observation",
    "id": "o1",
    "status": "final",
    "subject": {"reference": "Patient/p1"},
    "performer": [{"reference": "urn:uuid:1"}, {"reference": "Practitioner/d1"}, {"display": "x"}],
    "valueQuantity": {"value": Decimal("1.587"), "unit": "mg"},
    "component": [
        {"code": {"text": "a"}, "valueQuantity": {"value": 1}},
        {"code": {"text": "b"}, "valueString": "high"},
        {"code": {"text": "c"}, "valueAge": {"value": 3}},
    ],
    "note": [None, {"text": "n"}],
    "focus": [],
    "extension": [{"url": "u", "valueCode": "F"}, {"url": "v", "valuePositiveInt": 4}],
    "_status": {"id": "s", "extension": [{"url": "why", "valueString": "because"}]},
    "_issued": {"extension": [{"url": "why", "valueCode": "unknown"}]},
}


def yields(expression: str) -> list[object]:
    root = Item(OBSERVATION, "Observation")
    return values(evaluate(parse(expression), [root], Scope([root], {"n": Item(1, "integer")})))


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("1 + 2 * 3", [7]),
        ("(1 + 2) * 3", [9]),
        ("8 - 3 - 2", [3]),
        ("-3 + 5", [2]),
        ("2 / 4", [Decimal("0.5")]),
        ("12 / 0", []),
        ("0.0 = 0", [True]),
        ("1.10 = 1.1", [True]),
        ("'a' = 'A'", [False]),
        ("'abc' > 'ABC'", [True]),
        ("'ABC' + 'DEF'", ["ABCDEF"]),
        ("1 + focus", []),
        ("focus = focus", []),
        ("focus != 'dummy'", []),
        ("1 = 1 and focus = 1", []),
        ("1 = 2 and focus = 1", [False]),
        ("1 = 1 or focus = 1", [True]),
        ("1 = 2 or focus = 1", []),
        ("1 = 1 or 1 = 2 and 1 = 2", [True]),
        ("focus.not()", []),
        ("status.not()", [False]),
        ("'it\\'s \\u0041 \\uD83D\\uDD25 \\p'", ["it's A \U0001f525 p"]),
        ("Observation.status", ["final"]),
        ("`status`", ["final"]),
        ("component[%n].value.ofType(string)", ["high"]),
        ("component[9].value", []),
        ("component.value.ofType(Quantity).value", [1, 3]),
        ("component.value.ofType(Age).value", [3]),
        ("component.value.ofType(FHIR.Age).value", [3]),
        ("component.where(code.text = 'b' or code.text = 'c').code.text", ["b", "c"]),
        ("component.where($this.code.text != 'a').first().code.text", ["b"]),
        ("component.exists(value.ofType(string) = 'high')", [True]),
        ("component.code.text = component.code.text", [True]),
        ("component.code.text = component.where(code.text = 'a').code.text", [False]),
        ("note.text", ["n"]),
        ("focus.exists()", [False]),
        ("extension('u').value.ofType(string)", ["F"]),
        ("extension('v').value.ofType(integer) + 1", [5]),
        ("extension('w').exists()", [False]),
        ("status.extension('why').value.ofType(string)", ["because"]),
        ("status.id", ["s"]),
        ("issued.exists()", [True]),
        ("issued", []),
        ("issued = '2020'", []),
        ("subject.getReferenceKey()", ["p1"]),
        ("subject.getReferenceKey(Patient) = getResourceKey()", [False]),
        ("performer.getReferenceKey()", ["d1"]),
        ("performer.getReferenceKey(Practitioner)", ["d1"]),
        ("performer.getReferenceKey(Patient)", []),
        ("value.ofType(Quantity).value.lowBoundary()", [Decimal("1.5865")]),
        ("(-1.587).highBoundary()", [Decimal("-1.5865")]),
        ("focus.join(',')", [""]),
    ],
)
def test_a_path_yields_what_the_specification_says(expression, expected):
    assert yields(expression) == expected


@pytest.mark.parametrize(
    "expression",
    [
        "component.code.text + 'x'",
        "component.code.text and 1 = 1",
        "component.value.ofType(string) > 1",
        "'a' * 2",
        "subject.ofType(Reference)",
        "subject.getResourceKey()",
        "component.join(',')",
        "'x'.lowBoundary()",
        "component['0']",
        "subject.getReferenceKey('Patient')",
    ],
)
def test_a_path_ends_in_an_error_where_the_specification_says_so(expression):
    with pytest.raises(ViewError):
        yields(expression)


@pytest.mark.parametrize(
    "expression", ["", "a.", "a b", "a[0", "f(", "@2020", "a | b", "'x", "%", "$that", "1..a"]
)
def test_what_is_no_expression_of_the_subset_is_refused(expression):
    with pytest.raises(ViewError):
        parse(expression)


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("2012", "2012", 0),
        ("2012", "2013", -1),
        ("2012-01", "2012", None),
        ("2018-03-02", "2018-01-01", 1),
        ("2012-01-01T10:30:31.0Z", "2012-01-01T10:30:31Z", 0),
        ("2012-01-01T10:30:31.1Z", "2012-01-01T10:30:31Z", 1),
        ("2017-11-05T01:30:00.0-04:00", "2017-11-05T01:15:00.0-05:00", -1),
        ("2017-11-05T01:30:00.0-04:00", "2017-11-05T00:30:00.0-05:00", 0),
        ("2018-01-01T16:00:00+12:00", "2018-01-01T15:00:00.0+10:00", -1),
        ("2018-03-01", "2018-03-01T10:30:00Z", None),
        ("2018-03-02", "2018-03-01T10:30:00Z", 1),
        ("10:30:00", "10:00:00", 1),
        ("10:30:00", "10:30:00.0", 0),
    ],
)
def test_times_are_ordered_as_far_as_their_precision_tells(left, right, expected):
    assert order(left, right) == expected


@pytest.mark.parametrize(
    ("kind", "text", "low", "high"),
    [
        ("date", "2014", "2014-01-01", "2014-12-31"),
        ("date", "2024-02", "2024-02-01", "2024-02-29"),
        ("date", "1900-02", "1900-02-01", "1900-02-28"),
        ("dateTime", "2014", "2014-01-01T00:00:00.000+14:00", "2014-12-31T23:59:59.999-12:00"),
        ("dateTime", "2014-01-01T08:05Z", "2014-01-01T08:05:00.000Z", "2014-01-01T08:05:59.999Z"),
        ("instant", "2014-01-01T08:05:03.123+01:00", *["2014-01-01T08:05:03.123+01:00"] * 2),
        ("time", "10:30", "10:30:00.000", "10:30:59.999"),
    ],
)
def test_a_time_lies_between_the_boundaries_of_its_precision(kind, text, low, high):
    assert boundary(text, kind, is_high=False) == low
    assert boundary(text, kind, is_high=True) == high
