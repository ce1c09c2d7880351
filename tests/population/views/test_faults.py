"""What no view may say, and that all of it is told at once."""

from decimal import Decimal
from typing import Any

import pytest

from gateway.population.views.compiled import compile_view
from tests.population.views.viewing import Json, column, faults_of, view

ID: Json = {"name": "id", "path": "id"}
OTHER: Json = {"name": "other", "path": "id"}
PLAIN = view({"column": [ID]})


def deep(selects: int) -> Json:
    made: Json = {"column": [ID]}
    for _each in range(selects):
        made = {"select": [made]}
    return view(made)


@pytest.mark.parametrize(
    ("definition", "place", "says"),
    [
        ([], "the definition", "is no object"),
        (PLAIN | {"resourceType": "Patient"}, "resourceType", "is not ViewDefinition"),
        (PLAIN | {"resource": "Person2"}, "resource", "is no resource type of FHIR R4"),
        (PLAIN | {"resource": 1}, "resource", "is no text"),
        (PLAIN | {"fhirVersion": ["5.0.0"]}, "fhirVersion", "does not name FHIR R4"),
        (PLAIN | {"fhirVersion": "3.0.2"}, "fhirVersion", "does not name FHIR R4"),
        (PLAIN | {"name": "1st"}, "name", "is not a letter and then"),
        (PLAIN | {"name": "v" * 64}, "name", "is not a letter and then"),
        (PLAIN | {"select": []}, "select", "is missing"),
        (PLAIN | {"select": {}}, "select", "is no list"),
        (PLAIN | {"select": ["id"]}, "select[0]", "is no object"),
        (PLAIN | {"where": [{"path": "name.family"}]}, "where[0].path", "needs true or false"),
        (PLAIN | {"where": [{"path": ""}]}, "where[0].path", "is no FHIRPath expression"),
        (PLAIN | {"where": [3]}, "where[0]", "is no object"),
        (view({}), "select[0]", "gives no column"),
        (view({"column": [3]}), "select[0].column[0]", "is no object"),
        (view({"column": [{"path": "id"}]}), "select[0].column[0].name", "is missing"),
        (view({"column": [{"name": "a b", "path": "id"}]}), "select[0].column[0].name", "is not a"),
        (column("id", collection="yes"), "select[0].column[0].collection", "is neither"),
        (column("id", type=1), "select[0].column[0].type", "is no text"),
        (column("id", type="Coding"), "select[0].column[0].path", "declares a type that is no"),
        (column("id", type="integer"), "select[0].column[0].path", "declares an integer and gives"),
        (column("1.5", type="integer"), "select[0].column[0].path", "declares an integer and"),
        (column("name"), "select[0].column[0].path", "gives a structure, which is no column"),
        (column("deceased"), "select[0].column[0].path", "gives one of several types"),
        (column("$this"), "select[0].column[0].path", "gives a structure"),
        (view({"column": [ID, ID]}), "select", "gives the column 'id' 2 times"),
        (view({"column": [ID, ID | {"name": "ID"}]}), "select", "gives the column 'id' 2 times"),
        (view({"repeat": [], "column": [ID]}), "select[0].repeat", "is empty"),
        (view({"repeat": ["name", "contact"], "column": [ID]}), "select[0]", "repeats over"),
        (view({"repeat": ["name.given"], "column": [ID]}), "select[0]", "repeats over string"),
        (view({"forEach": "deceased", "column": [ID]}), "select[0]", "needs ofType()"),
        (
            view({"unionAll": [{"column": [ID]}, {"column": [OTHER]}]}),
            "select[0]",
            "unites selects",
        ),
        (
            view({"forEach": "name", "forEachOrNull": "name", "column": [ID]}),
            "select[0]",
            "has forEach and forEachOrNull, of which there may be one",
        ),
        (deep(17), "select[0]" + ".select[0]" * 16 + ".select", "nests more than 16 deep"),
    ],
)
def test_a_definition_is_refused(definition: object, place: str, says: str):
    faults = faults_of(definition)

    assert [(at, words) for at, words in faults if at == place and says in words], faults


@pytest.mark.parametrize(
    ("definition", "place"),
    [
        (PLAIN | {"sql": "DROP"}, "the definition"),
        (PLAIN | {"modifierExtension": []}, "the definition"),
        (view({"column": [ID], "foreach": "name"}), "select[0]"),
        (view({"column": [ID | {"sql": "1"}]}), "select[0].column[0]"),
        (PLAIN | {"where": [{"path": "active", "sql": "1"}]}, "where[0]"),
    ],
)
def test_a_field_that_no_view_has_is_refused(definition: object, place: str):
    ((at, says),) = faults_of(definition)

    assert at == place
    assert says.startswith("has a field that no view has")


@pytest.mark.parametrize(
    "constant",
    [
        {"name": "c"},
        {"name": "c", "valueString": "a", "valueCode": "a"},
        {"name": "c", "string": "a"},
        {"name": "c", "valuestring": "a"},
        {"name": "c", "valueString": 1},
        {"name": "c", "valueString": "a\x00b"},
        {"name": "c", "valueString": "\ud800"},
        {"name": "c", "valueBoolean": "true"},
        {"name": "c", "valueInteger": True},
        {"name": "c", "valueInteger": 2**63},
        {"name": "c", "valueDecimal": True},
        {"name": "c", "valueDecimal": Decimal("NaN")},
        {"name": "c", "valueDecimal": 1e21},
        {"name": "c", "valueDate": "2024-13"},
        {"name": "c", "valueDate": "2024-01-01T00:00:00Z"},
        {"name": "c", "valueDateTime": "2024-01-01T00:00:00"},
        {"name": "c", "valueInstant": "2024-01-01"},
        {"name": "c", "valueTime": "24:00:00"},
        {"name": "c", "valueCoding": {"code": "a"}},
        {"name": "rowIndex", "valueInteger": 1},
        "c",
    ],
)
def test_a_constant_that_is_not_what_it_says_is_refused(constant: Any):
    assert faults_of(PLAIN | {"constant": [constant]}) != []


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("", "is no FHIRPath expression"),
        ("name.", "needs the name of an element"),
        ("name.'family'", "needs the name of an element"),
        ("name family", "has more after its end"),
        ("name[", "ends too early"),
        ("name[0", "needs ']'"),
        ("(name", "needs ')'"),
        ("name.where(", "ends too early"),
        ("name.where(use = 'a'", "needs ')'"),
        ("name ; family", "cannot be read at character 6"),
        ("@2024-01-01", "cannot be read at character 1"),
        ("'a", "cannot be read at character 1"),
        ("'\\q'", "an escape that FHIRPath does not know"),
        ("'\\u0000'", "control characters"),
        ("name.where()", "calls where() with 0 arguments"),
        ("name.where(true, true)", "calls where() with 2 arguments"),
        ("name.first(1)", "calls first() with 1 arguments"),
        ("name.count()", "calls count(), which is no function of a view"),
        ("name.where(family)", "needs true or false in where()"),
        ("name.exists(family)", "needs true or false in exists()"),
        ("name.not()", "needs true or false before not()"),
        ("active and gender", "needs true or false beside 'and'"),
        ("active + 1", "cannot reckon '+'"),
        ("active < true", "cannot compare a boolean"),
        ("name = name", "cannot compare a structure"),
        ("deceased = true", "cannot compare one of several types"),
        ("gender = 1", "compares a text with an integer"),
        ("birthDate = '1970'", "compares a date with a text"),
        ("-gender", "needs a number behind '-'"),
        ("name['a']", "needs a whole number"),
        ("name[name.first().given.first()]", "needs a whole number"),
        ("name[-1]", "needs a whole number"),
        ("%other", "names %other, which is no constant"),
        ("%resource", "names %resource, which is no constant"),
        ("deceased.value", "needs ofType() before 'value'"),
        ("deceased.first()", "needs ofType() before an item"),
        ("deceased.where(true)", "needs ofType() before where()"),
        ("gender.ofType('code')", "needs the name of a type"),
        ("extension(id)", "needs a text"),
        ("active.join()", "needs texts before join()"),
        ("name.getResourceKey()", "needs the resource itself"),
        ("name.getReferenceKey()", "needs a Reference"),
        ("gender.lowBoundary()", "needs a number, a date or a time"),
        ("(1.5).lowBoundary()", "needs an element before lowBoundary()"),
        ("name.where(given.exists()).given.where(true).extension.exists()", "was chosen"),
        ("99999999999999999999", "a number that is too large"),
        ("9" * 21 + ".5", "a number that is too large"),
        ("(" * 21 + "1" + ")" * 21, "nests more than 20 deep"),
        ("1" + " + 1" * 100, "has more than 200 parts"),
        ("'" + "a" * 4000 + "'", "is longer than 4000 characters"),
    ],
)
def test_a_path_is_refused(path: str, says: str):
    faults = faults_of(column(path))

    assert len(faults) == 1
    assert says in faults[0][1]


def test_all_faults_are_told_at_once():
    definition = view(
        {"column": [{"name": "a", "path": "@"}, {"name": "2", "path": "name.count()"}]},
        {"forEach": 1, "column": [ID]},
        resource="Nobody",
        title="a view",
    )

    places = [place for place, _says in faults_of(definition)]

    assert places == [
        "resource",
        "select[0].column[0].path",
        "select[0].column[1].name",
        "select[1].forEach",
    ]


def test_faults_of_meaning_are_told_at_once():
    definition = view({"column": [{"name": "a", "path": "name"}, {"name": "b", "path": "%c"}]})

    assert len(faults_of(definition)) == 2


@pytest.mark.parametrize(
    ("path", "unknown"),
    [
        ("name.familly", {"HumanName.familly"}),
        ("gender.code", {"code.code"}),
        ("deceased.ofType(date)", {"Patient.deceased.ofType(date)"}),
        ("valueQuantity.value", {"Patient.valueQuantity"}),
        ("name.family", set()),
    ],
)
def test_elements_that_r4_does_not_have_are_named(path: str, unknown: set[str]):
    assert compile_view(column(path, collection=True)).unknown == unknown


def test_metadata_of_a_canonical_resource_is_known():
    metadata = {"resourceType": "ViewDefinition", "name": "people", "status": "active"}
    more = {"url": "urn:x", "fhirVersion": ["4.0.1", "5.0.0"], "extension": [], "id": "people"}
    described = {
        "column": [
            ID | {"description": "key", "type": "http://hl7.org/fhir/StructureDefinition/id"}
        ]
    }

    compiled = compile_view(view(described, **metadata, **more))

    assert compiled.name == "people"
    assert [(one.name, one.kind, one.description) for one in compiled.columns] == [
        ("id", "id", "key")
    ]
