"""What FHIR R4 says of its elements, as the compact definitions have it."""

import pytest

from fhir_profiles.elements import Element, element_of, is_kind_of, is_primitive, is_resource


@pytest.mark.parametrize(
    ("kind", "name", "types", "is_list"),
    [
        ("Patient", "birthDate", ("date",), False),
        ("Patient", "name", ("HumanName",), True),
        ("Patient", "deceased", ("boolean", "dateTime"), False),
        ("Patient", "contact", ("Patient.contact",), True),
        ("Patient.contact", "name", ("HumanName",), False),
        ("Patient", "extension", ("Extension",), True),
        ("Patient", "id", ("string",), False),
        ("QuestionnaireResponse.item", "item", ("QuestionnaireResponse.item",), True),
        ("QuestionnaireResponse.item.answer", "item", ("QuestionnaireResponse.item",), True),
        ("Age", "value", ("decimal",), False),
        ("Timing.repeat", "bounds", ("Duration", "Range", "Period"), False),
    ],
)
def test_an_element_may_hold(kind: str, name: str, types: tuple[str, ...], is_list: bool):
    assert element_of(kind, name) == Element(types, is_list)


@pytest.mark.parametrize(
    ("kind", "name"), [("Patient", "deceasedBoolean"), ("Nothing", "id"), ("HumanName", "name")]
)
def test_what_r4_does_not_have_is_none(kind: str, name: str):
    assert element_of(kind, name) is None


def test_types_are_told_apart():
    assert [each for each in ("date", "xhtml", "Period") if is_primitive(each)] == ["date", "xhtml"]
    kinds = ("Patient", "Binary", "Resource", "DomainResource", "HumanName", "Patient.contact", "X")
    assert [each for each in kinds if is_resource(each)] == ["Patient", "Binary"]


@pytest.mark.parametrize(
    ("kind", "wanted", "is_one"),
    [
        ("code", "string", True),
        ("string", "code", False),
        ("Age", "Quantity", True),
        ("Patient.contact", "BackboneElement", True),
        ("", "string", False),
    ],
)
def test_a_type_is_what_it_specialises(kind: str, wanted: str, is_one: bool):
    assert is_kind_of(kind, wanted) is is_one
