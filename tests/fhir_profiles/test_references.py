import pytest

from fhir_profiles.references import ParsedReference, ReferenceKind, parse_reference


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Patient/1", ParsedReference(ReferenceKind.RELATIVE, "Patient", "1")),
        ("Patient/1/_history/2", ParsedReference(ReferenceKind.RELATIVE, "Patient", "1", "2")),
        (
            "https://a.example/r4/Patient/1",
            ParsedReference(ReferenceKind.ABSOLUTE, "Patient", "1", None, "https://a.example/r4"),
        ),
        ("urn:uuid:a-b", ParsedReference(ReferenceKind.URN, id="urn:uuid:a-b")),
        ("#c", ParsedReference(ReferenceKind.CONTAINED, id="c")),
        (
            "Patient?identifier=https://s%7C7",
            ParsedReference(ReferenceKind.CONDITIONAL, "Patient", system="https://s", value="7"),
        ),
        (
            "Patient?identifier=|7",
            ParsedReference(ReferenceKind.CONDITIONAL, "Patient", system="", value="7"),
        ),
        (
            "Patient?identifier=7",
            ParsedReference(ReferenceKind.CONDITIONAL, "Patient", value="7"),
        ),
        ("Patient?name=x", ParsedReference(ReferenceKind.UNKNOWN)),
        ("Patient?identifier=a|1&name=x", ParsedReference(ReferenceKind.UNKNOWN)),
        ("Patient?identifier=", ParsedReference(ReferenceKind.UNKNOWN)),
        ("file:///etc/passwd", ParsedReference(ReferenceKind.UNKNOWN)),
        ("", ParsedReference(ReferenceKind.UNKNOWN)),
    ],
)
def test_each_form_of_reference_is_told_apart(text, expected):
    assert parse_reference(text) == expected
